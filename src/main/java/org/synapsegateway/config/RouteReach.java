// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.synapsegateway.routing.RoutePlaceholders;

/** Finds the routes that a request can reach by {@code to} steps with fixed URIs. */
final class RouteReach {
  private final CamelContext context;
  private final List<RouteDefinition> routes;

  /** The routes, by what they are from. */
  private final Map<String, List<RouteDefinition>> byFrom;

  RouteReach(CamelContext context, List<RouteDefinition> routes) {
    this.context = context;
    this.routes = routes;
    this.byFrom =
        routes.stream().collect(Collectors.groupingBy(route -> RouteModel.plain(from(route))));
  }

  /** The routes for whose reply a client waits: those that listen, and those that they send to. */
  Set<RouteDefinition> ofClients() {
    Set<RouteDefinition> reached = new HashSet<>();
    routes.stream()
        .filter(route -> from(route).startsWith("netty-http:"))
        .forEach(route -> follow(route, reached));
    return reached;
  }

  /** Whether a step sends to a worker, or to a route that does. */
  boolean isForWorker(ProcessorDefinition<?> step, RouteDefinition route) {
    if (!(step instanceof ToDefinition to)) {
      return false;
    }
    String uri = resolve(route, to.getEndpointUri());
    Set<RouteDefinition> reached = new HashSet<>();
    follow(uri, reached);
    return RouteModel.isWorker(uri) || reached.stream().anyMatch(this::hasWorker);
  }

  private boolean hasWorker(RouteDefinition route) {
    return RouteModel.sends(route).stream()
        .anyMatch(to -> RouteModel.isWorker(RouteModel.uri(context, route, to)));
  }

  private void follow(String uri, Set<RouteDefinition> reached) {
    byFrom.getOrDefault(RouteModel.plain(uri), List.of()).forEach(route -> follow(route, reached));
  }

  private void follow(RouteDefinition route, Set<RouteDefinition> reached) {
    if (reached.add(route)) {
      RouteModel.all(route, ToDefinition.class)
          .forEach(to -> follow(resolve(route, to.getEndpointUri()), reached));
    }
  }

  private String from(RouteDefinition route) {
    return resolve(route, route.getInput().getEndpointUri());
  }

  private String resolve(RouteDefinition route, String uri) {
    return RoutePlaceholders.resolve(context, route, uri);
  }
}
