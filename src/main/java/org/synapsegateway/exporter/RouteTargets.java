// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exporter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.LoadBalanceDefinition;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.WhenDefinition;
import org.apache.camel.model.loadbalancer.CustomLoadBalancerDefinition;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.config.RouteModel;
import org.synapsegateway.loadbalance.ConsistentHash;
import org.synapsegateway.routing.RouteExpression;
import org.synapsegateway.routing.RoutePlaceholders;
import org.synapsegateway.routing.pattern.RequestLine;
import org.synapsegateway.server.Refusal;
import org.synapsegateway.worker.WorkerEndpoint;

/**
 * Follows the steps of routes to the groups that they lead to, and writes the choices as maps and
 * the groups as upstreams of nginx. Confined to one thread.
 */
final class RouteTargets {
  /** The value for what the gateway refuses. */
  static final String FORBIDDEN = "forbidden";

  private static final String REQUEST = "\"$request_method $request_uri\"";
  private static final String MAIN = "main";

  private final CamelContext context;
  private final Map<String, RouteDefinition> routes = new HashMap<>();
  private final Map<String, String> values = new HashMap<>();
  private final Map<String, Upstream> upstreams = new LinkedHashMap<>();
  private final List<RouteMap> maps = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Limits limits;
  private boolean hasPrivatePaths;

  RouteTargets(CamelContext context) {
    this.context = context;
    this.limits = new Limits(context);
    for (RouteDefinition route : RouteModel.routes(context)) {
      routes.put(direct(resolved(route, route.getInput().getEndpointUri())), route);
    }
  }

  List<Upstream> upstreams() {
    return List.copyOf(upstreams.values());
  }

  List<RouteMap> maps() {
    return maps;
  }

  /** What nginx does otherwise than the routes: place and sentence. */
  List<String> limits() {
    return limits.all();
  }

  /** Whether some paths are for private clients only. */
  boolean hasPrivatePaths() {
    return hasPrivatePaths;
  }

  // ---- routes

  /** The value that stands for a route: an upstream, a variable, or {@link #FORBIDDEN}. */
  String of(RouteDefinition route) {
    String known = values.get(route.getRouteId());
    if (known == null) {
      values.put(route.getRouteId(), MAIN); // for routes that lead in a circle
      String found = of(route, route.getOutputs());
      if (found == null) {
        limits.add(route, "its own answers are not exported; the main process gets the requests");
      }
      known = found == null ? MAIN : found;
      values.put(route.getRouteId(), known);
    }
    return known;
  }

  private @Nullable String of(RouteDefinition route, List<ProcessorDefinition<?>> steps) {
    for (ProcessorDefinition<?> step : steps) {
      String value = of(route, step);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  private @Nullable String of(RouteDefinition route, ProcessorDefinition<?> step) {
    if (step instanceof ChoiceDefinition choice) {
      return choice(route, choice);
    }
    if (step instanceof LoadBalanceDefinition block) {
      return block(route, block);
    }
    if (step instanceof ToDefinition to) {
      return to(route, to);
    }
    if (step instanceof ProcessDefinition process
        && context.getRegistry().lookupByName(process.getRef()) instanceof Refusal) {
      return FORBIDDEN;
    }
    return null;
  }

  private @Nullable String to(RouteDefinition route, ToDefinition to) {
    String uri = resolved(route, to.getUri());
    RouteDefinition next = routes.get(direct(uri));
    if (next != null) {
      return of(next);
    }
    if (uri.startsWith("worker:") && context.getEndpoint(uri) instanceof WorkerEndpoint worker) {
      String id = route.getRouteId();
      upstreams.putIfAbsent(
          id,
          new Upstream(
              id, List.of(Upstream.server(worker.getServer())), null, List.of(), List.of()));
      return id;
    }
    return null;
  }

  private String resolved(RouteDefinition route, String uri) {
    return RoutePlaceholders.resolve(context, route, uri);
  }

  /** A URI without options and without the slashes that Camel takes or leaves. */
  private static String direct(String uri) {
    return uri.replaceFirst("(?s)\\?.*", "").replaceFirst("^direct:/*", "direct:");
  }

  // ---- choices

  private @Nullable String choice(RouteDefinition route, ChoiceDefinition choice) {
    String otherwise =
        choice.getOtherwise() == null ? null : of(route, choice.getOtherwise().getOutputs());
    String value = otherwise;
    // from the last condition to the first, as each map names the one behind it
    List<WhenDefinition> whens = choice.getWhenClauses();
    for (int last = whens.size(); last > 0; ) {
      int first = last - 1;
      if (isRequest(whens.get(first))) {
        while (first > 0 && isRequest(whens.get(first - 1))) {
          first--;
        }
      }
      value = conditions(route, whens.subList(first, last), value);
      last = first;
    }
    return value;
  }

  private static String language(WhenDefinition when) {
    String language =
        when.getExpressionType() == null ? null : when.getExpressionType().getLanguage();
    return language == null ? "" : language;
  }

  /** Whether it is a list of request lines, or what locations do for private paths. */
  private static boolean isRequest(WhenDefinition when) {
    return language(when).equals("request") || language(when).equals("ref");
  }

  private @Nullable String conditions(
      RouteDefinition route, List<WhenDefinition> whens, @Nullable String otherwise) {
    if (isRequest(whens.get(0))) {
      RouteMap map = new RouteMap(REQUEST, variable(route));
      for (WhenDefinition when : whens) {
        addLines(route, when, map);
      }
      map.otherwise(otherwise == null ? MAIN : otherwise);
      maps.add(map);
      return map.variable();
    }
    WhenDefinition when = whens.get(0);
    String then = of(route, when.getOutputs());
    if (then == null) {
      return otherwise;
    }
    RouteExpression expression = RouteExpression.of(context, route, when);
    String other = otherwise == null ? MAIN : otherwise;
    RouteMap map =
        switch (language(when)) {
          case "query" -> ConditionMaps.query(expression.text(), variable(route), then, other);
          case "field" -> ConditionMaps.field(expression.text(), variable(route), then, other);
          case "argument" -> {
            String limit = limits.add(when, route, ConditionMaps.ARGUMENT_LIMIT);
            yield ConditionMaps.argument(expression.text(), limit, variable(route), then, other);
          }
          default -> null;
        };
    if (map == null) {
      limits.add(when, route, "nginx does not know the condition " + expression.text());
      return otherwise == null ? then : otherwise;
    }
    maps.add(map);
    return map.variable();
  }

  private void addLines(RouteDefinition route, WhenDefinition when, RouteMap map) {
    if (language(when).equals("ref")) {
      boolean isPrivate = when.getExpressionType().getExpression().equals("privatePaths");
      hasPrivatePaths |= isPrivate;
      if (!isPrivate) {
        limits.add(
            when,
            route,
            "nginx does not know the bean " + when.getExpressionType().getExpression());
      }
      return;
    }
    String value = of(route, when.getOutputs());
    for (RequestLine line : RequestLine.of(RouteExpression.of(context, route, when).text())) {
      map.add(LinePattern.of(line.text()), value == null ? MAIN : value);
    }
  }

  private String variable(RouteDefinition route) {
    String base = "$route_" + route.getRouteId().replaceAll("\\W", "_");
    String name = base;
    for (int i = 2; !names.add(name); i++) {
      name = base + "_" + i;
    }
    return name;
  }

  // ---- groups of workers

  private @Nullable String block(RouteDefinition route, LoadBalanceDefinition block) {
    Object balancer =
        block.getLoadBalancerType() instanceof CustomLoadBalancerDefinition custom
            ? context.getRegistry().lookupByName(custom.getRef())
            : null;
    if (balancer instanceof ConsistentHash hash && hash.size() > 0) {
      addUpstream(route, block, hash);
      return route.getRouteId();
    }
    String first = of(route, block.getOutputs());
    if (!(balancer instanceof ConsistentHash)) {
      limits.add(block, route, "nginx sends all requests to the first group of the block");
    }
    return first;
  }

  private void addUpstream(
      RouteDefinition route, LoadBalanceDefinition block, ConsistentHash hash) {
    String id = route.getRouteId();
    List<String> own = new ArrayList<>();
    List<String> servers = hash.members().stream().map(Upstream::server).toList();
    String key = servers.size() > 1 ? HashKeys.variable(hash.getKey()) : null;
    if (servers.size() > 1 && !HashKeys.isSame(hash.getKey())) {
      own.add(
          limits.add(
              block,
              route,
              "nginx takes key: " + hash.getKey() + " from its own maps, so some keys move once"));
    }
    if (hash.hasLists()) {
      own.add(
          limits.add(block, route, "nginx has the workers of now, and does not follow the list"));
    }
    List<String> spares = new ArrayList<>();
    if (hash.hasFallback()) {
      String fallback = fallback(route, block);
      Upstream other = fallback == null ? null : upstreams.get(fallback);
      if (key == null && servers.size() == 1 && other != null) {
        other.servers().stream().filter(server -> !servers.contains(server)).forEach(spares::add);
      } else {
        own.add(
            limits.add(
                block, route, "nginx has no backup beside hash: 502 while all workers are gone"));
      }
    }
    upstreams.put(id, new Upstream(id, servers, key, spares, own));
  }

  private @Nullable String fallback(RouteDefinition route, LoadBalanceDefinition block) {
    for (ProcessorDefinition<?> step : block.getOutputs()) {
      if (step instanceof ToDefinition to && !resolved(route, to.getUri()).startsWith("worker:")) {
        return to(route, to);
      }
    }
    return null;
  }
}
