// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.LogCapture;
import org.synapsegateway.TestGateway;
import org.synapsegateway.TestRoutes;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** Whatever fails in a route ends with an answer, and an admin's own handlers are asked first. */
class RouteErrorsTest {
  private static final String OWN = "org.synapsegateway.server.RouteErrorsTest$Own";

  @TempDir Path directory;
  private ScriptedWorker worker;

  /** An admin's own code, all of which fails. */
  public static final class Own implements Processor {
    private static final AtomicInteger CALLS = new AtomicInteger();

    /** Throws what the request's query names. */
    public static Object fail(Exchange exchange) throws Exception {
      CALLS.incrementAndGet();
      switch (what) {
        case "checked" -> throw new IOException("no <secret>");
        case "runtime" -> throw new IllegalStateException("no");
        case "execution" -> throw new CamelExecutionException("no", exchange);
        case "rejected" -> throw new RejectedExecutionException("no");
        case "error" -> throw new StackOverflowError("no");
        case "linkage" -> throw new NoClassDefFoundError("no/Such");
        default -> throw new AssertionError(what);
      }
    }

    private static volatile String what = "runtime";

    @Override
    public void process(Exchange exchange) throws Exception {
      fail(exchange);
    }
  }

  @BeforeEach
  void start() throws IOException {
    Own.CALLS.set(0);
    Own.what = "runtime";
    worker =
        ScriptedWorker.at(
            directory.resolve("one.sock"),
            ScriptedWorker.replying("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none"));
  }

  @AfterEach
  void stop() {
    worker.close();
  }

  private void write(String name, String text) throws IOException {
    Path routes = Files.createDirectories(directory.resolve("routes"));
    Files.writeString(
        routes.resolve(name + ".camel.yaml"),
        text.replace("WORKER", "worker:unix:" + directory.resolve("one.sock")).replace("OWN", OWN));
  }

  private TestGateway gateway(String steps) throws IOException {
    write(
        "beans",
        """
        - beans:
            - { name: own, type: OWN }
        """);
    return TestGateway.withSteps(
        directory,
        steps
            .replace("WORKER", "worker:unix:" + directory.resolve("one.sock"))
            .replace("DEAD", "worker:unix:" + directory.resolve("dead.sock"))
            .replace("OWN", OWN),
        "gateway.event-loops",
        "1");
  }

  private static RawMessage ask(RawClient client) throws IOException {
    return client.exchange("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  private static void assertMatrixError(RawMessage reply, int status) {
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.value("Content-Type")).isEqualTo("application/json");
    assertThat(reply.value("Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(reply.content())
        .startsWith("{\"errcode\":\"M_UNKNOWN\",\"error\":\"")
        .endsWith("\"}");
    assertThat(reply.content()).doesNotContain("secret", "Exception", "\tat ");
  }

  // ---- what nobody handles

  private static final List<String> THROWN =
      List.of("checked", "runtime", "execution", "rejected", "error", "linkage");

  static Stream<String> failing() {
    return Stream.of(
        "- bean: { beanType: OWN, method: fail }",
        "- to: bean:own?method=fail",
        "- process: { ref: own }",
        "- setBody: { method: { ref: own, method: fail } }",
        "- setHeader: { name: X, expression: { method: { ref: own, method: fail } } }",
        "- setProperty: { name: X, expression: { method: { ref: own, method: fail } } }",
        "- choice: { when: [ { expression: { method: { ref: own, method: fail } }, steps: [ { to: WORKER } ] } ] }",
        "- filter: { expression: { method: { ref: own, method: fail } }, steps: [ { to: WORKER } ] }",
        "- validate: { expression: { method: { ref: own, method: fail } } }",
        "- split: { expression: { method: { ref: own, method: fail } }, steps: [ { to: WORKER } ] }",
        "- loop: { expression: { method: { ref: own, method: fail } }, steps: [ { to: WORKER } ] }",
        "- delay: { expression: { method: { ref: own, method: fail } } }",
        "- throttle: { expression: { method: { ref: own, method: fail } } }",
        "- recipientList: { expression: { method: { ref: own, method: fail } } }",
        "- routingSlip: { expression: { method: { ref: own, method: fail } } }",
        "- enrich: { expression: { method: { ref: own, method: fail } } }",
        "- circuitBreaker: { steps: [ { bean: { ref: own, method: fail } } ] }",
        "- threads: {}\n- bean: { ref: own, method: fail }",
        "- multicast: { steps: [ { bean: { ref: own, method: fail } } ] }",
        "- transform: { expression: { method: { ref: own, method: fail } } }");
  }

  @ParameterizedTest
  @MethodSource("failing")
  void whatFailsBeforeTheWorkerIsAnswered(String step) throws Exception {
    assertAnswered(step, step + "\n- to: WORKER\n");
  }

  @ParameterizedTest
  @MethodSource("failing")
  void whatFailsBehindTheWorkerIsAnswered(String step) throws Exception {
    assertAnswered(step, "- to: WORKER\n" + step + "\n");
  }

  @ParameterizedTest
  @MethodSource("failing")
  void whatFailsInATappedRouteEndsToo(String step) throws Exception {
    write(
        "tapped",
        """
        - route:
            id: tapped
            from:
              uri: direct:tapped
              steps:
        """
            + step.replaceAll("(?m)^", "        ")
            + "\n");
    try (TestGateway gateway = gateway("- wireTap: { uri: direct:tapped }\n- to: WORKER\n")) {
      for (String what : THROWN) {
        Own.what = what;
        try (RawClient client = gateway.client()) {
          assertThat(ask(client).status()).isEqualTo(200);
        }
      }
      await()
          .untilAsserted(
              () ->
                  assertThat(gateway.main().getCamelContext().getInflightRepository().size())
                      .isZero());
    }
  }

  /** Whatever the step throws, the second time as the first. */
  private void assertAnswered(String step, String steps) throws Exception {
    int status = step.startsWith("- validate") ? 400 : 500;
    try (TestGateway gateway = gateway(steps)) {
      for (String what : THROWN) {
        Own.what = what;
        try (RawClient client = gateway.client()) {
          assertMatrixError(ask(client), status);
          assertMatrixError(ask(client), status);
          assertThat(gateway.metrics()).as(what).contains("gateway_requests_in_flight 0.0");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- throwException: { message: no, exceptionType: java.lang.IllegalStateException }",
        "- toD: { uri: \"direct:${body.path}\" }",
        "- toD: { uri: \"${body.path}\" }",
        "- recipientList: { expression: { constant: \"direct:missing\" } }",
        "- setBody: { simple: \"${body.nosuch.thing}\" }",
        "- choice: { when: [ { simple: \"${body.nosuch} == 1\", steps: [ { to: WORKER } ] } ] }",
        "- filter: { simple: \"${body.nosuch} == 1\", steps: [ { to: WORKER } ] }",
        "- validate: { simple: \"${body.nosuch} == 1\" }",
        "- rollback: { message: no }",
        "- convertBodyTo: java.util.Date",
      })
  void whatNobodyHandlesIsAMatrixError(String step) throws Exception {
    try (TestGateway gateway = gateway(step + "\n- to: WORKER\n");
        RawClient client = gateway.client()) {
      assertMatrixError(ask(client), 500);
      assertMatrixError(ask(client), 500);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- throttle: { expression: { constant: 0 }, rejectExecution: \"true\" }",
        "- throttle: { expression: { constant: 0 }, rejectExecution: \"true\", asyncDelayed: \"true\" }",
        "- throttle: { mode: ConcurrentRequests, expression: { constant: 0 }, rejectExecution: \"true\" }",
        "- throttle: { expression: { constant: 0 }, rejectExecution: \"true\", correlationExpression: { simple: \"${body.path}\" } }",
        "- to: WORKER\n- throttle: { expression: { constant: 0 }, rejectExecution: \"true\" }",
      })
  void whatAThrottleRejectsIsTooMuch(String step) throws Exception {
    try (LogCapture log = LogCapture.ofAll();
        TestGateway gateway = gateway(step + "\n- to: WORKER\n");
        RawClient client = gateway.client()) {
      for (int i = 0; i < 2; i++) {
        RawMessage reply = ask(client);
        assertThat(reply.status()).isEqualTo(429);
        assertThat(reply.value("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(reply.content())
            .startsWith("{\"errcode\":\"M_LIMIT_EXCEEDED\",\"error\":\"Too many requests\"")
            .contains("\"retry_after_ms\":");
      }
      assertThat(log.messages()).noneMatch(line -> line.contains("A route failed"));
    }
  }

  @Test
  void aRequestThatIsNotValidIsTheClientsFault() throws Exception {
    try (TestGateway gateway =
            gateway("- validate: { simple: \"${body.field('X-Key')} == 'k'\" }\n- to: WORKER\n");
        RawClient client = gateway.client()) {
      assertMatrixError(ask(client), 400);
      assertThat(client.exchange("GET / HTTP/1.1\r\nHost: a\r\nX-Key: k\r\n\r\n").content())
          .isEqualTo("one");
      assertThat(gateway.metrics()).contains("outcome=\"invalid_request\"");
    }
  }

  // ---- what somebody handles

  private static final String ANSWER =
      """
      handled: { constant: "true" }
      steps:
        - setBody: { constant: "handled" }
        - setHeader: { name: CamelHttpResponseCode, constant: "418" }
        - setHeader: { name: Content-Type, constant: text/x-own }
      """;

  private static String onException(String type) {
    return "- onException:\n" + ("exception: [ \"" + type + "\" ]\n" + ANSWER).indent(4);
  }

  private static void assertHandled(RawMessage reply) {
    assertThat(reply.status()).isEqualTo(418);
    assertThat(reply.content()).isEqualTo("handled");
    assertThat(reply.value("Content-Type")).isEqualTo("text/x-own");
  }

  static Stream<Arguments> handling() {
    String throwing =
        "- throwException: { message: no, exceptionType: java.lang.IllegalStateException }\n";
    return Stream.of("before", "behind", "nested")
        .flatMap(
            where ->
                Stream.of("own", "file", "configuration", "named", "try")
                    .map(by -> Arguments.of(where, by, throwing)));
  }

  @ParameterizedTest(name = "{0} the worker, {1}")
  @MethodSource("handling")
  void aHandledExceptionSendsWhatItsHandlerSays(String where, String by, String throwing)
      throws Exception {
    String steps =
        switch (where) {
          case "before" -> throwing + "- to: WORKER\n";
          case "behind" -> "- to: WORKER\n" + throwing;
          default -> "- to: direct:inner\n";
        };
    String type = "java.lang.IllegalStateException";
    write(
        "inner",
        "- route: { id: inner, from: { uri: direct:inner, steps: [ { to: WORKER }, "
            + throwing.substring(2).strip().transform(s -> "{ " + s + " }")
            + " ] } }\n");
    String top = "";
    String inRoute = "";
    switch (by) {
      case "own" -> inRoute = onException(type);
      case "file" -> top = onException(type);
      case "configuration" ->
          write("conf", "- routeConfiguration:\n    onException:\n" + onException(type).indent(6));
      case "named" -> {
        write(
            "conf",
            "- routeConfiguration:\n    id: mine\n    onException:\n"
                + onException(type).indent(6));
      }
      default ->
          steps =
              "- doTry:\n    steps:\n"
                  + steps.indent(6)
                  + "    doCatch:\n      - exception: [ "
                  + type
                  + " ]\n"
                  + ANSWER.replaceFirst("handled:.*\n", "").indent(8);
    }
    writeFront(top, by.equals("named") ? "routeConfigurationId: mine" : "", inRoute, steps);
    try (TestGateway gateway =
            TestGateway.withRoutes(directory.resolve("routes"), "gateway.event-loops", "1");
        RawClient client = gateway.client()) {
      for (int i = 0; i < 30; i++) {
        assertHandled(ask(client));
      }
      assertThat(worker.openConnections()).isLessThanOrEqualTo(11);
    }
  }

  private void writeFront(String top, String key, String inRoute, String steps) throws IOException {
    String route = TestRoutes.front(inRoute + steps);
    write("front", top + route.replace("    id: front\n", "    id: front\n" + key.indent(4)));
  }

  static Stream<Arguments> oddHandlers() {
    String always = "exception: [ java.lang.Throwable ]";
    return Stream.of(
        Arguments.of(
            "its steps fail",
            always
                + ", handled: { constant: \"true\" }, steps: [ { bean: { ref: own, method: fail } } ]",
            500),
        Arguments.of(
            "it makes no reply",
            always + ", handled: { constant: \"true\" }, steps: [ { log: handled } ]",
            500),
        Arguments.of(
            "it only looks on", always + ", steps: [ { setBody: { constant: seen } } ]", 500),
        Arguments.of("another exception", "exception: [ java.io.IOException ], " + flow(), 500),
        Arguments.of("it goes on", always + ", continued: { constant: \"true\" }", 200),
        Arguments.of(
            "the worker answers",
            always + ", handled: { constant: \"true\" }, steps: [ { to: WORKER } ]",
            200));
  }

  private static String flow() {
    return "handled: { constant: \"true\" }, steps: [ { setBody: { constant: x } } ]";
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("oddHandlers")
  void aHandlerEndsTheRequestInEveryCase(String what, String handler, int status) throws Exception {
    for (String thrown : List.of("runtime", "error")) {
      Own.what = thrown;
      write("beans", "- beans: [ { name: own, type: OWN } ]\n");
      writeFront(
          "- onException: { " + handler + " }\n",
          "",
          "",
          "- process: { ref: own }\n- to: WORKER\n");
      try (TestGateway gateway =
              TestGateway.withRoutes(directory.resolve("routes"), "gateway.event-loops", "1");
          RawClient client = gateway.client()) {
        for (int i = 0; i < 3; i++) {
          RawMessage reply = ask(client);
          if (status == 200) {
            assertThat(reply.content()).isEqualTo("one");
          } else {
            assertMatrixError(reply, status);
          }
        }
      }
    }
  }

  // ---- redelivery

  private static final String POLICY = "maximumRedeliveries: \"1\", redeliveryDelay: \"60000\"";

  static Stream<Arguments> redelivering() {
    String type = "org.synapsegateway.worker.WorkerException";
    return Stream.of(
        Arguments.of(
            "onException",
            "- onException: { exception: [ %s ], redeliveryPolicy: { %s } }\n"
                .formatted(type, POLICY),
            ""),
        Arguments.of(
            "onException with a policy bean",
            "- onException: { exception: [ %s ], redeliveryPolicyRef: patient, steps: [ { log: gone } ] }\n"
                .formatted(type),
            ""),
        Arguments.of(
            "errorHandler",
            "",
            "errorHandler: { defaultErrorHandler: { redeliveryPolicy: { %s } } }"
                .formatted(POLICY)),
        Arguments.of(
            "errorHandler with a policy bean",
            "",
            "errorHandler: { defaultErrorHandler: { redeliveryPolicyRef: patient } }"),
        Arguments.of(
            "deadLetterChannel",
            "",
            "errorHandler: { deadLetterChannel: { deadLetterUri: log:dead, redeliveryPolicy: { %s } } }"
                .formatted(POLICY)),
        Arguments.of(
            "a global errorHandler",
            "- errorHandler: { defaultErrorHandler: { redeliveryPolicy: { %s } } }\n"
                .formatted(POLICY),
            ""),
        Arguments.of(
            "a handler that is a bean", "", "errorHandler: { refErrorHandler: { ref: handler } }"),
        Arguments.of("a configuration's errorHandler", "CONFIGURATION", ""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("redelivering")
  void redeliveryWaitsOnNoEventLoop(String what, String top, String key) throws Exception {
    write(
        "beans",
        """
        - beans:
            - name: patient
              type: org.apache.camel.processor.errorhandler.RedeliveryPolicy
              properties: { maximumRedeliveries: 1, redeliveryDelay: 60000 }
            - name: handler
              type: org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition
              properties: { redeliveryPolicyRef: patient }
        """);
    if (top.equals("CONFIGURATION")) {
      write(
          "conf",
          "- routeConfiguration: { errorHandler: { defaultErrorHandler: { redeliveryPolicy: { "
              + POLICY
              + " } } } }\n");
    }
    writeFront(
        top.replace("CONFIGURATION", ""),
        key,
        "",
        """
        - choice:
            when:
              - expression: { language: { language: request, expression: "GET ^/dead" } }
                steps: [ { to: "DEAD?connectTimeout=0" } ]
            otherwise:
              steps: [ { to: WORKER } ]
        """
            .replace("DEAD", "worker:unix:" + directory.resolve("dead.sock")));
    try (TestGateway gateway =
            TestGateway.withRoutes(
                directory.resolve("routes"),
                "gateway.event-loops",
                "1",
                "camel.main.shutdownTimeout",
                "1");
        RawClient waiting = gateway.client();
        RawClient other = gateway.client()) {
      waiting.send("GET /dead HTTP/1.1\r\nHost: a\r\n\r\n");
      await().until(() -> gateway.metrics().contains("gateway_requests_in_flight 1.0"));
      for (int i = 0; i < 20; i++) {
        assertThat(ask(other).content()).isEqualTo("one");
      }
      assertThat(gateway.metrics()).contains("gateway_requests_in_flight 1.0");
    }
  }

  private TestGateway redelivering(String socket, int times) throws IOException {
    writeFront(
        "- onException: { exception: [ org.synapsegateway.worker.WorkerException ], redeliveryPolicy: { maximumRedeliveries: \"%d\", redeliveryDelay: \"20\" } }\n"
            .formatted(times),
        "",
        "",
        "- to: worker:unix:" + directory.resolve(socket) + "?connectTimeout=0\n");
    return TestGateway.withRoutes(directory.resolve("routes"), "gateway.event-loops", "1");
  }

  @Test
  void aWholeRequestIsSentOnceTheWorkerIsThere() throws Exception {
    try (TestGateway gateway = redelivering("late.sock", 1000);
        RawClient client = gateway.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
      await().until(() -> gateway.metrics().contains("gateway_requests_in_flight 1.0"));
      try (ScriptedWorker late =
          ScriptedWorker.at(
              directory.resolve("late.sock"),
              ScriptedWorker.replying("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate"))) {
        assertThat(client.readReply().content()).isEqualTo("late");
        assertThat(late.awaitRequest(0).content()).isEqualTo("hello");
      }
    }
  }

  @Test
  void aBodyThatIsGoneIsNotSentTwice() throws Exception {
    Queue<Integer> bodies = new ConcurrentLinkedQueue<>();
    try (ScriptedWorker dying =
            ScriptedWorker.at(
                directory.resolve("dying.sock"),
                connection -> bodies.add(connection.nextRequest().content().length()));
        LogCapture log = LogCapture.ofAll();
        TestGateway gateway = redelivering("dying.sock", 2);
        RawClient client = gateway.client()) {
      client.send(post(100_000));
      assertMatrixError(client.readReply(), 502);
      assertThat(bodies).containsExactly(100_000);
      assertThat(String.join("\n", log.messages()))
          .contains("the request's body has been sent before and was not kept");
      await().until(() -> dying.openConnections() == 0);
      bodies.clear();
      client.send(post(5));
      assertMatrixError(client.readReply(), 502);
      assertThat(bodies).containsExactly(5, 5, 5);
    }
  }

  private static String post(int length) {
    return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n".formatted(length)
        + "x".repeat(length);
  }
}
