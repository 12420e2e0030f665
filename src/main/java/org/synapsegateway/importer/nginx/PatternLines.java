// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A pattern that is regular in the strict sense, as lines of a {@code request} expression without
 * methods, which match the same plain paths.
 */
final class PatternLines {
  private static final int MAX_LINE = 20_000;

  private PatternLines() {}

  /** A pattern without look-around, word edges and back references. */
  static Pcre.Part regular(Pcre.Part part) {
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
      return new Pcre.Sequence(sequence.parts().stream().map(PatternLines::regular).toList());
    }
    return part instanceof Pcre.Choice choice
        ? new Pcre.Choice(choice.branches().stream().map(PatternLines::regular).toList())
        : part;
  }

  /** A branch of a pattern that begins at the beginning, or anywhere. */
  private record Branch(boolean anchored, Pcre.Part part) {}

  private static final class NotRegularException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** The lines that match what the pattern matches; empty if it is not regular. */
  static List<String> of(Pcre.Part part) {
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
      return choice.branches().stream().anyMatch(PatternLines::hasStart);
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
          + String.join("|", choice.branches().stream().map(PatternLines::line).toList())
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
