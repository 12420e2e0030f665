// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.fault.ConfigurationException;

/**
 * A regular expression of an nginx configuration, or of another proxy's that has PCRE.
 *
 * <p>Found anywhere in a text unless it is anchored, as nginx does it. A search is given up after a
 * bounded number of steps, as PCRE does it with its match limit. Immutable.
 */
public final class NginxRegex {
  private static final int MAX_STEPS = 1_000_000;

  private final String text;
  private final Pattern java;
  private final Map<Integer, String> names = new LinkedHashMap<>();
  private final List<String> lines;
  private final List<String> samples;

  private NginxRegex(String text, PcreParser parser, Pcre.Part part) {
    this.text = text;
    this.java = Pattern.compile(JavaPattern.of(part), Pattern.UNIX_LINES);
    parser.names().forEach((name, number) -> names.put(number, name));
    this.lines = PatternLines.of(part);
    this.samples = lines.isEmpty() ? PatternLines.of(PatternLines.regular(part)) : lines;
  }

  /**
   * @throws ConfigurationException if it cannot be read
   */
  static NginxRegex of(Place place, String text, boolean caseless) {
    try {
      return of(text, caseless);
    } catch (IllegalArgumentException e) {
      throw place.bad(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException if it cannot be read
   */
  public static NginxRegex of(String text, boolean caseless) {
    PcreParser parser = new PcreParser(text, caseless);
    return new NginxRegex(text, parser, parser.parse());
  }

  /**
   * Whether it matches anywhere in a text.
   *
   * @throws TooLongException if that takes more steps than any honest search
   */
  public boolean isIn(String subject) {
    return find(subject) != null;
  }

  /** What a search found. */
  record Found(List<String> groups, Map<String, String> named) {}

  /** The first place where it matches; null if there is none. */
  @Nullable Found find(String subject) {
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
  public static final class TooLongException extends RuntimeException {
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
}
