package org.synapsegateway;

import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.synapsegateway.routing.RouteExpression;

/** Where a step of a route is written. */
final class RoutePlace {
  private RoutePlace() {}

  /** The file of a route, or its id if it did not come from one. */
  static String file(RouteDefinition route) {
    return route.getResource() == null
        ? "route " + route.getRouteId()
        : route.getResource().getLocation().replaceFirst("^(file|classpath):", "");
  }

  /** The file and line of a step. */
  static String of(ProcessorDefinition<?> step) {
    String file = file(ProcessorDefinitionHelper.getRoute(step));
    return step.getLineNumber() > 0 ? file + ":" + step.getLineNumber() : file;
  }

  /** The file and line of a line of an expression. */
  static String of(RouteExpression expression, int number) {
    return expression.place(number).replaceFirst(" \\(route .*", "");
  }
}
