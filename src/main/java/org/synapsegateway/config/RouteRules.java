package org.synapsegateway.config;

import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.model.LoadBalanceDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.EndpointUriFactory;
import org.apache.camel.util.URISupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.exchange.SharedServices;
import org.synapsegateway.loadbalance.WorkerWhoAmI;
import org.synapsegateway.routing.RoutePlaceholders;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * What must hold among the routes, which Camel would notice on a request only, or never: each group
 * that a route sends to is there and has steps, nothing stands twice where only one could count,
 * and no option is misspelt.
 *
 * <p>Looks at the routes as they are written, before one of them starts.
 */
public final class RouteRules {
  private static final Logger LOG = LoggerFactory.getLogger(RouteRules.class);
  public static final String FRONT_DOOR = "nettySharedHttpServer";

  private final CamelContext context;
  private final List<RouteDefinition> routes;
  private final List<String> faults = new ArrayList<>();

  private RouteRules(CamelContext context) {
    this.context = context;
    this.routes = RouteModel.routes(context);
  }

  /**
   * Warns of workers that two groups share.
   *
   * @throws ConfigurationException if a rule is broken
   */
  public static void check(CamelContext context) {
    RouteRules rules = new RouteRules(context);
    rules.findMissingFroms();
    rules.findUnknownPlaceholders();
    rules.findTwinRoutes();
    rules.findMissingGroups();
    rules.findBadQuestioned();
    rules.routes.forEach(rules::findEmpty);
    rules.routes.forEach(rules::findTwinWorkers);
    rules.routes.forEach(new Conditions(context, rules.faults)::check);
    rules.routes.forEach(rules::findUnknownOptions);
    ConfigurationException.throwIfAny(rules.faults);
    sharedWorkers(context).forEach(LOG::warn);
  }

  // ---- workers

  /** One line for each worker and each place where it is one again. */
  public static List<String> sharedWorkers(CamelContext context) {
    List<String> shared = new ArrayList<>();
    RouteModel.workers(context)
        .forEach(
            (path, steps) -> {
              // what intercepts stands in each route, and is one step all the same
              List<String> places = steps.stream().map(RoutePlace::of).distinct().toList();
              for (String again : places.subList(1, places.size())) {
                shared.add(
                    "%s: %s is a worker of %s too, so that one group's load is the other's"
                        .formatted(again, path, places.get(0)));
              }
            });
    return shared;
  }

  private void findTwinWorkers(RouteDefinition route) {
    for (LoadBalanceDefinition block : RouteModel.all(route, LoadBalanceDefinition.class)) {
      Map<String, ProcessorDefinition<?>> seen = new HashMap<>();
      for (ProcessorDefinition<?> step : block.getOutputs()) {
        String uri = RouteModel.withoutOptions(RouteModel.uri(context, route, step));
        ProcessorDefinition<?> first =
            RouteModel.isWorker(uri) ? seen.putIfAbsent(RouteModel.address(uri), step) : null;
        if (first != null) {
          faults.add(
              "%s: %s stands twice in one loadBalance block; give it a weight instead, at %s"
                  .formatted(RoutePlace.of(step), RouteModel.tidy(uri), RoutePlace.of(first)));
        }
      }
    }
  }

  // ---- groups

  private void findMissingGroups() {
    Set<String> groups = froms();
    for (RouteDefinition route : routes) {
      for (ProcessorDefinition<?> to : RouteModel.sends(route)) {
        String group = RouteModel.direct(RouteModel.uri(context, route, to));
        if (!group.isEmpty() && !groups.contains(group)) {
          faults.add(
              "%s: %s sends to direct:%s, and no route is from there%s"
                  .formatted(
                      RoutePlace.of(to),
                      RouteModel.name(route),
                      group,
                      Spelling.hint(group, groups, name -> "direct:" + name)));
        }
      }
    }
  }

  private Set<String> froms() {
    Set<String> groups = new TreeSet<>();
    routes.forEach(route -> groups.add(RouteModel.direct(RouteModel.from(context, route))));
    groups.remove("");
    return groups;
  }

  private void findEmpty(RouteDefinition route) {
    if (route.getOutputs().isEmpty()) {
      faults.add(
          RoutePlace.of(route.getInput(), route)
              + ": "
              + RouteModel.name(route)
              + " has no steps; add for example \"to: worker:unix:/path.sock\"");
    }
    for (LoadBalanceDefinition block : RouteModel.all(route, LoadBalanceDefinition.class)) {
      if (block.getLoadBalancerType() == null) {
        faults.add(
            RoutePlace.of(block)
                + ": a loadBalance block names no balancer;"
                + " add \"customLoadBalancer: { ref: BEAN }\"");
      }
      if (block.getOutputs().isEmpty()) {
        faults.add(
            ("%s: %s has a loadBalance block without workers;"
                    + " add a step \"to: worker:unix:/path.sock\"")
                .formatted(RoutePlace.of(block), RouteModel.name(route)));
      }
    }
  }

  // ---- what stands twice

  private void findTwinRoutes() {
    Map<String, RouteDefinition> seen = new HashMap<>();
    for (RouteDefinition route : routes) {
      // the front door has room for one, whatever else its URI says
      String from =
          RouteModel.from(context, route).contains(FRONT_DOOR)
              ? "the front door"
              : RouteModel.plain(RouteModel.from(context, route));
      RouteDefinition first = seen.putIfAbsent(from, route);
      if (first != null) {
        faults.add(
            "%s: %s is from %s, as %s at %s is; only one can be"
                .formatted(
                    RoutePlace.of(route.getInput(), route),
                    RouteModel.name(route),
                    from,
                    RouteModel.name(first),
                    RoutePlace.of(first.getInput(), first)));
      }
    }
  }

  // ---- the workers that are asked whose a token is

  /** The workers that are asked whose a token is, by their addresses. */
  public static List<String> questioned(Settings settings) {
    return questionedUris(settings).stream()
        .map(RouteModel::withoutOptions)
        .filter(RouteModel::isWorker)
        .map(RouteModel::address)
        .toList();
  }

  private static List<String> questionedUris(Settings settings) {
    return WorkerWhoAmI.uris(
        settings.text(Setting.WHOAMI_WORKERS), settings.text(Setting.WORKERS_DIRECTORY));
  }

  private void findBadQuestioned() {
    Set<String> groups = froms();
    questionedUris(SharedServices.of(context).settings())
        .forEach(uri -> findBadQuestioned(uri, groups));
  }

  private void findBadQuestioned(String uri, Set<String> groups) {
    String key = Setting.WHOAMI_WORKERS.key();
    String group = RouteModel.direct(uri);
    if (!group.isEmpty() && !groups.contains(group)) {
      faults.add(
          "%s%s names direct:%s, and no route is from there%s"
              .formatted(
                  Configuration.place(key),
                  key,
                  group,
                  Spelling.hint(group, groups, name -> "direct:" + name)));
      return;
    }
    try {
      context.getEndpoint(uri);
    } catch (ResolveEndpointFailedException e) {
      faults.add(Configuration.place(key) + key + ": " + StartupError.describe(e));
    }
  }

  // ---- options

  private void findUnknownOptions(RouteDefinition route) {
    findUnknownOptions(
        RoutePlace.of(route.getInput(), route), RouteModel.from(context, route), true);
    for (ProcessorDefinition<?> to : RouteModel.sends(route)) {
      findUnknownOptions(RoutePlace.of(to), RouteModel.uri(context, route, to), false);
    }
  }

  /** Names only are told: a value may be a secret. */
  private void findUnknownOptions(String place, String uri, boolean from) {
    String scheme = uri.substring(0, Math.max(uri.indexOf(':'), 0));
    EndpointUriFactory factory = context.getCamelContextExtension().getEndpointUriFactory(scheme);
    // where a component takes any option, those of a to: are the query of its request
    if (factory == null || factory.isLenientProperties() && !from) {
      return;
    }
    for (String option : options(uri)) {
      boolean known =
          factory.propertyNames().contains(option)
              || factory.multiValuePrefixes().values().stream().anyMatch(option::startsWith);
      if (!known) {
        faults.add(
            "%s: %s: has no option %s%s"
                .formatted(place, scheme, option, Spelling.hint(option, factory.propertyNames())));
      }
    }
  }

  private static Set<String> options(String uri) {
    try {
      return URISupport.parseQuery(
              uri.substring(RouteModel.withoutOptions(uri).length()).replaceFirst("^\\?", ""))
          .keySet();
    } catch (URISyntaxException e) {
      return Set.of(); // Camel tells what is wrong with it
    }
  }

  // ---- URIs

  private void findMissingFroms() {
    for (RouteDefinition route : routes) {
      if (route.getInput() == null) {
        faults.add(
            RoutePlace.of(route)
                + ": "
                + RouteModel.name(route)
                + " has no from; add for example \"from: { uri: direct:group, steps: [ .. ] }\"");
      }
    }
    ConfigurationException.throwIfAny(faults);
  }

  /** Where a placeholder stands for nothing, nothing else can be told of its URI. */
  private void findUnknownPlaceholders() {
    for (RouteDefinition route : routes) {
      resolve(RoutePlace.of(route.getInput(), route), route, route.getInput().getEndpointUri());
      for (ProcessorDefinition<?> to : RouteModel.sends(route)) {
        resolve(RoutePlace.of(to), route, RouteModel.written(to));
      }
    }
    ConfigurationException.throwIfAny(faults);
  }

  private void resolve(String place, RouteDefinition route, String uri) {
    try {
      RoutePlaceholders.resolve(context, route, uri);
    } catch (IllegalArgumentException e) {
      faults.add(
          place + ": " + Configuration.unknownPlaceholder(context.getPropertiesComponent(), e));
    }
  }
}
