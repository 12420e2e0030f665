// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** What the steps and the generations of routes have in common that send to one worker. */
class SharedWorkerTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @TempDir Path directory;
  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private Path socket;
  private ScriptedWorker worker;
  private TestGateway gateway;

  @BeforeEach
  void start() throws IOException {
    socket = directory.resolve("w.sock");
    worker =
        ScriptedWorker.at(
            socket,
            connection -> {
              for (RawMessage r = connection.nextRequest(); r != null; ) {
                if (r.target().startsWith("/held")) {
                  connection.await(mayAnswer);
                }
                connection.send(OK);
                r = connection.nextRequest();
              }
            });
  }

  @AfterEach
  void stop() {
    mayAnswer.countDown();
    if (gateway != null) {
      gateway.close();
    }
    worker.close();
  }

  /** Two steps, to which requests go by whether their path begins with /one or /held-one. */
  private static String steps(String one, String other) {
    return """
        - choice:
            when:
              - expression:
                  language:
                    language: request
                    expression: |
                      ^/one
                      ^/held-one
                steps: [ { to: "%s" } ]
            otherwise:
              steps: [ { to: "%s" } ]
        """
        .formatted(one, other);
  }

  private String uri(String options) {
    return "worker:unix:" + socket + options;
  }

  private void start(String one, String other) throws IOException {
    gateway = TestGateway.withSteps(directory, steps(one, other), "gateway.event-loops", "1");
  }

  /** Loads other steps, and waits until those before have stopped. */
  private void reload(String one, String other) throws IOException {
    loadBeside(one, other);
    await().until(() -> gateway.main().generations() == 1);
  }

  /** Loads other steps, while those before still have something to do. */
  private void loadBeside(String one, String other) throws IOException {
    Path front = directory.resolve("routes/front.camel.yaml");
    String before = Files.readString(front);
    String route = before.substring(0, before.indexOf("steps:\n") + "steps:\n".length());
    Files.writeString(front, route + steps(one, other).indent(8));
    double loaded = sum("gateway_reloads_total{outcome=\"loaded\"}");
    gateway.main().reload();
    assertThat(sum("gateway_reloads_total{outcome=\"loaded\"}")).isEqualTo(loaded + 1);
  }

  /** The connections that have carried requests; others have only looked whether it listens. */
  private long used() {
    return worker.connections().stream().filter(each -> !each.requests().isEmpty()).count();
  }

  private static String get(String target) {
    return "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
  }

  private int ask(String target) throws IOException {
    try (RawClient client = gateway.client()) {
      return client.exchange(get(target)).status();
    }
  }

  private List<String> rows(String meter) throws IOException {
    return gateway.metrics().lines().filter(line -> line.startsWith(meter)).toList();
  }

  /** The gauges of open connections, but for that of the workers that know users. */
  private List<String> connections() throws IOException {
    return rows("gateway_worker_connections{").stream()
        .filter(line -> !line.contains("\"inbound_main\""))
        .toList();
  }

  private double sum(String meter) throws IOException {
    return rows(meter).stream()
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  @Test
  void stepsWithOtherOptionsUseTheSameConnections() throws Exception {
    start(uri(""), "worker:unix:" + directory + "/./w.sock?readTimeout=9s");
    for (String target : List.of("/one", "/other", "/one", "/other")) {
      assertThat(ask(target)).isEqualTo(200);
    }
    assertThat(used()).isEqualTo(1);
    assertThat(connections()).containsExactly("gateway_worker_connections{worker=\"w\"} 1.0");
    assertThat(rows("gateway_worker_connections_idle{worker=\"w\"}")).hasSize(1);
    assertThat(sum("gateway_requests_total")).isEqualTo(4);
    assertThat(rows("gateway_requests_total")).allMatch(line -> line.contains("worker=\"w\""));
  }

  @Test
  void noReloadOpensAConnectionAnewOrClosesOneThatIsUsed() throws Exception {
    start(uri(""), uri("?readTimeout=9s"));
    for (int i = 0; i < 10; i++) {
      assertThat(ask("/one")).isEqualTo(200);
      assertThat(ask("/other")).isEqualTo(200);
      reload(uri("?readTimeout=" + (20 + i) + "s"), uri(""));
      assertThat(connections()).hasSize(1);
    }
    assertThat(ask("/one")).isEqualTo(200);
    assertThat(used()).isEqualTo(1);
    await().until(() -> worker.openConnections() == 1);
  }

  @Test
  void aConnectionOfTheGenerationThatLeavesServesTheNextOne() throws Exception {
    start(uri(""), uri(""));
    try (RawClient held = gateway.client()) {
      held.send(get("/held"));
      worker.awaitRequest(0);
      loadBeside(uri("?readTimeout=9s"), uri("?readTimeout=9s"));
      assertThat(gateway.main().generations()).isEqualTo(2);
      assertThat(connections()).containsExactly("gateway_worker_connections{worker=\"w\"} 1.0");
      mayAnswer.countDown();
      assertThat(held.readReply().status()).isEqualTo(200);
    }
    await().until(() -> gateway.main().generations() == 1);
    assertThat(ask("/one")).isEqualTo(200);
    assertThat(used()).isEqualTo(1);
  }

  @Test
  void requestsOfAllStepsThatHaveALimitCountAgainstIt() throws Exception {
    start(uri("?maxInFlight=2&readTimeout=9s"), uri("?maxInFlight=1"));
    try (RawClient held = gateway.client();
        RawClient more = gateway.client()) {
      held.send(get("/held-one"));
      worker.awaitRequest(0);
      assertThat(ask("/other")).isEqualTo(429);
      more.send(get("/held-one"));
      worker.awaitRequest(1);
      assertThat(ask("/one")).isEqualTo(429);
      loadBeside(uri("?maxInFlight=2&hold=1s"), uri("?maxInFlight=3"));
      assertThat(ask("/one")).isEqualTo(429);
      assertThat(ask("/other")).isEqualTo(200);
      mayAnswer.countDown();
      assertThat(held.readReply().status()).isEqualTo(200);
      assertThat(more.readReply().status()).isEqualTo(200);
      assertThat(ask("/one")).isEqualTo(200);
      assertThat(ask("/other")).isEqualTo(200);
    }
  }

  @Test
  void eachStepWaitsForAWorkerThatIsAwayAsLongAsItSays() throws Exception {
    worker.close();
    start(uri("?hold=60s"), uri(""));
    try (RawClient waits = gateway.client()) {
      waits.send(get("/one")).awaitTaken();
      assertThat(ask("/other")).isEqualTo(502);
      try (ScriptedWorker back = ScriptedWorker.at(socket, ScriptedWorker.replying(OK))) {
        assertThat(waits.readReply().status()).isEqualTo(200);
        assertThat(ask("/other")).isEqualTo(200);
        assertThat(back.connections()).hasSize(1);
      }
    }
  }

  @Test
  void eachStepHasItsOwnTimeForAReply() throws Exception {
    start(uri("?replyTimeout=100ms"), uri("?replyTimeout=60s"));
    try (RawClient patient = gateway.client()) {
      patient.send(get("/held"));
      worker.awaitRequest(0);
      assertThat(ask("/held-one")).isEqualTo(504);
      mayAnswer.countDown();
      assertThat(patient.readReply().status()).isEqualTo(200);
    }
  }

  @Test
  void aDrainLastsOverReloadsUnderWhateverOptions() throws Exception {
    start(uri(""), uri("?hold=1s"));
    gateway.manage("POST", "/observe/drain?worker=w");
    for (String options : List.of("?hold=2s", "?maxInFlight=9")) {
      reload(uri(options), uri(""));
      assertThat(rows("gateway_worker_drained"))
          .containsExactly("gateway_worker_drained{group=\"front\",worker=\"w\"} 1.0");
    }
  }

  @Test
  void whenTheLastStepHasGoneItsConnectionsAndGaugesGo() throws Exception {
    try (ScriptedWorker next =
        ScriptedWorker.at(directory.resolve("next.sock"), ScriptedWorker.replying(OK))) {
      start(uri(""), uri("?readTimeout=9s"));
      assertThat(ask("/one")).isEqualTo(200);
      String other = "worker:unix:" + next.path();
      reload(other, uri(""));
      assertThat(ask("/other")).isEqualTo(200);
      assertThat(used()).isEqualTo(1);

      reload(other, other);
      await().until(() -> worker.openConnections() == 0);
      await().until(() -> rows("gateway_worker_connections{worker=\"w\"}").isEmpty());
      assertThat(rows("gateway_worker_connections_idle{worker=\"w\"}")).isEmpty();
      assertThat(connections()).containsExactly("gateway_worker_connections{worker=\"next\"} 0.0");
    }
  }

  @Test
  void routesThatAreRefusedLeaveTheWorkerAsItWas() throws Exception {
    start(uri(""), uri(""));
    assertThat(ask("/one")).isEqualTo(200);
    Path broken = directory.resolve("routes/broken.camel.yaml");
    Files.writeString(
        broken,
        "- route: { id: b, from: { uri: direct:b, steps: [ { to: \"worker:unix:"
            + directory
            + "/new.sock\" }, { to: direct:nobody } ] } }\n");
    gateway.main().reload();
    assertThat(sum("gateway_reloads_total{outcome=\"refused\"}")).isEqualTo(1);

    assertThat(ask("/one")).isEqualTo(200);
    assertThat(used()).isEqualTo(1);
    await()
        .untilAsserted(
            () ->
                assertThat(connections())
                    .containsExactly("gateway_worker_connections{worker=\"w\"} 1.0"));
  }
}
