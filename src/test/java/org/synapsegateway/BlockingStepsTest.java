// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.exchange.FailureLog;
import org.synapsegateway.server.LoopWatch;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** A step that waits holds up its own request and nobody else's, though there is one event loop. */
class BlockingStepsTest {
  private static volatile CountDownLatch release;

  @TempDir Path directory;
  private ScriptedWorker fast;
  private ScriptedWorker slow;
  private Path routes;

  /** An admin's own code. */
  public static final class Own {
    /** Asks a worker and waits for it. */
    public static String ask(CamelContext context, String uri) {
      return context.createProducerTemplate().requestBody(uri, null, String.class);
    }

    public static void fall() {
      if (release != null) {
        throw new AssertionError("lost");
      }
    }

    /** Blocks whatever thread it is on, until the test lets it go. */
    public static void block() throws InterruptedException {
      release.await(30, TimeUnit.SECONDS);
    }
  }

  /** Calls what it wraps, and waits for it. */
  public static final class Waiting implements Policy {
    @Override
    public void beforeWrap(Route route, NamedNode definition) {
      // there is nothing to prepare
    }

    @Override
    public Processor wrap(Route route, Processor inside) {
      return exchange -> inside.process(exchange);
    }
  }

  @BeforeEach
  void start() throws IOException {
    release = new CountDownLatch(1);
    routes = Files.createDirectory(directory.resolve("routes"));
    fast =
        ScriptedWorker.at(
            directory.resolve("fast.sock"),
            ScriptedWorker.replying("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfast"));
    slow =
        ScriptedWorker.at(
            directory.resolve("slow.sock"),
            connection -> {
              while (connection.nextRequest() != null) {
                connection.await(release);
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow");
              }
            });
  }

  @AfterEach
  void stop() throws Exception {
    release.countDown();
    fast.close();
    slow.close();
  }

  private TestGateway gateway(String steps) throws IOException {
    String all =
        """
        - choice:
            when:
              - expression: { language: { language: request, expression: "GET ^/blocks" } }
                steps:
        %s
            otherwise:
              steps:
                - to: worker:unix:%s/fast.sock
        """
            .formatted(
                steps.replace("DIR", directory.toString()).indent(10).stripTrailing(), directory);
    return TestGateway.withSteps(directory, all, "gateway.event-loops", "1");
  }

  private static RawMessage ask(RawClient client, String target) throws IOException {
    return client.exchange("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  static Stream<Arguments> waiting() {
    return Stream.of(
        Arguments.of(
            "circuitBreaker", "- circuitBreaker: { steps: [ { to: worker:unix:DIR/slow.sock } ] }"),
        Arguments.of(
            "a dynamic worker", "- toD: { uri: \"worker:unix:DIR/${body.field('Host')}.sock\" }"),
        Arguments.of(
            "recipientList",
            "- recipientList: { expression: { constant: \"worker:unix:DIR/slow.sock\" } }"),
        Arguments.of(
            "a bean on a thread of its own",
            "- threads: {}\n"
                + "- bean: { beanType: org.synapsegateway.BlockingStepsTest$Own, method: block }\n"
                + "- to: worker:unix:DIR/slow.sock"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("waiting")
  void othersAreServedMeanwhile(String what, String steps) throws Exception {
    try (TestGateway gateway = gateway(steps);
        RawClient blocked = gateway.client();
        RawClient other = gateway.client()) {
      blocked.send("GET /blocks HTTP/1.1\r\nHost: slow\r\n\r\n");
      for (int i = 0; i < 20; i++) {
        assertThat(ask(other, "/").content()).isEqualTo("fast");
      }
      release.countDown();
      assertThat(blocked.readReply().content()).isEqualTo("slow");
      assertThat(ask(blocked, "/").content()).isEqualTo("fast");
    }
  }

  static Stream<Arguments> answering() {
    return Stream.of(
        Arguments.of(
            "throttle",
            "- throttle: { expression: { constant: 1 }, timePeriodMillis: \"200\" }\n"
                + "- setBody: { constant: done }"),
        Arguments.of(
            "delay",
            "- delay: { expression: { constant: 100 }, asyncDelayed: \"false\" }\n"
                + "- setBody: { constant: done }"),
        Arguments.of("file", "- setBody: { constant: done }\n- to: file:DIR/out?fileName=x"),
        Arguments.of("seda", "- setBody: { constant: go }\n- to: seda:queue"),
        Arguments.of(
            "synchronous multicast",
            "- multicast: { synchronous: \"true\", steps: [ { to: direct:slowly } ] }"),
        Arguments.of(
            "synchronous split",
            "- split: { synchronous: \"true\", expression: { constant: a }, steps: [ { to: direct:slowly } ] }\n"
                + "- setBody: { constant: done }"),
        Arguments.of("a synchronous endpoint", "- to: direct:slowly?synchronous=true"),
        Arguments.of(
            "policy",
            "- policy: { ref: \"#class:org.synapsegateway.BlockingStepsTest$Waiting\", steps: [ { to: direct:slowly } ] }"),
        Arguments.of(
            "pollEnrich",
            "- pollEnrich: { expression: { constant: \"seda:nothing\" }, timeout: \"100\" }\n"
                + "- setBody: { constant: done }"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answering")
  void theStepDoesWhatItIsFor(String what, String steps) throws Exception {
    Files.writeString(
        routes.resolve("queue.camel.yaml"),
        """
        - route:
            id: queue
            from: { uri: seda:queue, steps: [ { setBody: { constant: done } } ] }
        - route:
            id: slowly
            from:
              uri: direct:slowly
              steps: [ { delay: { constant: 1 } }, { setBody: { constant: done } } ]
        """);
    try (TestGateway gateway = gateway(steps);
        RawClient client = gateway.client()) {
      for (int i = 0; i < 3; i++) {
        assertThat(ask(client, "/blocks").content()).isEqualTo("done");
      }
    }
  }

  @Test
  void whatWouldWaitForTheLoopItIsOnFailsAtOnce() throws Exception {
    String ask =
        "- bean: { beanType: org.synapsegateway.BlockingStepsTest$Own, method: \"ask(*, 'direct:asked')\" }";
    Files.writeString(
        routes.resolve("asked.camel.yaml"),
        """
        - route:
            id: asked
            from:
              uri: direct:asked
              steps:
                - delay: { expression: { constant: 1000 } }
                - setBody: { constant: asked }
        """);
    try (LogCapture log = LogCapture.ofAll();
        TestGateway gateway = gateway(ask);
        RawClient client = gateway.client()) {
      assertThat(ask(client, "/blocks").status()).isEqualTo(500);
      await().until(() -> !log.causes().isEmpty()); // the reply comes first
      assertThat(String.join("\n", log.causes()))
          .contains("the step bean of route front")
          .contains("would wait on an event loop for another step")
          .contains("put a step threads before it");
      assertThat(ask(client, "/").content()).isEqualTo("fast");
    }
    try (TestGateway gateway = gateway("- threads: {}\n" + ask);
        RawClient client = gateway.client()) {
      assertThat(ask(client, "/blocks").content()).isEqualTo("asked");
    }
  }

  @Test
  void aFullPoolIsOverload() throws Exception {
    Path other = Files.createDirectories(directory.resolve("b"));
    try (TestGateway gateway =
            TestGateway.withSteps(
                other,
                "- circuitBreaker: { steps: [ { to: worker:unix:"
                    + directory
                    + "/slow.sock } ] }\n",
                "gateway.event-loops",
                "1",
                "gateway.step-threads-max",
                "1",
                "gateway.step-queue-max",
                "1");
        RawClient one = gateway.client();
        RawClient two = gateway.client();
        RawClient three = gateway.client()) {
      one.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      slow.awaitRequest(0);
      two.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      await().until(() -> gateway.metrics().contains("gateway_requests_in_flight 2.0"));
      assertThat(ask(three, "/").status()).isEqualTo(503);
      release.countDown();
      assertThat(one.readReply().content()).isEqualTo("slow");
      assertThat(two.readReply().content()).isEqualTo("slow");
    }
  }

  @Test
  void aLoopThatStandsStillIsToldWithTheStep() throws Exception {
    try (LogCapture log = new LogCapture(LoopWatch.class);
        TestGateway gateway =
            gateway(
                "- bean: { beanType: org.synapsegateway.BlockingStepsTest$Own, method: block }\n- to: worker:unix:DIR/fast.sock");
        RawClient client = gateway.client()) {
      client.send("GET /blocks HTTP/1.1\r\nHost: a\r\n\r\n");
      await().until(() -> String.join("\n", log.messages()).contains("has been blocked for"));
      assertThat(String.join("\n", log.messages()))
          .contains("in bean of route front")
          .contains("BlockingStepsTest$Own.block");
      assertThat(gateway.metrics()).contains("gateway_loop_blocked_total 1.0");
      assertThat(gateway.manage("GET", "/observe/health/live").statusCode()).isEqualTo(200);
      release.countDown();
      assertThat(client.readReply().content()).isEqualTo("fast");
      await().until(() -> String.join("\n", log.messages()).contains("Event loop 0 runs again"));
    }
  }

  @Test
  void threadsThatAreAllBusyAreOverload() throws Exception {
    String steps =
        "- threads: { poolSize: \"1\", maxPoolSize: \"1\", maxQueueSize: \"1\" }\n"
            + "- bean: { beanType: org.synapsegateway.BlockingStepsTest$Own, method: block }\n"
            + "- setBody: { constant: done }";
    try (TestGateway gateway = gateway(steps);
        RawClient one = gateway.client();
        RawClient two = gateway.client();
        RawClient three = gateway.client()) {
      one.send("GET /blocks HTTP/1.1\r\nHost: a\r\n\r\n");
      two.send("GET /blocks HTTP/1.1\r\nHost: a\r\n\r\n");
      await().until(() -> gateway.metrics().contains("gateway_requests_in_flight 2.0"));
      assertThat(ask(three, "/blocks").status()).isEqualTo(503);
      assertThat(ask(three, "/").content()).isEqualTo("fast");
      release.countDown();
      assertThat(one.readReply().content()).isEqualTo("done");
      assertThat(two.readReply().content()).isEqualTo("done");
    }
  }

  private void atEnd(String steps) throws IOException {
    Files.writeString(
        routes.resolve("end.camel.yaml"),
        "- routeConfiguration:\n    onCompletion:\n      - onCompletion:\n          steps:\n"
            + steps.replace("DIR", directory.toString()).indent(12));
  }

  @Test
  void aCompletionThatBlocksHoldsUpNobody() throws Exception {
    atEnd(
        """
        - bean: { beanType: org.synapsegateway.BlockingStepsTest$Own, method: block }
        - delay: { expression: { constant: 1 } }
        - to: worker:unix:DIR/fast.sock
        - setBody: { simple: "${header.CamelHttpPath}" }
        - to: file:DIR/out?fileName=end
        """);
    try (TestGateway gateway = gateway("- setBody: { constant: done }");
        RawClient client = gateway.client()) {
      assertThat(ask(client, "/blocks?1").content()).isEqualTo("done");
      assertThat(ask(client, "/blocks?2").content()).isEqualTo("done");
      assertThat(directory.resolve("out")).doesNotExist();
      release.countDown();
      await().until(() -> Files.exists(directory.resolve("out/end")));
      await().until(() -> Files.readString(directory.resolve("out/end")).equals("/blocks"));
    }
  }

  @Test
  void theFailureOfACompletionIsLogged() throws Exception {
    atEnd("- throwException: { message: lost, exceptionType: java.io.IOException }");
    try (LogCapture log = LogCapture.of(FailureLog.class);
        TestGateway gateway = gateway("- setBody: { constant: done }");
        RawClient client = gateway.client()) {
      assertThat(ask(client, "/blocks").content()).isEqualTo("done");
      await().until(() -> !log.messages().isEmpty());
      assertThat(log.messages())
          .containsExactly("What onCompletion of route front has started failed");
      assertThat(log.causes()).contains("lost");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"direct:fails", "direct:falls", "direct:${header.none}"})
  void theFailureOfAWireTapIsLogged(String uri) throws Exception {
    Files.writeString(
        routes.resolve("fails.camel.yaml"),
        """
        - route:
            id: fails
            from:
              uri: direct:fails
              steps: [ { throwException: { message: lost, exceptionType: java.io.IOException } } ]
        - route:
            id: falls
            from:
              uri: direct:falls
              steps: [ { bean: { beanType: org.synapsegateway.BlockingStepsTest$Own, method: fall } } ]
        """);
    try (LogCapture log = LogCapture.of(FailureLog.class);
        TestGateway gateway =
            gateway("- wireTap: { uri: \"" + uri + "\" }\n- setBody: { constant: done }");
        RawClient client = gateway.client()) {
      assertThat(ask(client, "/blocks").content()).isEqualTo("done");
      await().until(() -> !log.messages().isEmpty());
      assertThat(log.messages()).containsExactly("What wireTap of route front has started failed");
    }
  }
}
