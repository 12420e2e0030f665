package org.synapsegateway;

import org.apache.camel.LineNumberAware;
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
    return of(step, ProcessorDefinitionHelper.getRoute(step));
  }

  /** The file and line of a part of a route. */
  static String of(LineNumberAware part, RouteDefinition route) {
    String file = file(route);
    return part.getLineNumber() > 0 ? file + ":" + part.getLineNumber() : file;
  }

  /** The file and line of a line of an expression. */
  static String of(RouteExpression expression, int number) {
    return expression.place(number).replaceFirst(" \\(route .*", "");
  }
}
