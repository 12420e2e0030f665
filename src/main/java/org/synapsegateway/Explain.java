package org.synapsegateway;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.WhenDefinition;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.Slice;
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
    if (!isOneLine(method + target + String.join("", fields)) || target.contains(" ")) {
      System.err.println(
          "METHOD, TARGET and -H are one line each, and a target has no spaces: write %20");
      return Gateway.MISUSED;
    }
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
    Logging.silence();
    try (Rehearsal rehearsal = Rehearsal.start()) {
      System.out.print(text(rehearsal.context(), rehearsal.send(head, peer)));
      return 0;
    } catch (RuntimeException e) {
      System.err.println(StartupError.describe(e));
      return 1;
    }
  }

  private static boolean isOneLine(String text) {
    return text.chars().noneMatch(c -> c < ' ');
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
      String route = step.route().getRouteId();
      String to = "-> " + (step.node() instanceof ToDefinition t ? t.getUri() : "choice");
      if (step.node().getParent() instanceof ChoiceDefinition choice) {
        Optional<WhenDefinition> when =
            choice.getWhenClauses().stream()
                .filter(branch -> branch.getOutputs().contains(step.node()))
                .findFirst();
        if (when.isPresent()) {
          RouteExpression expression = RouteExpression.of(context, step.route(), when.get());
          addWhen(table, course, expression, when.get().getExpressionType().getLanguage(), to);
        } else {
          table.row(route, RoutePlace.of(step.node()), "otherwise", to);
        }
      } else if (step.balancer() != null) {
        int size = step.balancer().size();
        table.row(
            route,
            RoutePlace.of(step.node()),
            size == 0 ? "no workers of its own" : "by " + step.balancer().getKey(),
            size == 0 ? "-> what stands in" : "-> one of " + size);
      }
    }
    return table;
  }

  private static void addWhen(
      Table table, Course course, RouteExpression expression, String language, String to) {
    if (language.equals("request")) {
      for (RequestLine line : RequestLine.of(expression.text())) {
        if (line.matches(course.request().head())) {
          table.row(
              expression.routeId(), RoutePlace.of(expression, line.number()), line.text(), to);
          return;
        }
      }
    }
    String reason = language + " " + expression.text();
    table.row(expression.routeId(), RoutePlace.of(expression, 1), reason, to);
  }

  // ---- what comes of it

  private static Table result(Course course) {
    Table table = new Table();
    if (course.attempts().isEmpty()) {
      return table.row("answer", answer(course));
    }
    table.row("group", course.group() + describe(course));
    addKey(table, course);
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
            .filter(Objects::nonNull)
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
    if (course.isForgotten()) {
      return "500 " + Failure.ROUTE_FAILED.errcode() + ": no step sends it to a worker";
    }
    return course.failure() == null
        ? "the routes' own"
        : "500, because a route failed: " + course.failure().getMessage();
  }

  private static void addKey(Table table, Course course) {
    Course.Balanced balanced = course.balanced();
    if (balanced == null) {
      return;
    }
    Slice key = balanced.key();
    String by = balanced.block().getKey();
    if (key.isEmpty()) {
      table.row(
          "key",
          balanced.block().size() == 1
              ? "none: there is one worker"
              : by + ": the request has none, so the workers come in turn");
      return;
    }
    RequestHead head = course.request().head();
    table.row("key", by + ": " + Secrets.of(head).shown(key));
    if (course.isTokenAskedAbout()) {
      table.row("", "until a worker has told whose token it is; then that user's localpart");
    }
    HashRing ring = balanced.block().ring();
    int hash = HashRing.hash(key.array(), key.start(), key.end());
    int point = ring.pointFor(hash);
    table.row(
        "ring",
        "point %d of %d, at %08x; the key is at %08x"
            .formatted(point, ring.size(), ring.hashAt(point), hash));
  }
}
