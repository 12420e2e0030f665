// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.model.LoadBalanceDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.loadbalancer.CustomLoadBalancerDefinition;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.loadbalance.ConsistentHash;

/**
 * A route that sends to workers, or would if it listed some.
 *
 * @param workers how many it lists, and its lists name
 * @param hash what chooses among them; null if nothing does
 */
public record WorkerGroup(RouteDefinition route, int workers, @Nullable ConsistentHash hash) {
  /** The groups of a context that has started, by their files. */
  public static List<WorkerGroup> all(CamelContext context) {
    List<WorkerGroup> groups = new ArrayList<>();
    for (RouteDefinition route : RouteModel.routes(context)) {
      ConsistentHash hash = hash(context, route);
      int workers = hash != null && hash.hasLists() ? hash.size() : workers(route);
      if (workers > 0 || hash != null) {
        groups.add(new WorkerGroup(route, workers, hash));
      }
    }
    return groups;
  }

  public String name() {
    return route.getRouteId();
  }

  private static int workers(RouteDefinition route) {
    return (int)
        RouteModel.all(route, ToDefinition.class).stream()
            .filter(to -> RouteModel.isWorker(to.getUri()))
            .count();
  }

  private static @Nullable ConsistentHash hash(CamelContext context, RouteDefinition route) {
    for (LoadBalanceDefinition block : RouteModel.all(route, LoadBalanceDefinition.class)) {
      if (block.getLoadBalancerType() instanceof CustomLoadBalancerDefinition custom
          && context.getRegistry().lookupByName(custom.getRef()) instanceof ConsistentHash hash) {
        return hash;
      }
    }
    return null;
  }
}
