// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A regular expression of an nginx configuration.
 *
 * <p>Found anywhere in a text unless it is anchored, as nginx does it. A search is given up after a
 * bounded number of steps, as PCRE does it with its match limit. Immutable.
 */
public final class NginxRegex {
  private static final int MAX_STEPS = 1_000_000;
  private static final int MAX_LINE = 20_000;

  private final String text;
  private final Pattern java;
  private final Map<Integer, String> names = new LinkedHashMap<>();
  private final List<String> lines;
  private final List<String> samples;

  private NginxRegex(String text, Pcre parser, Pcre.Part part) {
    this.text = text;
    this.java = Pattern.compile(java(part), Pattern.UNIX_LINES);
    parser.names().forEach((name, number) -> names.put(number, name));
    this.lines = lines(part);
    this.samples = lines.isEmpty() ? lines(regular(part)) : lines;
  }

  /**
   * @throws NginxException if it cannot be read
   */
  static NginxRegex of(Place place, String text, boolean caseless) {
    try {
      Pcre parser = new Pcre(text, caseless);
      return new NginxRegex(text, parser, parser.parse());
    } catch (IllegalArgumentException e) {
      throw new NginxException(place, e.getMessage());
    }
  }

  /** What a search found. */
  record Found(List<String> groups, Map<String, String> named) {}

  /** The first place where it matches; null if there is none. */
  Found find(String subject) {
    Matcher matcher = java.matcher(new Bounded(subject));
    try {
      if (!matcher.find()) {
        return null;
      }
    } catch (StackOverflowError e) {
      throw new TooLongException();
    }
    List<String> groups = new ArrayList<>();
    Map<String, String> named = new LinkedHashMap<>();
    for (int i = 0; i <= matcher.groupCount(); i++) {
      String group =
          matcher.start(i) < 0 ? "" : subject.substring(matcher.start(i), matcher.end(i));
      groups.add(group);
      if (names.containsKey(i)) {
        named.put(names.get(i), group);
      }
    }
    return new Found(groups, named);
  }

  /**
   * The pattern as lines of a {@code request} expression without methods, which match the same
   * plain paths; empty if it is not regular in the strict sense.
   */
  List<String> lines() {
    return lines;
  }

  /**
   * The lines of the pattern without what is not regular in it: requests that they match are worth
   * asking, as the pattern may match them too.
   */
  List<String> samples() {
    return samples;
  }

  @Override
  public String toString() {
    return text;
  }

  /** A search takes more steps than any honest one. */
  static final class TooLongException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** A text that can be looked at so many times. */
  private static final class Bounded implements CharSequence {
    private final String text;
    private int stepsLeft = MAX_STEPS;

    private Bounded(String text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (--stepsLeft < 0) {
        throw new TooLongException();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  // ---- as Java writes it

  private static String java(Pcre.Part part) {
    if (part instanceof Pcre.OneOf one) {
      return javaClass(one.bytes());
    }
    if (part instanceof Pcre.Sequence sequence) {
      StringBuilder java = new StringBuilder();
      sequence.parts().forEach(each -> java.append(java(each)));
      return java.toString();
    }
    if (part instanceof Pcre.Choice choice) {
      return String.join("|", choice.branches().stream().map(NginxRegex::java).toList());
    }
    if (part instanceof Pcre.Group group) {
      return group.opening() + java(group.part()) + ")";
    }
    if (part instanceof Pcre.Repeat repeat) {
      return "(?:"
          + java(repeat.part())
          + "){"
          + repeat.least()
          + ","
          + (repeat.most() < 0 ? "" : repeat.most())
          + "}"
          + repeat.manner();
    }
    if (part instanceof Pcre.Other other) {
      return other.java();
    }
    return part instanceof Pcre.Start ? "^" : "$";
  }

  private static String javaClass(BitSet bytes) {
    if (bytes.isEmpty()) {
      return "(?!)";
    }
    StringBuilder java = new StringBuilder("[");
    for (int first = bytes.nextSetBit(0); first >= 0; ) {
      int end = bytes.nextClearBit(first);
      java.append("\\x%02x-\\x%02x".formatted(first, end - 1));
      first = bytes.nextSetBit(end);
    }
    return java.append(']').toString();
  }

  // ---- as request lines

  /** A pattern without look-around, word edges and back references. */
  private static Pcre.Part regular(Pcre.Part part) {
    Pcre.Part nothing = new Pcre.Sequence(List.of());
    if (part instanceof Pcre.Other) {
      return nothing;
    }
    if (part instanceof Pcre.Group group) {
      boolean isLook = !group.regular() && !group.opening().equals("(?>");
      return isLook ? nothing : new Pcre.Group("(?:", regular(group.part()), true);
    }
    if (part instanceof Pcre.Repeat repeat) {
      return new Pcre.Repeat(regular(repeat.part()), repeat.least(), repeat.most(), "");
    }
    if (part instanceof Pcre.Sequence sequence) {
      return new Pcre.Sequence(sequence.parts().stream().map(NginxRegex::regular).toList());
    }
    return part instanceof Pcre.Choice choice
        ? new Pcre.Choice(choice.branches().stream().map(NginxRegex::regular).toList())
        : part;
  }

  /** A branch of a pattern that begins at the beginning, or anywhere. */
  private record Branch(boolean anchored, Pcre.Part part) {}

  private static final class NotRegularException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static List<String> lines(Pcre.Part part) {
    try {
      List<String> lines = new ArrayList<>();
      for (Branch branch : branches(part)) {
        String line = "^" + (branch.anchored ? "" : ".*") + line(branch.part);
        if (line.length() > MAX_LINE) {
          return List.of();
        }
        lines.add(line);
      }
      return List.copyOf(lines);
    } catch (NotRegularException e) {
      return List.of();
    }
  }

  private static List<Branch> branches(Pcre.Part part) {
    if (part instanceof Pcre.Choice choice) {
      return choice.branches().stream().flatMap(each -> branches(each).stream()).toList();
    }
    if (part instanceof Pcre.Start) {
      return List.of(new Branch(true, new Pcre.Sequence(List.of())));
    }
    if (part instanceof Pcre.Group group && group.regular() && hasStart(group)) {
      return branches(group.part());
    }
    if (part instanceof Pcre.Sequence sequence
        && !sequence.parts().isEmpty()
        && hasStart(sequence.parts().get(0))) {
      List<Pcre.Part> parts = sequence.parts();
      List<Branch> branches = new ArrayList<>();
      for (Branch first : branches(parts.get(0))) {
        List<Pcre.Part> rest = new ArrayList<>(parts);
        rest.set(0, new Pcre.Group("(?:", first.part, true));
        branches.add(new Branch(first.anchored, new Pcre.Sequence(rest)));
      }
      return branches;
    }
    return List.of(new Branch(false, part));
  }

  private static boolean hasStart(Pcre.Part part) {
    if (part instanceof Pcre.Group group) {
      return hasStart(group.part());
    }
    if (part instanceof Pcre.Choice choice) {
      return choice.branches().stream().anyMatch(NginxRegex::hasStart);
    }
    if (part instanceof Pcre.Sequence sequence) {
      return !sequence.parts().isEmpty() && hasStart(sequence.parts().get(0));
    }
    return part instanceof Pcre.Start;
  }

  private static String line(Pcre.Part part) {
    if (part instanceof Pcre.OneOf one) {
      return lineClass(one.bytes());
    }
    if (part instanceof Pcre.Sequence sequence) {
      StringBuilder line = new StringBuilder();
      for (Pcre.Part each : sequence.parts()) {
        line.append(each instanceof Pcre.Choice ? "(" + line(each) + ")" : line(each));
        checkLength(line);
      }
      return line.toString();
    }
    if (part instanceof Pcre.Choice choice) {
      // parts of their own, as "|" stands within groups only
      return "("
          + String.join("|", choice.branches().stream().map(NginxRegex::line).toList())
          + ")";
    }
    if (part instanceof Pcre.Group group && group.regular()) {
      return "(" + line(group.part()) + ")";
    }
    if (part instanceof Pcre.Repeat repeat && !repeat.manner().equals("+")) {
      return repeat(repeat);
    }
    if (part instanceof Pcre.End) {
      return "$";
    }
    throw new NotRegularException();
  }

  private static String repeat(Pcre.Repeat repeat) {
    String part = "(" + line(repeat.part()) + ")";
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < repeat.least(); i++) {
      line.append(part);
      checkLength(line);
    }
    if (repeat.most() < 0) {
      return repeat.least() == 0
          ? part + "*"
          : line.replace(line.length() - part.length(), line.length(), part + "+").toString();
    }
    for (int i = repeat.least(); i < repeat.most(); i++) {
      line.append(part).append('?');
      checkLength(line);
    }
    return line.toString();
  }

  private static void checkLength(StringBuilder line) {
    if (line.length() > MAX_LINE) {
      throw new NotRegularException();
    }
  }

  /** The plain bytes of a set; others do not stand in the paths that are compared. */
  private static String lineClass(BitSet bytes) {
    StringBuilder line = new StringBuilder("[");
    BitSet plain = bytes.get(0, 0x7f);
    plain.clear(0, '!');
    for (int first = plain.nextSetBit(0); first >= 0; ) {
      int end = plain.nextClearBit(first);
      line.append(escaped(first));
      if (end - first > 1) {
        line.append('-').append(escaped(end - 1));
      }
      first = plain.nextSetBit(end);
    }
    if (line.length() == 1) {
      throw new NotRegularException();
    }
    String inside = line.substring(1);
    boolean isOne = plain.cardinality() == 1;
    return isOne ? inside : line.append(']').toString();
  }

  private static String escaped(int c) {
    boolean isLetter = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    return isLetter || c == '/' || c == '_' ? Character.toString(c) : "\\" + (char) c;
  }
}
