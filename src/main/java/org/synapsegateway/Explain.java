package org.synapsegateway;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.model.OtherwiseDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.WhenDefinition;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.AccessToken;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.loadbalance.ConsistentHash;
import org.synapsegateway.loadbalance.HashRing;
import org.synapsegateway.net.AddressSet;
import org.synapsegateway.routing.RequestLine;
import org.synapsegateway.routing.RouteExpression;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells which worker a request gets and why, without sending it. */
@Command(
    name = "explain",
    description =
        "Tells which route, key and worker a request gets, and why. Connects to nothing; run it in"
            + " the directory that has routes/ and config/.",
    mixinStandardHelpOptions = true)
final class Explain implements Callable<Integer> {
  @Parameters(paramLabel = "METHOD", description = "for example GET")
  private String method;

  @Parameters(
      paramLabel = "TARGET",
      description = "path and query, for example /_matrix/client/v3/sync?since=s1")
  private String target;

  @Option(
      names = {"-H", "--header"},
      paramLabel = "'NAME: VALUE'",
      description = "a header field; may be given again")
  private List<String> fields = new ArrayList<>();

  @Option(
      names = "--client",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "who connects to the gateway; by default ${DEFAULT-VALUE}")
  private String client;

  @Override
  public Integer call() {
    RequestHead head;
    try {
      head = RequestHead.of(head(method, target, fields));
    } catch (HttpException e) {
      System.err.println(
          "The gateway would refuse this with " + e.failure().status() + ": " + e.getMessage());
      return Gateway.MISUSED;
    }
    InetAddress peer = AddressSet.numeric(client);
    if (peer == null) {
      System.err.println("--client takes an IP address, for example 203.0.113.7");
      return Gateway.MISUSED;
    }
    try (Rehearsal rehearsal = Rehearsal.start()) {
      System.out.print(text(rehearsal.context(), rehearsal.send(head, peer)));
      return 0;
    } catch (RuntimeException e) {
      System.err.println(StartupError.describe(e));
      return 1;
    }
  }

  /** A request's head with a Host field, which no client leaves out. */
  static String head(String method, String target, List<String> fields) {
    StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    if (fields.stream().noneMatch(field -> field.regionMatches(true, 0, "Host:", 0, 5))) {
      head.append("Host: localhost\r\n");
    }
    fields.forEach(field -> head.append(field).append("\r\n"));
    return head.append("\r\n").toString();
  }

  static String text(CamelContext context, Course course) {
    // the path only: the query may hold a token
    return course.request()
        + " from "
        + course.request().client()
        + "\n\n"
        + way(context, course)
        + "\n"
        + result(course);
  }

  // ---- the way through the routes

  private static Table way(CamelContext context, Course course) {
    Table table = new Table();
    for (Course.Step step : course.steps()) {
      ProcessorDefinition<?> parent = step.node().getParent();
      if (parent instanceof WhenDefinition || parent instanceof OtherwiseDefinition) {
        table.row(
            step.route().getRouteId(),
            place(context, course, step, parent),
            reason(context, course, step, parent),
            "-> " + label(step.node()));
      } else if (step.balancer() != null && step.balancer().size() == 0) {
        table.row(
            step.route().getRouteId(),
            RoutePlace.of(step.node()),
            "no workers of its own",
            "-> what stands in");
      }
    }
    return table;
  }

  private static String label(NamedNode node) {
    return node instanceof ToDefinition to ? to.getUri() : node.getShortName();
  }

  private static String place(
      CamelContext context, Course course, Course.Step step, ProcessorDefinition<?> parent) {
    if (!(parent instanceof WhenDefinition when)) {
      return RoutePlace.of(parent);
    }
    RouteExpression expression = RouteExpression.of(context, step.route(), when);
    int line = decidingLine(course, expression, when).map(RequestLine::number).orElse(1);
    return expression.line() == 0
        ? RoutePlace.of(parent)
        : expression.file() + ":" + (expression.line() + line - 1);
  }

  private static String reason(
      CamelContext context, Course course, Course.Step step, ProcessorDefinition<?> parent) {
    if (!(parent instanceof WhenDefinition when)) {
      return "nothing above it (otherwise)";
    }
    RouteExpression expression = RouteExpression.of(context, step.route(), when);
    return decidingLine(course, expression, when)
        .map(RequestLine::text)
        .orElse(when.getExpressionType().getLanguage() + " " + expression.text());
  }

  private static Optional<RequestLine> decidingLine(
      Course course, RouteExpression expression, WhenDefinition when) {
    return "request".equals(when.getExpressionType().getLanguage())
        ? RequestLine.of(expression.text()).stream()
            .filter(line -> line.matches(course.request().head()))
            .findFirst()
        : Optional.empty();
  }

  // ---- what comes of it

  private static Table result(Course course) {
    Table table = new Table();
    if (course.attempts().isEmpty()) {
      return table.row("answer", answer(course));
    }
    Course.Step last = course.steps().get(course.steps().size() - 1);
    table.row("group", course.group() + describe(course));
    balancer(course).ifPresent(balancer -> addKey(table, course, balancer));
    table.row("file", RoutePlace.of(last.node()));
    List<Course.Attempt> attempts = course.attempts();
    table.row("worker", attempts.get(0).server());
    for (int i = 1; i < attempts.size(); i++) {
      boolean other = attempts.get(i).route() != attempts.get(i - 1).route();
      table.row(
          i == 1 ? "if it is down" : "then",
          attempts.get(i).server()
              + (other ? "  (" + attempts.get(i).route().getRouteId() + " stands in)" : ""));
    }
    return table.row(attempts.size() == 1 ? "if it is down" : "then", answer(course));
  }

  private static String describe(Course course) {
    String text =
        course.steps().stream()
            .filter(step -> step.route().getRouteId().equals(course.group()))
            .map(step -> step.route().getDescriptionText())
            .findFirst()
            .orElse(null);
    return text == null ? "" : ": " + text;
  }

  private static String answer(Course course) {
    if (course.failure() instanceof HttpException http) {
      return http.failure().status()
          + " "
          + http.failure().errcode()
          + ": "
          + http.failure().error();
    }
    return course.failure() == null
        ? "the routes' own"
        : "500, because a route failed: " + course.failure().getMessage();
  }

  private static Optional<ConsistentHash> balancer(Course course) {
    return course.steps().stream()
        .map(Course.Step::balancer)
        .filter(balancer -> balancer != null && balancer.size() > 0)
        .findFirst();
  }

  private static void addKey(Table table, Course course, ConsistentHash balancer) {
    RequestHead head = course.request().head();
    Slice key = balancer.keyOf(course.request());
    if (key.isEmpty()) {
      table.row("key", balancer.getKey() + ": none, so the workers come in turn");
      return;
    }
    String source = balancer.getKey().equals("user") ? " (" + AccessToken.of(head) + ")" : "";
    table.row("key", balancer.getKey() + ": " + Secrets.of(head).shown(key) + source);
    if (balancer.size() == 1) {
      return;
    }
    HashRing ring = balancer.ring();
    int hash = HashRing.hash(key.array(), key.start(), key.end());
    int point = ring.pointFor(hash);
    table.row(
        "ring",
        "point %d of %d at %08x, the first from the key's %08x on"
            .formatted(point, ring.size(), ring.hashAt(point), hash));
  }
}
