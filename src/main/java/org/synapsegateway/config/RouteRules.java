package org.synapsegateway.config;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.LoadBalanceDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.WhenDefinition;
import org.apache.camel.model.language.MethodCallExpression;
import org.apache.camel.spi.EndpointUriFactory;
import org.apache.camel.util.URISupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.exchange.SharedServices;
import org.synapsegateway.loadbalance.WorkerWhoAmI;
import org.synapsegateway.routing.RouteExpression;
import org.synapsegateway.routing.RoutePlaceholders;
import org.synapsegateway.routing.pattern.RequestLine;
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
  private static final String WORKER = "worker:unix:";
  public static final String FRONT_DOOR = "nettySharedHttpServer";

  private final CamelContext context;
  private final List<RouteDefinition> routes;
  private final List<String> faults = new ArrayList<>();

  private RouteRules(CamelContext context) {
    this.context = context;
    this.routes = routes(context);
  }

  /**
   * Warns of sockets that two groups share.
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
    rules.routes.forEach(rules::findTwinConditions);
    rules.routes.forEach(rules::findUnknownOptions);
    ConfigurationException.throwIfAny(rules.faults);
    sharedSockets(context).forEach(LOG::warn);
  }

  /** All routes of a context, by their files. */
  public static List<RouteDefinition> routes(CamelContext context) {
    Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
    return model.getRouteDefinitions().stream()
        .sorted(Comparator.comparing(RoutePlace::file))
        .toList();
  }

  /** All steps of a kind in a route, in their order. */
  public static <T> Collection<T> all(RouteDefinition route, Class<T> type) {
    return ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), type);
  }

  // ---- sockets

  /** The steps that send to each worker's socket. */
  public static Map<String, List<ProcessorDefinition<?>>> sockets(CamelContext context) {
    Map<String, List<ProcessorDefinition<?>>> sockets = new TreeMap<>();
    for (RouteDefinition route : routes(context)) {
      for (ProcessorDefinition<?> to : sends(route)) {
        String uri = withoutOptions(uri(context, route, to));
        if (uri.startsWith(WORKER)) {
          sockets.computeIfAbsent(socket(uri), path -> new ArrayList<>()).add(to);
        }
      }
    }
    return sockets;
  }

  /** One line for each socket and each place where it is a worker again. */
  public static List<String> sharedSockets(CamelContext context) {
    List<String> shared = new ArrayList<>();
    sockets(context)
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
    for (LoadBalanceDefinition block : all(route, LoadBalanceDefinition.class)) {
      Map<String, ProcessorDefinition<?>> seen = new HashMap<>();
      for (ProcessorDefinition<?> step : block.getOutputs()) {
        String uri = withoutOptions(uri(context, route, step));
        ProcessorDefinition<?> first =
            uri.startsWith(WORKER) ? seen.putIfAbsent(socket(uri), step) : null;
        if (first != null) {
          faults.add(
              ("%s: worker:unix:%s stands twice in one loadBalance block;"
                      + " give it a weight instead, at %s")
                  .formatted(RoutePlace.of(step), socket(uri), RoutePlace.of(first)));
        }
      }
    }
  }

  private static String socket(String uri) {
    return Path.of(uri.substring(WORKER.length())).normalize().toString();
  }

  // ---- groups

  private void findMissingGroups() {
    Set<String> groups = froms();
    for (RouteDefinition route : routes) {
      for (ProcessorDefinition<?> to : sends(route)) {
        String group = direct(uri(context, route, to));
        if (!group.isEmpty() && !groups.contains(group)) {
          faults.add(
              "%s: %s sends to direct:%s, and no route is from there%s"
                  .formatted(
                      RoutePlace.of(to),
                      name(route),
                      group,
                      Spelling.hint(group, groups, name -> "direct:" + name)));
        }
      }
    }
  }

  private Set<String> froms() {
    Set<String> groups = new TreeSet<>();
    routes.forEach(route -> groups.add(direct(from(route))));
    groups.remove("");
    return groups;
  }

  private void findEmpty(RouteDefinition route) {
    if (route.getOutputs().isEmpty()) {
      faults.add(
          RoutePlace.of(route.getInput(), route)
              + ": "
              + name(route)
              + " has no steps; add for example \"to: worker:unix:/path.sock\"");
    }
    for (LoadBalanceDefinition block : all(route, LoadBalanceDefinition.class)) {
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
                .formatted(RoutePlace.of(block), name(route)));
      }
    }
  }

  // ---- what stands twice

  private void findTwinRoutes() {
    Map<String, RouteDefinition> seen = new HashMap<>();
    for (RouteDefinition route : routes) {
      // the front door has room for one, whatever else its URI says
      String from = from(route).contains(FRONT_DOOR) ? "the front door" : plain(from(route));
      RouteDefinition first = seen.putIfAbsent(from, route);
      if (first != null) {
        faults.add(
            "%s: %s is from %s, as %s at %s is; only one can be"
                .formatted(
                    RoutePlace.of(route.getInput(), route),
                    name(route),
                    from,
                    name(first),
                    RoutePlace.of(first.getInput(), first)));
      }
    }
  }

  private static String name(RouteDefinition route) {
    return route.getRouteId() == null ? "a route without id" : "route " + route.getRouteId();
  }

  /** Looks among the conditions of a choice, of which only the first that is true counts. */
  private void findTwinConditions(RouteDefinition route) {
    for (ChoiceDefinition choice : all(route, ChoiceDefinition.class)) {
      findMissingConditions(route, choice);
      List<Condition> conditions =
          choice.getWhenClauses().stream()
              .filter(RouteRules::hasText)
              .flatMap(when -> conditions(route, when))
              .toList();
      Map<Object, Condition> seen = new HashMap<>();
      for (Condition condition : conditions) {
        Condition first = seen.putIfAbsent(condition.meaning, condition);
        if (first != null) {
          faults.add(
              "%s: %s stands at %s already, in the same choice, and only one can decide; remove one"
                  .formatted(condition.place, condition.text, first.place));
        }
      }
    }
  }

  private void findMissingConditions(RouteDefinition route, ChoiceDefinition choice) {
    for (WhenDefinition when : choice.getWhenClauses()) {
      if (!hasCondition(when)) {
        faults.add(
            RoutePlace.of(when, route)
                + ": a when has no expression, so that it is never true; add one");
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
   */
  private record Condition(Object meaning, String text, String place) {}

  private Stream<Condition> conditions(RouteDefinition route, WhenDefinition when) {
    String language = when.getExpressionType().getLanguage();
    RouteExpression expression = RouteExpression.of(context, route, when);
    if (!language.equals("request")) {
      String text = language + " " + expression.text();
      return Stream.of(new Condition(text, text, RoutePlace.of(expression, 1)));
    }
    try {
      return RequestLine.of(expression.text()).stream()
          .map(
              line ->
                  new Condition(
                      line.meaning(), line.text(), RoutePlace.of(expression, line.number())));
    } catch (IllegalArgumentException e) {
      return Stream.empty(); // Camel tells what cannot be read, with its place
    }
  }

  // ---- the workers that are asked whose a token is

  /** The sockets that are asked whose a token is. */
  public static List<String> questioned(Settings settings) {
    return questionedUris(settings).stream()
        .map(RouteRules::withoutOptions)
        .filter(uri -> uri.startsWith(WORKER))
        .map(RouteRules::socket)
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
    String group = direct(uri);
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
    findUnknownOptions(RoutePlace.of(route.getInput(), route), from(route), true);
    for (ProcessorDefinition<?> to : sends(route)) {
      findUnknownOptions(RoutePlace.of(to), uri(context, route, to), false);
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
              uri.substring(withoutOptions(uri).length()).replaceFirst("^\\?", ""))
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
                + name(route)
                + " has no from; add for example \"from: { uri: direct:group, steps: [ .. ] }\"");
      }
    }
    ConfigurationException.throwIfAny(faults);
  }

  /** Where a placeholder stands for nothing, nothing else can be told of its URI. */
  private void findUnknownPlaceholders() {
    for (RouteDefinition route : routes) {
      resolve(RoutePlace.of(route.getInput(), route), route, route.getInput().getEndpointUri());
      for (ProcessorDefinition<?> to : sends(route)) {
        resolve(RoutePlace.of(to), route, written(to));
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

  private String from(RouteDefinition route) {
    return RoutePlaceholders.resolve(context, route, route.getInput().getEndpointUri());
  }

  /** The steps that send to a URI that is known before there is a request. */
  private static Collection<ProcessorDefinition<?>> sends(RouteDefinition route) {
    List<ProcessorDefinition<?>> sends = new ArrayList<>();
    for (ProcessorDefinition<?> step : all(route, ProcessorDefinition.class)) {
      if (!written(step).isEmpty() && !written(step).contains("${")) {
        sends.add(step);
      }
    }
    return sends;
  }

  private static String uri(
      CamelContext context, RouteDefinition route, ProcessorDefinition<?> step) {
    return RoutePlaceholders.resolve(context, route, written(step));
  }

  /** The URI of a step as it is written; the empty text for a step that sends nowhere. */
  private static String written(ProcessorDefinition<?> step) {
    String uri =
        step instanceof SendDefinition<?> to
            ? to.getEndpointUri()
            : step instanceof ToDynamicDefinition to ? to.getUri() : null;
    return uri == null ? "" : uri;
  }

  private static String withoutOptions(String uri) {
    return uri.replaceFirst("(?s)\\?.*", "");
  }

  /** As Camel compares them: without options, and without the slashes that may be there. */
  private static String plain(String uri) {
    return withoutOptions(uri).replaceFirst("^([^:/]+):/*", "$1:");
  }

  /** The name of a {@code direct:} URI; the empty text of another. */
  private static String direct(String uri) {
    String plain = plain(uri);
    return plain.startsWith("direct:") ? plain.substring("direct:".length()) : "";
  }
}
