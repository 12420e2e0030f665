// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.TestGateway;
import org.synapsegateway.request.Request;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** What becomes of a worker's reply, and of headers, when other steps stand beside the worker. */
class RouteReplyTest {
  @TempDir Path directory;
  private ScriptedWorker worker;

  @BeforeEach
  void start() throws IOException {
    worker =
        ScriptedWorker.at(
            directory.resolve("one.sock"),
            ScriptedWorker.replying(
                "HTTP/1.1 200 OK\r\nServer: s\r\nContent-Length: 3\r\n\r\none"));
  }

  @AfterEach
  void stop() {
    worker.close();
  }

  private TestGateway gateway(String steps) throws IOException {
    return TestGateway.withSteps(
        directory,
        steps.replace("WORKER", "worker:unix:" + directory.resolve("one.sock")),
        "gateway.event-loops",
        "1");
  }

  private static RawMessage ask(RawClient client) throws IOException {
    return client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- to: WORKER\n- setBody: { constant: own }",
        "- to: WORKER\n- throwException: { message: no, exceptionType: java.lang.IllegalStateException }",
        "- to: WORKER\n- setBody: { exchangeProperty: nothing }",
        "- enrich: { expression: { constant: WORKER } }\n- setBody: { constant: own }",
        "- multicast: { steps: [ { to: WORKER }, { to: \"WORKER?maxInFlight=9\" } ] }",
        "- to: WORKER\n- stop: {}\n- setBody: { constant: own }",
        "- to: WORKER\n- to: WORKER",
        "- to: WORKER\n- filter: { simple: '${body.status} == 1', steps: [ { to: WORKER } ] }",
        "- wireTap: { uri: \"WORKER\" }\n- setBody: { constant: own }",
        "- to: WORKER\n- convertBodyTo: { type: String }",
        "- to: WORKER\n- to: body:read\n- setBody: { constant: own }",
        "- to: WORKER\n- to: body:read?max=1B",
        "- multicast: { parallelProcessing: true, steps: [ { to: WORKER }, { to: \"WORKER?maxInFlight=9\" } ] }",
      })
  void aReplyThatIsNotSentGivesItsConnectionBack(String steps) throws Exception {
    try (TestGateway gateway = gateway(steps);
        RawClient client = gateway.client()) {
      worker.forgetful();
      for (int i = 0; i < Integer.getInteger("tests.replies", 200); i++) {
        assertThat(ask(client).status()).isIn(200, 500, 502);
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> worker.openConnections() <= 11);
      assertThat(gateway.metrics())
          .contains("gateway_requests_in_flight 0.0")
          .doesNotContainPattern("gateway_worker_in_flight\\{.*\\} [1-9]");
    }
  }

  /** Code that goes on when the request has ended. */
  public static final class Late {
    private static final CountDownLatch ENDED = new CountDownLatch(1);
    private static final CompletableFuture<String> SEEN = new CompletableFuture<>();

    public static void look(Request request) throws InterruptedException {
      ENDED.await(10, TimeUnit.SECONDS);
      try {
        SEEN.complete(request.path());
      } catch (IllegalStateException e) {
        SEEN.complete(e.getMessage());
      }
    }
  }

  @Test
  void aTapSeesItsOwnRequestAlsoAfterItsEnd() throws Exception {
    String steps =
        """
        - wireTap: { uri: direct:tap }
        - to: WORKER
        """;
    Files.writeString(
        Files.createDirectories(directory.resolve("routes")).resolve("tap.camel.yaml"),
        """
        - route:
            id: tap
            from:
              uri: direct:tap
              steps:
                - bean: { beanType: org.synapsegateway.server.RouteReplyTest$Late, method: "look(${body})" }
        """);
    try (TestGateway gateway = gateway(steps);
        RawClient client = gateway.client()) {
      assertThat(ask(client).content()).isEqualTo("one");
      client.send("GET /of-another-user HTTP/1.1\r\nHost:");
      Late.ENDED.countDown();
      assertThat(Late.SEEN.get(10, TimeUnit.SECONDS)).isEqualTo("/");
    }
  }

  @Test
  void aPlaceAtTheWorkerIsGivenBack() throws Exception {
    try (TestGateway gateway = gateway("- to: WORKER?maxInFlight=1\n- setBody: { constant: own }");
        RawClient client = gateway.client()) {
      for (int i = 0; i < 20; i++) {
        assertThat(ask(client).content()).isEqualTo("own");
      }
    }
  }

  @Test
  void whatIsSetBeforeTheWorkerConcernsTheWorkerAndWhatIsSetBehindItTheClient() throws Exception {
    String steps =
        """
        - setHeader: { name: X-Secret, constant: s3cret }
        - to: WORKER
        - setHeader: { name: X-Reply, constant: told }
        """;
    try (TestGateway gateway = gateway(steps);
        RawClient client = gateway.client()) {
      RawMessage reply = ask(client);
      assertThat(worker.awaitRequest(0).value("X-Secret")).isEqualTo("s3cret");
      assertThat(worker.awaitRequest(0).value("X-Reply")).isNull();
      assertThat(reply.value("X-Secret")).isNull();
      assertThat(reply.value("X-Reply")).isEqualTo("told");
      assertThat(reply.content()).isEqualTo("one");
    }
  }
}
