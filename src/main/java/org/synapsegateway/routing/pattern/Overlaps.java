// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing.pattern;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds request lines that never decide anything, and requests that lines of two expressions match.
 *
 * <p>Both are computed on the automaton of the lines, so they hold for all possible requests. Lines
 * count in the order in which routes evaluate them, so the first that matches decides.
 */
public final class Overlaps {
  private static final int MAX_STATES = 20_000;

  /**
   * A line of an expression.
   *
   * @param expression the index of its expression
   * @param number the line in the expression, from 1
   * @param text the line as it is written
   */
  public record Line(int expression, int number, String text) {}

  /** What can be wrong with a line. */
  public enum Kind {
    /** The line matches no request at all. */
    EMPTY,
    /** Earlier lines match all that this line matches, so it never decides. */
    COVERED,
    /** An earlier line of another expression matches some of what this one matches. */
    SHARED,
    /** To compare the line with these earlier ones would take too long. */
    UNDECIDED
  }

  /**
   * What was found about a line.
   *
   * @param line the later line
   * @param earlier the earlier lines concerned: one if it is enough by itself
   * @param example for {@link Kind#SHARED}, a shortest request that both match, as {@code METHOD
   *     path}; else null
   */
  public record Finding(Kind kind, Line line, List<Line> earlier, @Nullable String example) {}

  private record Entry(Line line, PatternLine pattern) {}

  private final List<Entry> entries = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private final int maxStates;

  private Overlaps(List<String> expressions, int maxStates) {
    this.maxStates = maxStates;
    for (int i = 0; i < expressions.size(); i++) {
      for (PatternLine pattern : PatternParser.parse(expressions.get(i))) {
        entries.add(new Entry(new Line(i, pattern.number(), pattern.text()), pattern));
      }
    }
  }

  /**
   * Examines {@code request} expressions in the order in which they are evaluated.
   *
   * @throws IllegalArgumentException if a line cannot be read
   */
  public static List<Finding> find(List<String> expressions) {
    return find(expressions, MAX_STATES);
  }

  static List<Finding> find(List<String> expressions, int maxStates) {
    Overlaps overlaps = new Overlaps(expressions, maxStates);
    for (int i = 0; i < overlaps.entries.size(); i++) {
      overlaps.examine(overlaps.entries.get(i), overlaps.entries.subList(0, i));
    }
    return overlaps.findings;
  }

  private void examine(Entry entry, List<Entry> before) {
    if (search(List.of(entry), List.of()).isNone()) {
      report(Kind.EMPTY, entry, List.of(), null);
      return;
    }
    Map<Entry, RequestSearch.Result> rivals = rivals(entry, before);
    if (rivals.isEmpty() || isCovered(entry, rivals.keySet())) {
      return;
    }
    List<Entry> unclear = new ArrayList<>();
    rivals.forEach(
        (rival, both) -> {
          if (!both.decided()) {
            unclear.add(rival);
          } else if (rival.line().expression() != entry.line().expression()) {
            report(Kind.SHARED, entry, List.of(rival), both.request());
          }
        });
    if (!unclear.isEmpty()) {
      report(Kind.UNDECIDED, entry, unclear, null);
    }
  }

  /** The earlier lines that match, or may match, some of what a line matches. */
  private Map<Entry, RequestSearch.Result> rivals(Entry entry, List<Entry> before) {
    Map<Entry, RequestSearch.Result> rivals = new LinkedHashMap<>();
    for (Entry earlier : before) {
      RequestSearch.Result both = search(List.of(earlier, entry), List.of());
      if (!both.isNone()) {
        rivals.put(earlier, both);
      }
    }
    return rivals;
  }

  /** Reports a line that its rivals leave nothing, or that may be one. */
  private boolean isCovered(Entry entry, Collection<Entry> rivals) {
    for (Entry rival : rivals) {
      if (search(List.of(entry), List.of(rival)).isNone()) {
        report(Kind.COVERED, entry, List.of(rival), null);
        return true;
      }
    }
    RequestSearch.Result left = search(List.of(entry), List.copyOf(rivals));
    if (left.request() != null) {
      return false;
    }
    report(left.decided() ? Kind.COVERED : Kind.UNDECIDED, entry, List.copyOf(rivals), null);
    return true;
  }

  private RequestSearch.Result search(List<Entry> wanted, List<Entry> unwanted) {
    return new RequestSearch(patterns(wanted), patterns(unwanted), maxStates).find();
  }

  private static List<PatternLine> patterns(List<Entry> entries) {
    return entries.stream().map(Entry::pattern).toList();
  }

  private void report(Kind kind, Entry entry, List<Entry> earlier, @Nullable String example) {
    List<Line> lines = earlier.stream().map(Entry::line).toList();
    findings.add(new Finding(kind, entry.line(), lines, example));
  }
}
