package org.synapsegateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.camel.CamelContext;
import org.apache.camel.model.LoadBalanceDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.loadbalancer.CustomLoadBalancerDefinition;
import org.synapsegateway.loadbalance.ConsistentHash;
import org.synapsegateway.routing.RequestLine;
import org.synapsegateway.routing.RouteExpression;
import org.synapsegateway.worker.WorkerSocket;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Looks for what is wrong with settings, routes and sockets, without opening the port. */
@Command(
    name = "check",
    description =
        "Loads settings and routes as a start does, but opens no port; looks at the workers'"
            + " sockets; exits 1 on an error. A worker that is away is a warning.",
    mixinStandardHelpOptions = true)
final class Check implements Callable<Integer> {
  private static final String WORKER = "worker:unix:";

  @Option(
      names = "--workers-doc",
      paramLabel = "FILE",
      description = "Synapse's docs/workers.md, to compare the routes with")
  private Path workersDoc;

  private final Table table = new Table();
  private final List<String> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  @Override
  public Integer call() {
    try (Rehearsal rehearsal = Rehearsal.start()) {
      table.row("settings", GatewayMain.CONFIG, "ok").row("");
      CamelContext context = rehearsal.context();
      List<RouteDefinition> routes =
          context.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinitions();
      showRoutes(context, routes);
      showSockets(context, routes);
      findSameLines(context);
      System.out.print(report());
      if (workersDoc != null) {
        System.out.print("\n" + WorkersDocReport.of(workersDoc(), rehearsal));
      }
    } catch (RuntimeException e) {
      errors.add(StartupError.describe(e));
      System.out.print(report());
    }
    return errors.isEmpty() ? 0 : 1;
  }

  private WorkersDoc workersDoc() {
    try {
      return WorkersDoc.parse(Files.readString(workersDoc));
    } catch (IOException e) {
      throw new IllegalArgumentException(workersDoc + " cannot be read: " + e.getMessage(), e);
    }
  }

  private String report() {
    StringBuilder text = new StringBuilder(table.toString());
    errors.forEach(error -> text.append("\nerror: ").append(error));
    warnings.forEach(warning -> text.append("\nwarning: ").append(warning));
    return text.append(errors.isEmpty() && warnings.isEmpty() ? "" : "\n")
        .append("\n%d errors, %d warnings%n".formatted(errors.size(), warnings.size()))
        .toString();
  }

  // ---- routes

  private void showRoutes(CamelContext context, List<RouteDefinition> routes) {
    table.row("route", "file", "workers", "by", "description");
    for (RouteDefinition route : routes) {
      String description = route.getDescriptionText();
      table.row(
          route.getRouteId(),
          RoutePlace.file(route),
          workers(route),
          key(context, route),
          description == null ? "" : description);
    }
    table.row("");
  }

  private static String workers(RouteDefinition route) {
    long workers = tos(route).stream().filter(Check::isWorker).count();
    boolean balances = !all(route, LoadBalanceDefinition.class).isEmpty();
    return workers == 0 && !balances ? "-" : Long.toString(workers);
  }

  private static String key(CamelContext context, RouteDefinition route) {
    for (LoadBalanceDefinition block : all(route, LoadBalanceDefinition.class)) {
      if (block.getLoadBalancerType() instanceof CustomLoadBalancerDefinition custom
          && context.getRegistry().lookupByName(custom.getRef()) instanceof ConsistentHash ring) {
        return ring.getKey();
      }
    }
    return "-";
  }

  private static Collection<ToDefinition> tos(RouteDefinition route) {
    return all(route, ToDefinition.class);
  }

  private static boolean isWorker(ToDefinition to) {
    return to.getUri().startsWith(WORKER);
  }

  private static <T> Collection<T> all(RouteDefinition route, Class<T> type) {
    return ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), type);
  }

  // ---- sockets

  private void showSockets(CamelContext context, List<RouteDefinition> routes) {
    Map<String, List<ToDefinition>> sockets = new TreeMap<>();
    for (RouteDefinition route : routes) {
      tos(route).stream()
          .filter(Check::isWorker)
          .forEach(
              to -> sockets.computeIfAbsent(path(context, to), p -> new ArrayList<>()).add(to));
    }
    table.row("socket", "used in", "state", "found");
    sockets.forEach(this::showSocket);
  }

  private static String path(CamelContext context, ToDefinition to) {
    String uri = context.resolvePropertyPlaceholders(to.getUri());
    return uri.substring(WORKER.length()).replaceFirst("\\?.*", "");
  }

  private void showSocket(String path, List<ToDefinition> uses) {
    WorkerSocket socket = WorkerSocket.at(Path.of(path));
    String state = socket.state().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    String place = RoutePlace.of(uses.get(0));
    table.row(path, place, state, socket.detail());
    if (socket.state() != WorkerSocket.State.LISTENS) {
      warnings.add(place + ": nobody can be reached at " + path + ": " + socket.detail());
    }
    for (ToDefinition other : uses.subList(1, uses.size())) {
      warnings.add(
          RoutePlace.of(other)
              + ": "
              + path
              + " is a worker of "
              + place
              + " too, so that one group's load is the other's");
    }
  }

  // ---- lines that stand twice

  private void findSameLines(CamelContext context) {
    Map<String, String> places = new LinkedHashMap<>();
    for (RouteExpression expression : RouteExpression.all(context, "request")) {
      for (RequestLine line : RequestLine.of(expression.text())) {
        String place = expression.place(line.number());
        String first = places.putIfAbsent(expression.routeId() + " " + line.text(), place);
        if (first != null) {
          warnings.add(place + ": never decides, for the same line stands at " + first);
        }
      }
    }
  }
}
