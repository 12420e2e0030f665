// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.WhenDefinition;
import org.synapsegateway.config.RoutePlace;
import org.synapsegateway.routing.RouteExpression;
import org.synapsegateway.routing.RoutePlaceholders;
import org.synapsegateway.routing.pattern.RequestLine;
import org.synapsegateway.server.BlockingSteps;

/** The way of one request through the routes: which lines decided, and where it went from there. */
final class Decisions {
  private Decisions() {}

  /** The lines of the routes that decided, in their order. */
  static List<Decision> of(CamelContext context, DryRunResult result) {
    List<Decision> decisions = new ArrayList<>();
    for (DryRunResult.Step step : result.steps()) {
      String route = step.route().getRouteId();
      if (step.node() instanceof ToDefinition to
          && to.getParent() instanceof ChoiceDefinition choice) {
        String uri = RoutePlaceholders.resolve(context, step.route(), to.getEndpointUri());
        decisions.add(
            choice.getWhenClauses().stream()
                .filter(branch -> branch.getOutputs().contains(to))
                .findFirst()
                .map(
                    when ->
                        decision(
                            result, RouteExpression.of(context, step.route(), when), when, uri))
                .orElseGet(() -> new Decision(route, RoutePlace.of(to), "otherwise", uri)));
      } else if (step.balancer() != null) {
        int size = step.balancer().size();
        decisions.add(
            new Decision(
                route,
                RoutePlace.of(step.node()),
                size == 0 ? "no workers of its own" : "by " + step.balancer().getKey(),
                size == 0 ? "the fallback" : "one of " + size));
      } else if (step.writerFirst()) {
        ToDefinition writer = (ToDefinition) step.node().getOutputs().get(0);
        String uri = context.resolvePropertyPlaceholders(writer.getEndpointUri());
        decisions.add(new Decision(route, RoutePlace.of(step.node()), "the writer first", uri));
      } else if (step.node() instanceof ChoiceDefinition choice) {
        decisions.addAll(unknown(step.route(), choice));
      } else if (isOwn(context, step)) {
        decisions.add(own(context, step));
      }
    }
    return decisions;
  }

  /** Conditions of an admin's own code, which is not called. */
  private static List<Decision> unknown(RouteDefinition route, ChoiceDefinition choice) {
    return choice.getWhenClauses().stream()
        .filter(when -> BlockingSteps.CODE.contains(when.getExpressionType().getLanguage()))
        .map(
            when ->
                new Decision(
                    route.getRouteId(),
                    RoutePlace.of(when, route),
                    "when " + StepText.of(when.getExpressionType()),
                    "would be called; counts as false here"))
        .toList();
  }

  /** A step that is an admin's, and not the gateway's own way to workers and answers. */
  private static boolean isOwn(CamelContext context, DryRunResult.Step step) {
    if (step.node() instanceof ToDefinition to) {
      String uri = RoutePlaceholders.resolve(context, step.route(), to.getEndpointUri());
      return !uri.startsWith("direct:") && !uri.startsWith("worker:");
    }
    return !NoEffects.isRefusal(context, step.node());
  }

  private static Decision own(CamelContext context, DryRunResult.Step step) {
    return new Decision(
        step.route().getRouteId(),
        RoutePlace.of(step.node()),
        StepText.of(step.node()),
        NoEffects.isEffect(context, step.node()) ? "would be called" : "goes on");
  }

  private static Decision decision(
      DryRunResult result, RouteExpression expression, WhenDefinition when, String to) {
    String language = when.getExpressionType().getLanguage();
    if (language.equals("request")) {
      for (RequestLine line : RequestLine.of(expression.text())) {
        if (line.matches(result.request().head())) {
          String place = RoutePlace.of(expression, line.number());
          return new Decision(expression.routeId(), place, line.text(), to);
        }
      }
    }
    String because = language + " " + expression.text();
    return new Decision(expression.routeId(), RoutePlace.of(expression, 1), because, to);
  }
}
