// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.processor.loadbalancer.RoundRobinLoadBalancer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.LogCapture;
import org.synapsegateway.TestRoutes;
import org.synapsegateway.config.StartupError;

/** An explanation names what an admin's steps would do and does nothing of it. */
class NoEffectsTest {
  private static final AtomicInteger CALLS = new AtomicInteger();

  @TempDir Path directory;
  private Path routes;
  private Path files;

  /** An admin's own code, each call of which counts. */
  public static final class Own extends RoundRobinLoadBalancer
      implements Processor, Predicate, AggregationStrategy {
    public static Object run() {
      CALLS.incrementAndGet();
      return "called";
    }

    @Override
    public boolean process(Exchange exchange, org.apache.camel.AsyncCallback callback) {
      run();
      return super.process(exchange, callback);
    }

    @Override
    public void process(Exchange exchange) {
      run();
    }

    @Override
    public boolean matches(Exchange exchange) {
      run();
      return true;
    }

    @Override
    public Exchange aggregate(Exchange before, Exchange after) {
      run();
      return after;
    }
  }

  @BeforeEach
  void start() throws IOException {
    CALLS.set(0);
    routes = Files.createDirectory(directory.resolve("routes"));
    files = Files.createDirectory(directory.resolve("files"));
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(routes.resolve(name + ".camel.yaml"), text);
  }

  static Stream<Arguments> steps() {
    return Stream.of(
        step("- to: http://127.0.0.1:PORT/hook?password=hunter2", "to http://127.0.0.1:PORT/hook"),
        step(
            "- to: netty-http:http://127.0.0.1:PORT/hook",
            "to netty-http:http://127.0.0.1:PORT/hook"),
        step("- to: netty:tcp://127.0.0.1:PORT?sync=false", "to netty:tcp://127.0.0.1:PORT"),
        step("- to: file:FILES?fileName=out", "to file:FILES"),
        step("- to: log:told?level=WARN", "to log:told"),
        step("- to: bean:own?method=run", "to bean:own"),
        step("- to: class:OWN?method=run", "to class:OWN"),
        step("- to: seda:queue", "to seda:queue"),
        step("- to: kamelet:greet", "to kamelet:greet"),
        step("- to: kamelet:greet", "bean own.run"),
        step("- kamelet: { name: greet }", "kamelet"),
        step(
            "- kamelet: { name: wrap, steps: [ { bean: { ref: own, method: run } } ] }",
            "bean own.run"),
        step("- toD: { uri: \"file:FILES?fileName=${body.path}\" }", "toD file:FILES"),
        step(
            "- toD: { uri: \"http://127.0.0.1:PORT${body.path}\" }",
            "toD http://127.0.0.1:PORT${body.path}"),
        step("- toD: { uri: \"file:FILES\", cacheSize: \"-1\" }", "toD file:FILES"),
        step("- wireTap: { uri: \"file:FILES\" }", "wireTap file:FILES"),
        step("- wireTap: { uri: \"direct:tap\" }", "wireTap direct:tap"),
        step(
            "- wireTap: { uri: \"worker:unix:/staging.sock\" }",
            "wireTap worker:unix:/staging.sock"),
        step(
            "- enrich: { expression: { constant: \"file:FILES\" } }", "enrich constant file:FILES"),
        step(
            "- pollEnrich: { expression: { constant: \"file:FILES\" } }",
            "pollEnrich constant file:FILES"),
        step("- poll: { uri: \"file:FILES\" }", "poll"),
        step(
            "- recipientList: { expression: { constant: \"file:FILES,seda:queue\" } }",
            "recipientList constant file:FILES,seda:queue"),
        step(
            "- recipientList: { cacheSize: \"-1\", aggregationStrategy: own, parallelProcessing: \"true\", expression: { constant: \"file:FILES\" } }",
            "recipientList"),
        step(
            "- routingSlip: { expression: { constant: \"file:FILES\" } }",
            "routingSlip constant file:FILES"),
        step(
            "- dynamicRouter: { expression: { method: { ref: own, method: run } } }",
            "dynamicRouter bean"),
        step("- bean: { ref: own, method: run }", "bean own.run"),
        step("- bean: { beanType: OWN, method: run }", "bean OWN.run"),
        step("- process: { ref: own }", "process own"),
        step("- script: { expression: { method: { ref: own, method: run } } }", "script bean"),
        step(
            "- log: { message: \"told ${body.path}\", loggingLevel: WARN }",
            "log told ${body.path}"),
        step("- setBody: { simple: \"${bean:own?method=run}\" }", "setBody simple"),
        step("- setHeader: { name: X-A, simple: \"${bean:own.run}\" }", "setHeader X-A"),
        step(
            "- setProperty: { name: a, expression: { method: { ref: own, method: run } } }",
            "setProperty a"),
        step(
            "- filter: { expression: { method: { ref: own, method: run } }, steps: [ { stop: {} } ] }",
            "filter bean"),
        step("- filter: { expression: { ref: own }, steps: [ { stop: {} } ] }", "filter ref own"),
        step(
            "- choice: { when: [ { expression: { method: { ref: own, method: run } }, steps: [ { stop: {} } ] } ] }",
            "when bean"),
        step(
            "- split: { aggregationStrategy: own, expression: { constant: \"a,b\" }, steps: [ { to: \"file:FILES\" } ] }",
            "to file:FILES"),
        step(
            "- multicast: { aggregationStrategy: own, parallelProcessing: \"true\", steps: [ { to: \"file:FILES\" }, { to: \"seda:queue\" } ] }",
            "to seda:queue"),
        step(
            "- multicast: { parallelProcessing: \"true\", timeout: \"9\", steps: [ { to: \"file:FILES\" } ] }",
            "to file:FILES"),
        step(
            "- split: { parallelProcessing: \"true\", timeout: \"9\", expression: { constant: a }, steps: [ { to: \"file:FILES\" } ] }",
            "to file:FILES"),
        step(
            "- recipientList: { parallelProcessing: \"true\", timeout: \"9\", expression: { constant: \"file:FILES\" } }",
            "recipientList constant file:FILES"),
        step(
            "- doTry: { steps: [ { to: \"file:FILES\" } ], doFinally: { steps: [ { bean: { ref: own, method: run } } ] } }",
            "bean own.run"),
        step(
            "- loadBalance: { customLoadBalancer: { ref: own }, steps: [ { to: \"file:FILES\" } ] }",
            "loadBalance"),
        step("- delay: { expression: { constant: 60000 } }", "delay constant 60000"),
        step("- throttle: { expression: { constant: 0 } }", "throttle constant 0"),
        step("- threads: {}", "threads"),
        step("- circuitBreaker: { steps: [ { to: \"file:FILES\" } ] }", "to file:FILES"),
        step(
            "- loop: { doWhile: \"true\", expression: { constant: \"true\" }, steps: [ { bean: { ref: own, method: run } } ] }",
            "bean own.run"),
        step("- setHeader: { name: X-A, constant: b }", "setHeader X-A"),
        step("- removeHeader: { name: X-A }", "removeHeader X-A"));
  }

  private static Arguments step(String yaml, String named) {
    return Arguments.of(yaml, named);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("steps")
  void aStepIsNamedAndNotDone(String step, String named) throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        LogCapture log = LogCapture.ofAll()) {
      String port = Integer.toString(listening.getLocalPort());
      write("front", front(step.replace("PORT", port)));
      write("others", others(port));

      Explanation explanation = explain();

      String all =
          explanation.decisions().stream()
              .map(each -> each.because() + " -> " + each.to())
              .reduce("", (a, b) -> a + "\n" + b);
      assertThat(all)
          .contains(
              "\n"
                  + named
                      .replace("PORT", port)
                      .replace("FILES", files.toString())
                      .replace("OWN", Own.class.getName()))
          .doesNotContain("hunter2");
      assertThat(explanation.decisions().get(0).place()).containsPattern("front.camel.yaml:[89]$");
      if (!step.contains("loop")) {
        assertThat(explanation.workers())
            .extracting(Explanation.Worker::server)
            .containsExactly("unix:/nowhere/a.sock");
      }
      assertThat(CALLS).hasValue(0);
      assertThat(files).isEmptyDirectory();
      assertThat(String.join("\n", log.messages())).doesNotContain("told", "/a");
      listening.setSoTimeout(1);
      assertThat(catchAccept(listening)).isInstanceOf(SocketTimeoutException.class);
    }
  }

  private static Throwable catchAccept(ServerSocket listening) {
    return org.assertj.core.api.Assertions.catchThrowable(listening::accept);
  }

  private String front(String step) {
    return TestRoutes.front(
            step.replace("FILES", files.toString()).replace("OWN", Own.class.getName()))
        + "        - to: worker:unix:/nowhere/a.sock\n";
  }

  /** Routes that would do something of their own accord. */
  private String others(String port) {
    return """
        - beans: [ { name: own, type: "%1$s" } ]
        - routeTemplate:
            id: greet
            from: { uri: "kamelet:source", steps: [ { bean: { ref: own, method: run } } ] }
        - routeTemplate:
            id: wrap
            from: { uri: "kamelet:source", steps: [ { to: "kamelet:sink" } ] }
        - route:
            id: tick
            from: { uri: "timer:tick?delay=0&period=1", steps: [ { bean: { ref: own, method: run } } ] }
        - route:
            id: queue
            from: { uri: "seda:queue", steps: [ { bean: { ref: own, method: run } } ] }
        - route:
            id: listen
            from: { uri: "netty-http:http://127.0.0.1:%2$s/", steps: [ { bean: { ref: own, method: run } } ] }
        - route:
            id: tap
            from: { uri: "direct:tap", steps: [ { bean: { ref: own, method: run } } ] }
        """
        .formatted(Own.class.getName(), port);
  }

  private Explanation explain() throws Exception {
    String pattern = "file:" + routes + "/*.camel.yaml";
    try (DryRun dryRun = DryRun.start(Map.of("camel.main.routesIncludePattern", pattern))) {
      return Explanation.of(
          dryRun.context(),
          dryRun.send(Explainer.head("GET", "/a", List.of()), InetAddress.getLoopbackAddress()));
    }
  }

  @Test
  void stepsStandInTheirOrderWithTheGatewaysOwn() throws Exception {
    write(
        "front",
        front(
            """
            - setHeader: { name: X-A, constant: b }
            - choice:
                when:
                  - expression: { language: { language: request, expression: "GET ^/a" } }
                    steps: [ { to: direct:group } ]
            """));
    write(
        "group",
        """
        - route:
            id: group
            from:
              uri: direct:group
              steps:
                - bean: { beanType: OWN, method: run }
                - to: worker:unix:/nowhere/b.sock
        """
            .replace("OWN", Own.class.getName()));
    assertThat(explain().decisions())
        .extracting(Decision::route, Decision::because, Decision::to)
        .containsExactly(
            org.assertj.core.api.Assertions.tuple("front", "setHeader X-A", "goes on"),
            org.assertj.core.api.Assertions.tuple("front", "GET ^/a", "direct:group"),
            org.assertj.core.api.Assertions.tuple(
                "group", "bean " + Own.class.getName() + ".run", "would be called"));
  }

  @Test
  void redeliveryIsNotWaitedFor() throws Exception {
    write(
        "front",
        """
        - onException:
            exception: [ java.lang.Exception ]
            redeliveryPolicy: { maximumRedeliveries: "9", redeliveryDelay: "60000" }
            handled: { constant: "true" }
            steps: [ { bean: { beanType: OWN, method: run } }, { to: "worker:unix:/nowhere/b.sock" } ]
        """
                .replace("OWN", Own.class.getName())
            + front("- log: { message: a }"));
    assertThat(explain().workers())
        .extracting(Explanation.Worker::server)
        .containsExactly("unix:/nowhere/a.sock", "unix:/nowhere/b.sock");
    assertThat(CALLS).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- multicast: { aggregationStrategy: nobody, steps: [ { log: a } ] }",
        "- multicast: { onPrepare: nobody, steps: [ { log: a } ] }",
        "- split: { aggregationStrategy: nobody, expression: { constant: a }, steps: [ { log: a } ] }",
        "- recipientList: { aggregationStrategy: nobody, expression: { constant: \"direct:a\" } }",
        "- enrich: { aggregationStrategy: nobody, expression: { constant: \"direct:a\" } }",
        "- loadBalance: { customLoadBalancer: { ref: nobody }, steps: [ { log: a } ] }",
        "- idempotentConsumer: { idempotentRepository: nobody, expression: { constant: a }, steps: [ { log: a } ] }",
        "- process: { ref: nobody }",
      })
  void aNameThatIsNobodysIsRefusedAsTheStartRefusesIt(String step) throws Exception {
    write("front", front(step));
    assertThatThrownBy(this::explain).hasStackTraceContaining("nobody");
  }

  @Test
  void anErrorHandlerThatIsNobodysIsRefusedAsTheStartRefusesIt() throws Exception {
    write("handler", "- errorHandler: { refErrorHandler: { ref: nobody } }\n");
    write("front", front("- log: a"));
    assertThatThrownBy(this::explain).hasStackTraceContaining("nobody");
  }

  @Test
  void aTimeoutThatTheStartRefusesIsRefused() throws Exception {
    write("front", front("- multicast: { timeout: \"9\", steps: [ { log: a } ] }"));
    assertThatThrownBy(this::explain).hasStackTraceContaining("ParallelProcessing");
  }

  @Test
  void anOptionThatNoJarCarriesOutIsNotTakenForBadYaml() throws Exception {
    write(
        "front",
        front(
            "- circuitBreaker: { steps: [ { log: a } ], onFallback: { fallbackViaNetwork: \"true\", steps: [ { log: b } ] } }"));
    assertThatThrownBy(this::explain)
        .extracting(StartupError::describe)
        .asString()
        .contains("does not support onFallbackViaNetwork")
        .endsWith("[bad-route]");
  }

  @Test
  void aMessageOfCamelsHasNoObjects() throws Exception {
    write("front", front("- transacted: { steps: [ { log: a } ] }"));
    assertThatThrownBy(this::explain)
        .extracting(StartupError::describe)
        .asString()
        .endsWith(": \"ref\" is missing; add it [bad-route]");
  }
}
