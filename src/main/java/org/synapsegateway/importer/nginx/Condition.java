// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The condition of an {@code if}: ngx_http_rewrite_if_condition. */
record Condition(Directive directive, Variables variables) {
  /** The words between the parentheses. */
  static List<String> words(Directive directive) {
    List<String> words = new ArrayList<>(directive.arguments());
    int last = words.size() - 1;
    if (last < 0 || !words.get(0).startsWith("(") || !words.get(last).endsWith(")")) {
      throw directive.place().bad("the condition of if stands in parentheses");
    }
    words.set(0, words.get(0).substring(1));
    if (words.get(last).length() > 0) {
      words.set(last, words.get(last).substring(0, words.get(last).length() - 1));
    }
    words.removeIf(String::isEmpty);
    return words;
  }

  boolean holds() {
    List<String> words = words(directive);
    if (words.isEmpty() || !words.get(0).startsWith("$")) {
      throw new CannotTellException(directive, String.join(" ", words));
    }
    String value = variables.get(words.get(0).substring(1).toLowerCase(Locale.ROOT));
    if (words.size() == 1) {
      return !value.isEmpty() && !value.equals("0");
    }
    String operator = words.get(1);
    String operand = words.size() > 2 ? words.get(2) : "";
    return switch (operator) {
      case "=" -> value.equals(variables.expand(operand));
      case "!=" -> !value.equals(variables.expand(operand));
      case "~", "~*", "!~", "!~*" -> {
        NginxRegex pattern = NginxRegex.of(directive.place(), operand, operator.endsWith("*"));
        yield variables.matchesOrForgets(pattern, value) != operator.startsWith("!");
      }
      default -> throw new CannotTellException(directive, "the operator " + operator);
    };
  }
}
