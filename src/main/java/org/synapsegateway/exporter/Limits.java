// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exporter;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.WhenDefinition;
import org.synapsegateway.config.RoutePlace;
import org.synapsegateway.routing.RouteExpression;

/** What nginx does otherwise than the routes, each with its place. Confined to one thread. */
final class Limits {
  private final CamelContext context;
  private final List<String> all = new ArrayList<>();

  Limits(CamelContext context) {
    this.context = context;
  }

  List<String> all() {
    return all;
  }

  /** Adds one of a whole route. */
  void add(RouteDefinition route, String text) {
    add(RoutePlace.of(route.getInput(), route), text);
  }

  /** Adds one of a condition; returns it with its place. */
  String add(WhenDefinition when, RouteDefinition route, String text) {
    return add(RouteExpression.of(context, route, when).place(1), text);
  }

  /** Adds one of a step; returns it with its place. */
  String add(ProcessorDefinition<?> step, RouteDefinition route, String text) {
    return add(RoutePlace.of(step, route), text);
  }

  private String add(String place, String text) {
    String limit = place + ": " + text;
    all.add(limit);
    return limit;
  }
}
