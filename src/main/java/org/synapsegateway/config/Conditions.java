// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.WhenDefinition;
import org.apache.camel.model.language.MethodCallExpression;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.routing.RouteExpression;
import org.synapsegateway.routing.RoutePlaceholders;
import org.synapsegateway.routing.pattern.RequestLine;

/** Finds a {@code when} without a condition, and a choice with a condition twice. */
final class Conditions {
  private final CamelContext context;
  private final List<Fault> faults;

  /**
   * @param faults takes those that are found
   */
  Conditions(CamelContext context, List<Fault> faults) {
    this.context = context;
    this.faults = faults;
  }

  /** Looks among the conditions of a choice, of which only the first that is true counts. */
  void check(RouteDefinition route) {
    for (ChoiceDefinition choice : RouteModel.all(route, ChoiceDefinition.class)) {
      findMissingConditions(route, choice);
      List<Condition> conditions =
          choice.getWhenClauses().stream()
              .filter(Conditions::hasText)
              .flatMap(when -> conditions(route, when))
              .toList();
      Map<Object, Condition> seen = new HashMap<>();
      for (Condition condition : conditions) {
        Condition first = seen.putIfAbsent(condition.meaning, condition);
        if (first != null) {
          faults.add(
              new Fault(
                  Code.DUPLICATE_CONDITION,
                  place(route, condition),
                  condition.text,
                  "%s is at %s too, in the same choice, and the first one decides; remove one"
                      .formatted(condition.text, place(route, first))));
        }
      }
    }
  }

  private void findMissingConditions(RouteDefinition route, ChoiceDefinition choice) {
    for (WhenDefinition when : choice.getWhenClauses()) {
      if (!hasCondition(when)) {
        faults.add(
            new Fault(
                Code.NO_CONDITION,
                RoutePlace.of(when, route),
                "when",
                "a when has no expression, so it is never true; add one"));
      }
    }
  }

  /** A method call is all options and no text. */
  private static boolean hasCondition(WhenDefinition when) {
    return when.getExpressionType() instanceof MethodCallExpression || hasText(when);
  }

  private static boolean hasText(WhenDefinition when) {
    return when.getExpressionType() != null && when.getExpressionType().getExpression() != null;
  }

  /**
   * @param meaning equal for conditions that are true for the same requests because they are
   *     written alike
   * @param line that of the expression, from 1
   */
  private record Condition(Object meaning, String text, WhenDefinition when, int line) {}

  private String place(RouteDefinition route, Condition condition) {
    return RoutePlace.of(RouteExpression.of(context, route, condition.when), condition.line);
  }

  private Stream<Condition> conditions(RouteDefinition route, WhenDefinition when) {
    String language = when.getExpressionType().getLanguage();
    String written = when.getExpressionType().getExpression();
    String expression = RoutePlaceholders.resolve(context, route, written).trim();
    if (!language.equals("request")) {
      String text = language + " " + expression;
      return Stream.of(new Condition(text, text, when, 1));
    }
    try {
      return RequestLine.of(expression).stream()
          .map(line -> new Condition(line.meaning(), line.text(), when, line.number()));
    } catch (IllegalArgumentException e) {
      return Stream.empty(); // Camel reports what cannot be read, with its place
    }
  }
}
