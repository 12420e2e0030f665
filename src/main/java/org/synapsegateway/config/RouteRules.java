// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.nio.file.Path;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.exchange.SharedServices;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.loadbalance.WorkerWhoAmI;
import org.synapsegateway.routing.RoutePlaceholders;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * The rules among routes that Camel checks on a request only, or never: each group that a route
 * sends to exists and has steps, nothing is there twice, and no option is misspelt.
 *
 * <p>Reads the routes as they are written, before one of them starts.
 */
public final class RouteRules {
  private static final Logger LOG = LoggerFactory.getLogger(RouteRules.class);
  public static final String FRONT_DOOR = "nettySharedHttpServer";

  private final CamelContext context;
  private final List<RouteDefinition> routes;
  private final List<Fault> faults = new ArrayList<>();

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
    rules.findDuplicateFroms();
    rules.findMissingGroups();
    rules.findBadQuestioned();
    rules.findLostLists();
    rules.routes.forEach(rules::findEmpty);
    rules.routes.forEach(rules::findDuplicateWorkers);
    rules.routes.forEach(new Conditions(context, rules.faults)::check);
    rules.routes.forEach(new UnknownOptions(context, rules.faults)::check);
    ConfigurationException.throwIfAny(rules.faults);
    sharedWorkers(context).forEach(shared -> LOG.warn("{}", shared));
    RingNames.warnings(context).forEach(name -> LOG.warn("{}", name));
  }

  private void add(Code code, String place, String value, String text) {
    faults.add(new Fault(code, place, value, text));
  }

  // ---- workers

  /** A warning for each worker and each place where it is one again. */
  public static List<Fault> sharedWorkers(CamelContext context) {
    List<Fault> shared = new ArrayList<>();
    RouteModel.workers(context)
        .forEach(
            (path, steps) -> {
              // a step of an interceptor is in each route, and is one step all the same
              List<String> places = steps.stream().map(RoutePlace::of).distinct().toList();
              for (String again : places.subList(1, places.size())) {
                shared.add(
                    new Fault(
                        Code.SHARED_WORKER,
                        again,
                        path,
                        "%s is a worker at %s too, so each of both groups gets the other's load; give them workers of their own"
                            .formatted(path, places.get(0))));
              }
            });
    return shared;
  }

  private void findDuplicateWorkers(RouteDefinition route) {
    for (LoadBalanceDefinition block : RouteModel.all(route, LoadBalanceDefinition.class)) {
      Map<String, ProcessorDefinition<?>> seen = new HashMap<>();
      for (ProcessorDefinition<?> step : block.getOutputs()) {
        String uri = RouteModel.withoutOptions(RouteModel.uri(context, route, step));
        ProcessorDefinition<?> first =
            RouteModel.isWorker(uri) ? seen.putIfAbsent(RouteModel.address(uri), step) : null;
        if (first != null) {
          String worker = RouteModel.tidy(uri);
          add(
              Code.DUPLICATE_WORKER,
              RoutePlace.of(step),
              worker,
              "the loadBalance block has %s at %s too; remove this step, and give that one a weight"
                  .formatted(worker, RoutePlace.of(first)));
        }
      }
    }
  }

  /** Nothing would choose among the workers of a list. */
  private void findLostLists() {
    for (ProcessorDefinition<?> step : RouteModel.lists(context)) {
      if (!(step.getParent() instanceof LoadBalanceDefinition)) {
        String list = RouteModel.withoutOptions(RouteModel.written(step));
        add(
            Code.BAD_URI,
            RoutePlace.of(step),
            list,
            list
                + " is a list of workers, among which nothing chooses here; make it a step of a"
                + " loadBalance block with a ConsistentHash");
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
          unknownGroup(RoutePlace.of(to), RouteModel.name(route) + " sends to", group, groups);
        }
      }
    }
  }

  private void unknownGroup(String place, String who, String group, Set<String> groups) {
    add(
        Code.UNKNOWN_GROUP,
        place,
        "direct:" + group,
        "%s direct:%s, but no route begins there%s"
            .formatted(who, group, missingGroup(group, groups)));
  }

  /** Another name, or the file that has it and is not loaded. */
  private static String missingGroup(String group, Set<String> groups) {
    return RouteDirectories.ignored(Path.of("routes")).stream()
        .filter(file -> Path.of(file.value()).getFileName().toString().startsWith(group + "."))
        .findFirst()
        .map(file -> "; " + file.value() + ": " + file.text())
        .orElseGet(() -> Spelling.hint(group, groups, name -> "direct:" + name));
  }

  private Set<String> froms() {
    Set<String> groups = new TreeSet<>();
    routes.forEach(route -> groups.add(RouteModel.direct(RouteModel.from(context, route))));
    groups.remove("");
    return groups;
  }

  private void findEmpty(RouteDefinition route) {
    if (route.getOutputs().isEmpty()) {
      add(
          Code.NO_STEPS,
          RoutePlace.of(route.getInput(), route),
          route.getRouteId(),
          RouteModel.name(route) + " has no steps; add for example \"to: worker:unix:/path.sock\"");
    }
    for (LoadBalanceDefinition block : RouteModel.all(route, LoadBalanceDefinition.class)) {
      if (block.getLoadBalancerType() == null) {
        add(
            Code.NO_BALANCER,
            RoutePlace.of(block),
            "loadBalance",
            "the loadBalance block names no balancer; add \"customLoadBalancer: { ref: BEAN }\"");
      }
      if (block.getOutputs().isEmpty()) {
        add(
            Code.NO_WORKERS,
            RoutePlace.of(block),
            route.getRouteId(),
            "the loadBalance block of %s has no workers; add a step \"to: worker:unix:/path.sock\""
                .formatted(RouteModel.name(route)));
      }
    }
  }

  // ---- duplicates

  private void findDuplicateFroms() {
    Map<String, RouteDefinition> seen = new HashMap<>();
    for (RouteDefinition route : routes) {
      // the front door has room for one, whatever else its URI says
      String from =
          RouteModel.from(context, route).contains(FRONT_DOOR)
              ? "the front door"
              : RouteModel.plain(RouteModel.from(context, route));
      RouteDefinition first = seen.putIfAbsent(from, route);
      if (first != null) {
        add(
            Code.DUPLICATE_FROM,
            RoutePlace.of(route.getInput(), route),
            from,
            "%s begins with %s, as %s at %s does; change or remove one"
                .formatted(
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
      unknownGroup(Configuration.place(key), key + " names", group, groups);
      return;
    }
    if (RouteModel.isList(uri)) {
      add(
          Code.BAD_SETTING,
          Configuration.place(key),
          uri,
          key + " names " + uri + ", which is a list; name the group that has it, as direct:GROUP");
      return;
    }
    try {
      context.getEndpoint(uri);
    } catch (ResolveEndpointFailedException e) {
      for (Fault fault : StartupError.faults(e)) {
        add(fault.code(), Configuration.place(key), fault.value(), key + ": " + fault.text());
      }
    }
  }

  // ---- what the other rules need

  private void findMissingFroms() {
    for (RouteDefinition route : routes) {
      if (route.getInput() == null) {
        add(
            Code.MISSING_FROM,
            RoutePlace.of(route),
            route.getRouteId(),
            RouteModel.name(route)
                + " has no from; add for example \"from: { uri: direct:group, steps: [ .. ] }\"");
      }
    }
    ConfigurationException.throwIfAny(faults);
  }

  /** Nothing else can be checked of a URI whose placeholder has no value. */
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
      faults.add(Configuration.unknownPlaceholder(context.getPropertiesComponent(), e).at(place));
    }
  }
}
