// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which proxy keeps which rule of HTTP/2, as Markdown: the rule is the number that the name of a
 * case begins with.
 */
final class RuleTable {
  private final Map<Integer, Rule> rules = new TreeMap<>();
  private final Set<String> proxies = new LinkedHashSet<>();

  /** What the cases of one rule have come to. */
  private static final class Rule {
    private final String about;
    private final Map<String, Score> scores = new LinkedHashMap<>();

    private Rule(String about) {
      this.about = about;
    }
  }

  /** What one proxy has made of them. */
  private static final class Score {
    private int cases;
    private int passed;
    private final Map<String, Integer> outcomes = new TreeMap<>();

    @Override
    public String toString() {
      String often =
          outcomes.entrySet().stream()
              .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
              .map(each -> each.getValue() + " x " + each.getKey())
              .collect(Collectors.joining(", "));
      return passed + "/" + cases + (often.isEmpty() ? "" : ": " + often);
    }
  }

  /** Notes the outcome of a case; the failure is null if it passed. */
  void add(String proxy, Case one, String failure, String outcome) {
    String[] name = one.name().split(" ", 2);
    proxies.add(proxy);
    Score score =
        rules
            .computeIfAbsent(Integer.valueOf(name[0]), n -> new Rule(about(name[1])))
            .scores
            .computeIfAbsent(proxy, p -> new Score());
    score.cases++;
    score.passed += failure == null ? 1 : 0;
    if (!outcome.isEmpty()) {
      score.outcomes.merge(outcome, 1, Integer::sum);
    }
  }

  private static String about(String name) {
    int items = name.indexOf(" [");
    return items < 0 ? name : name.substring(0, items);
  }

  /** The table, one row a rule. */
  String markdown() {
    StringBuilder out = new StringBuilder("| rule | its first case | ");
    out.append(String.join(" | ", proxies)).append(" |\n|---|---|");
    out.append("---|".repeat(proxies.size())).append('\n');
    rules.forEach(
        (number, rule) -> {
          out.append("| ").append(number).append(" | ").append(rule.about).append(" |");
          proxies.forEach(p -> out.append(' ').append(rule.scores.get(p)).append(" |"));
          out.append('\n');
        });
    return out.toString();
  }
}
