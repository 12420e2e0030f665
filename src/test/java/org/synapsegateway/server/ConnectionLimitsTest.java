// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.wire.Wire;

/** How many clients may connect and ask at once, and what becomes of those beyond. */
class ConnectionLimitsTest {
  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @TempDir Path directory;
  private volatile CountDownLatch mayAnswer = new CountDownLatch(1);
  private final AtomicInteger answers = new AtomicInteger();
  private ScriptedWorker worker;
  private TestGateway gateway;
  private final List<RawClient> clients = new ArrayList<>();

  private void start(String... properties) throws Exception {
    worker =
        ScriptedWorker.at(
            directory.resolve("w.sock"),
            connection -> {
              for (var r = connection.nextRequest(); r != null; r = connection.nextRequest()) {
                if (r.target().equals("/held")) {
                  connection.await(mayAnswer);
                }
                connection.send(OK);
                answers.incrementAndGet();
              }
            });
    gateway = TestGateway.withSteps(directory, "- to: worker:unix:" + worker.path(), properties);
  }

  private RawClient client() throws Exception {
    RawClient client = gateway.client();
    clients.add(client);
    return client;
  }

  @AfterEach
  void end() {
    mayAnswer.countDown();
    clients.forEach(RawClient::close);
    gateway.close();
    worker.close();
  }

  private RawClient holding() throws Exception {
    RawClient client = client();
    int before = worker.requests().size();
    client.send("GET /held HTTP/1.1\r\nHost: h\r\n\r\n");
    worker.awaitRequest(before);
    return client;
  }

  @Test
  void aConnectionTooManyIsToldSoAndAnotherOneMayComeWhenOneHasGone() throws Exception {
    start("gateway.connections-max", "2");
    RawClient first = holding();
    RawClient second = holding();

    RawClient third = client();
    RawMessage refused = third.exchange(REQUEST);
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.value("Connection")).isEqualTo("close");
    assertThat(refused.content())
        .isEqualTo("{\"errcode\":\"M_UNKNOWN\",\"error\":\"The gateway is at its limit\"}");
    assertThat(third.awaitEnd()).isEqualTo(Wire.End.CLOSED);
    assertThat(worker.requests()).hasSize(2);
    assertThat(gateway.metrics())
        .contains("gateway_client_connections_refused_total{reason=\"overloaded\"} 1.0\n");

    first.close();
    await().until(() -> client().exchange(REQUEST).status() == 200);
    mayAnswer.countDown();
    assertThat(second.readReply().status()).isEqualTo(200);
  }

  @Test
  void clientThatIsFoundGoneWhenItsReplyIsWrittenGivesItsPlaceBackOnce() throws Exception {
    start("gateway.event-loops", "1", "gateway.connections-max", "1");
    RawClient leaving = holding();
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    gateway
        .frontDoor()
        .eventLoops()
        .next()
        .submit(
            () -> {
              busy.countDown();
              goOn.await();
              return null;
            });
    busy.await();
    // the reply is there before the reset, so the loop meets the reset when it writes
    mayAnswer.countDown();
    await().until(() -> answers.get() == 1);
    leaving.reset();
    goOn.countDown();

    await().until(() -> gateway.frontDoor().connectionCount() == 0);
    mayAnswer = new CountDownLatch(1);
    RawClient next = holding();
    assertThat(client().exchange(REQUEST).status()).isEqualTo(503);
    mayAnswer.countDown();
    assertThat(next.readReply().status()).isEqualTo(200);
  }

  @Test
  void idleConnectionsMakeRoomForThoseThatCome() throws Exception {
    start("gateway.connections-max", "64");
    RawClient busy = holding();
    for (int i = 0; i < 200; i++) {
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> client().exchange(REQUEST).status() == 200);
    }
    assertThat(gateway.frontDoor().connectionCount()).isLessThanOrEqualTo(128);
    mayAnswer.countDown();
    assertThat(busy.readReply().status()).isEqualTo(200);
  }

  @Test
  void whoComesWhenAPlaceHasBecomeFreeByItsFirstRequestIsServed() throws Exception {
    start("gateway.connections-max", "1");
    RawClient first = holding();
    RawClient second = client();
    await().until(() -> gateway.frontDoor().connectionCount() == 2);
    first.close();
    await().until(() -> gateway.frontDoor().connectionCount() == 1);
    assertThat(second.exchange(REQUEST).status()).isEqualTo(200);
    assertThat(second.exchange(REQUEST).status()).isEqualTo(200);
  }

  @Test
  void aCrowdBeyondTheLimitIsClosedWithoutAWord() throws Exception {
    start("gateway.connections-max", "1");
    holding();
    for (int i = 0; i < 64; i++) {
      client();
    }
    await().until(() -> gateway.frontDoor().connectionCount() == 65);
    assertThat(client().readToEnd()).isEmpty();
    assertThat(gateway.metrics())
        .contains("gateway_client_connections_refused_total{reason=\"overloaded\"} 1.0\n");
  }

  @Test
  void oneAddressMayHaveSoManyConnections() throws Exception {
    start("gateway.connections-per-client-max", "2", "gateway.trusted-proxies", "10.0.0.0/8");
    RawClient first = client();
    assertThat(first.exchange(REQUEST).status()).isEqualTo(200);
    assertThat(client().exchange(REQUEST).status()).isEqualTo(200);

    RawMessage refused = client().exchange(REQUEST);
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.value("Retry-After")).isEqualTo("2");
    assertThat(refused.content()).startsWith("{\"errcode\":\"M_LIMIT_EXCEEDED\"");
  }

  @Test
  void aTrustedProxyConnectsForManyClients() throws Exception {
    start("gateway.connections-per-client-max", "1");
    assertThat(client().exchange(REQUEST).status()).isEqualTo(200);
    assertThat(client().exchange(REQUEST).status()).isEqualTo(200);
  }

  @Test
  void soManyRequestsMayBeUnderWay() throws Exception {
    start("gateway.requests-max", "1");
    RawClient held = client();
    held.send("GET /held HTTP/1.1\r\nHost: h\r\n\r\n");
    worker.awaitRequest(0);

    RawClient other = client();
    assertThat(other.exchange(REQUEST).status()).isEqualTo(503);
    mayAnswer.countDown();
    assertThat(held.readReply().status()).isEqualTo(200);
    assertThat(other.exchange(REQUEST).status()).isEqualTo(200);
  }

  @Test
  void soMuchOfLaterRequestsWaitsInTheGateway() throws Exception {
    start("gateway.pipeline-max", "1KiB");
    RawClient client = client();
    client.send("GET /held HTTP/1.1\r\nHost: h\r\n\r\n");
    worker.awaitRequest(0);
    // more than both kernels' buffers take would hang here if the gateway did not stop reading
    String later = "GET /later HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(1000) + "\r\n\r\n";
    client.send(later.repeat(20));
    mayAnswer.countDown();
    for (int i = 0; i < 21; i++) {
      assertThat(client.readReply().status()).isEqualTo(200);
    }
    assertThat(worker.requests()).hasSize(21);
  }
}
