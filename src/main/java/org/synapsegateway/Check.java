package org.synapsegateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.LoadBalanceDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.loadbalancer.CustomLoadBalancerDefinition;
import org.synapsegateway.loadbalance.ConsistentHash;
import org.synapsegateway.routing.Overlaps;
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
    String comparison = "";
    Logging.silence();
    try (Rehearsal rehearsal = Rehearsal.start()) {
      table.row("settings", Generation.CONFIG, "ok").row("");
      CamelContext context = rehearsal.context();
      List<RouteDefinition> routes = RouteRules.routes(context);
      showRoutes(context, routes);
      showSockets(context);
      findOverlaps(context, routes);
      comparison = workersDoc == null ? "" : "\n" + compare(rehearsal);
    } catch (IOException e) {
      errors.add(workersDoc + " cannot be read: " + e);
    } catch (RuntimeException e) {
      errors.addAll(StartupError.describeAll(e));
    }
    System.out.print(report() + comparison);
    return errors.isEmpty() ? 0 : 1;
  }

  private String compare(Rehearsal rehearsal) throws IOException {
    WorkersDoc doc = WorkersDoc.parse(Files.readString(workersDoc));
    if (doc.endpoints().isEmpty()) {
      throw new IllegalArgumentException(
          workersDoc + " lists no endpoints; is it docs/workers.md of Synapse?");
    }
    return WorkersDocReport.of(doc, rehearsal);
  }

  private String report() {
    StringBuilder text = new StringBuilder(table.toString());
    errors.forEach(error -> text.append("\nerror: ").append(error));
    warnings.forEach(warning -> text.append("\nwarning: ").append(warning));
    return text.append(errors.isEmpty() && warnings.isEmpty() ? "" : "\n")
        .append("\nerrors: %d, warnings: %d%n".formatted(errors.size(), warnings.size()))
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
    boolean balances = !RouteRules.all(route, LoadBalanceDefinition.class).isEmpty();
    return workers == 0 && !balances ? "-" : Long.toString(workers);
  }

  private static String key(CamelContext context, RouteDefinition route) {
    for (LoadBalanceDefinition block : RouteRules.all(route, LoadBalanceDefinition.class)) {
      if (block.getLoadBalancerType() instanceof CustomLoadBalancerDefinition custom
          && context.getRegistry().lookupByName(custom.getRef()) instanceof ConsistentHash ring) {
        return ring.getKey();
      }
    }
    return "-";
  }

  private static Collection<ToDefinition> tos(RouteDefinition route) {
    return RouteRules.all(route, ToDefinition.class);
  }

  private static boolean isWorker(ToDefinition to) {
    return to.getUri().startsWith(WORKER);
  }

  // ---- sockets

  private void showSockets(CamelContext context) {
    table.row("socket", "used in", "state", "found");
    RouteRules.sockets(context).forEach(this::showSocket);
    warnings.addAll(RouteRules.sharedSockets(context));
  }

  private void showSocket(String path, List<ProcessorDefinition<?>> uses) {
    WorkerSocket socket = WorkerSocket.at(Path.of(path));
    String state = socket.state().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    String place = RoutePlace.of(uses.get(0));
    table.row(path, place, state, socket.detail());
    if (socket.state() != WorkerSocket.State.LISTENS) {
      warnings.add(place + ": nobody can be reached at " + path + ": " + socket.detail());
    }
  }

  // ---- request lines

  /** Compares the lines of each choice, in which the first that matches decides. */
  private void findOverlaps(CamelContext context, List<RouteDefinition> routes) {
    for (RouteDefinition route : routes) {
      for (ChoiceDefinition choice : RouteRules.all(route, ChoiceDefinition.class)) {
        List<RouteExpression> expressions =
            choice.getWhenClauses().stream()
                .filter(when -> "request".equals(when.getExpressionType().getLanguage()))
                .map(when -> RouteExpression.of(context, route, when))
                .toList();
        findOverlaps(expressions);
      }
    }
  }

  private void findOverlaps(List<RouteExpression> expressions) {
    List<Overlaps.Group> groups = new ArrayList<>();
    for (RouteExpression expression : expressions) {
      groups.add(new Overlaps.Group(Integer.toString(groups.size()), expression.text()));
    }
    for (Overlaps.Finding finding : Overlaps.find(groups)) {
      List<String> earlier =
          finding.earlier().stream().map(line -> place(expressions, line)).toList();
      warnings.add(
          place(expressions, finding.line())
              + ": "
              + finding.line().text()
              + switch (finding.kind()) {
                case EMPTY -> " means no request at all";
                case COVERED -> " never decides, for all that it means is decided at ";
                case SHARED -> " means " + finding.example() + ", which is decided at ";
                case UNDECIDED -> " takes too long to compare with ";
              }
              + String.join(", ", earlier));
    }
  }

  private static String place(List<RouteExpression> expressions, Overlaps.Line line) {
    return RoutePlace.of(expressions.get(Integer.parseInt(line.group())), line.number());
  }
}
