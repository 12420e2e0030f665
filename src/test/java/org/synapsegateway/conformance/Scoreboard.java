// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Who passed what, as Markdown. */
final class Scoreboard {
  private static final int LONGEST = 400;

  private final Map<String, Map<String, Score>> groups = new TreeMap<>();
  private final Map<String, List<String>> failures = new LinkedHashMap<>();

  /** Passed and failed cases by level. */
  private static final class Score {
    private final Map<Level, Integer> passed = new EnumMap<>(Level.class);
    private final Map<Level, Integer> all = new EnumMap<>(Level.class);

    void add(Level level, boolean pass) {
      all.merge(level, 1, Integer::sum);
      passed.merge(level, pass ? 1 : 0, Integer::sum);
    }

    void add(Score other) {
      other.all.forEach((level, n) -> all.merge(level, n, Integer::sum));
      other.passed.forEach((level, n) -> passed.merge(level, n, Integer::sum));
    }

    /** For instance {@code 21/23 | 4/4 | }: a level without cases is empty. */
    String cells() {
      List<String> cells = new ArrayList<>();
      for (Level level : Level.values()) {
        cells.add(all.containsKey(level) ? passed.get(level) + "/" + all.get(level) : "");
      }
      return String.join(" | ", cells);
    }
  }

  /** Names a proxy, so that it has its columns even if it fails nothing. */
  void proxy(String proxy) {
    failures.put(proxy, new ArrayList<>());
  }

  /** Notes the outcome of a case; the failure is null if it passed. */
  void add(String proxy, Case one, String failure) {
    groups
        .computeIfAbsent(one.group(), g -> new LinkedHashMap<>())
        .computeIfAbsent(proxy, p -> new Score())
        .add(one.level(), failure == null);
    if (failure != null) {
      failures
          .get(proxy)
          .add(one.level() + ", " + one.name() + " (" + one.source() + ")\n  " + brief(failure));
    }
  }

  private static String brief(String failure) {
    return failure.length() <= LONGEST ? failure : failure.substring(0, LONGEST) + " ..";
  }

  /** How many cases a proxy failed. */
  int failed(String proxy) {
    return failures.getOrDefault(proxy, List.of()).size();
  }

  /** The table, one row a group, and below it every failure. */
  String markdown() {
    StringBuilder out = new StringBuilder("| passed / all |");
    failures.keySet().forEach(p -> out.append(' ').append(p).append(" MUST | SHOULD | HOUSE |"));
    out.append("\n|---|").append("---|---|---|".repeat(failures.size())).append('\n');
    Map<String, Score> totals = new LinkedHashMap<>();
    for (Map.Entry<String, Map<String, Score>> group : groups.entrySet()) {
      group.getValue().forEach((p, s) -> totals.computeIfAbsent(p, x -> new Score()).add(s));
      row(out, group.getKey(), group.getValue());
    }
    row(out, "**all**", totals);
    for (Map.Entry<String, List<String>> proxy : failures.entrySet()) {
      out.append('\n').append(proxy.getKey()).append(" fails ").append(proxy.getValue().size());
      out.append(":\n\n");
      proxy.getValue().forEach(failure -> out.append("- ").append(failure).append('\n'));
    }
    return out.toString();
  }

  private void row(StringBuilder out, String name, Map<String, Score> scores) {
    out.append("| ").append(name).append(" |");
    for (String proxy : failures.keySet()) {
      out.append(' ').append(scores.getOrDefault(proxy, new Score()).cells()).append(" |");
    }
    out.append('\n');
  }
}
