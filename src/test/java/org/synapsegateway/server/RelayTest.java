// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.TestGateway;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawHead;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** What one worker and one client see of each other, byte by byte, on real sockets. */
class RelayTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @TempDir Path directory;
  private TestGateway gateway;
  private Path socket;

  /** Lets a worker go on. */
  private final CountDownLatch ready = new CountDownLatch(1);

  /** What a worker has received of a body. */
  private volatile String received = "";

  @BeforeEach
  void start() throws Exception {
    socket = directory.resolve("w.sock");
    gateway = TestGateway.withSteps(directory, "- to: worker:unix:" + socket);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  /** Starts the gateway again, with options of the worker that the test is about. */
  private void restart(String options) throws Exception {
    gateway.close();
    gateway = TestGateway.withSteps(directory, "- to: worker:unix:" + socket + options);
  }

  private static void assertFailure(RawMessage reply, int status, String errcode) {
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.value("Content-Type")).isEqualTo("application/json");
    assertThat(reply.value("Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(reply.content()).startsWith("{\"errcode\":\"" + errcode + "\",\"error\":\"");
  }

  @Test
  void theWorkerGetsTheRequestAsItWasSentAndNothingOfTheConnection() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(OK));
        RawClient client = gateway.client()) {
      client.exchange(
          "POST /a%2Fb//c?x=|{ HTTP/1.1\r\nB: 1\r\nhost: h:1\r\nConnection: x-gone, keep-alive\r\n"
              + "X-Gone: 1\r\nb:  2 \r\nX-Forwarded-For: 1.2.3.4\r\nTE: trailers\r\n"
              + "CamelHttpUri: /evil\r\nContent-Length: 3\r\n\r\nabc");

      assertThat(worker.awaitRequest(0).bytes())
          .isEqualTo(
              "POST /a%2Fb//c?x=|{ HTTP/1.1\r\nB: 1\r\nhost: h:1\r\nb:  2 \r\n"
                  + "CamelHttpUri: /evil\r\nContent-Length: 3\r\n"
                  + "X-Forwarded-For: 1.2.3.4\r\n\r\nabc");
    }
  }

  @Test
  void theClientGetsTheReplyAsItWasSentAndNothingOfTheConnection() throws Exception {
    String reply =
        "HTTP/1.1 418 I'm a \u00fcpot\r\nset-cookie: a\r\nSet-Cookie: b\r\nX-Gone: 1\r\n"
            + "Connection: X-Gone\r\nKeep-Alive: 5\r\nCamelA: b\r\nContent-Length: 3\r\n\r\nabc";
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(reply));
        RawClient client = gateway.client()) {
      assertThat(client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").bytes())
          .isEqualTo(
              "HTTP/1.1 418 I'm a \u00fcpot\r\nset-cookie: a\r\nSet-Cookie: b\r\nCamelA: b\r\n"
                  + "Content-Length: 3\r\n\r\nabc");
      assertThat(worker.requests()).hasSize(1);
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInTheirOrderOverOneConnection() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.echo());
        RawClient client = gateway.client()) {
      StringBuilder requests = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        requests.append("GET /" + i + " HTTP/1.1\r\nHost: h\r\n\r\n");
      }
      client.send(requests.toString());
      for (int i = 0; i < 50; i++) {
        assertThat(client.readReply().content()).startsWith("GET /" + i + " HTTP/1.1\r\n");
      }
      assertThat(worker.connections()).hasSize(1);
    }
  }

  @Test
  void chunksAndTrailersTravelBothWays() throws Exception {
    String reply =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nX-T: 1\r\n\r\n";
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(reply));
        RawClient client = gateway.client()) {
      RawMessage answer =
          client.exchange(
              "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + "2\r\nab\r\n1\r\nc\r\n0\r\nX-U: 2\r\nHost: evil\r\n\r\n");

      assertThat(worker.awaitRequest(0).content()).isEqualTo("abc");
      assertThat(worker.requests().get(0).bytes()).endsWith("\r\n0\r\nX-U: 2\r\n\r\n");
      assertThat(answer.bytes())
          .isEqualTo(
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n");
    }
  }

  @Test
  void theTrailersOfOneReplyAreNotThoseOfTheNext() throws Exception {
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextRequest();
                  connection.send(
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-T: 1\r\n\r\n");
                  connection.nextRequest();
                  connection.send("HTTP/1.1 200 OK\r\n\r\nabc");
                });
        RawClient client = gateway.client()) {
      client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

      assertThat(client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").bytes())
          .isEqualTo("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
      assertThat(worker.connections()).hasSize(1);
    }
  }

  @Test
  void anHttp10ClientGetsPlainBytesAndTheEndOfTheConnection() throws Exception {
    String reply = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(reply));
        RawClient client = gateway.client()) {
      client.send("GET / HTTP/1.0\r\n\r\n");

      assertThat(client.readToEnd()).isEqualTo("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc");
      assertThat(worker.requests().get(0).line()).isEqualTo("GET / HTTP/1.1");
    }
  }

  @Test
  void aReplyThatEndsWithItsConnectionIsSentInChunks() throws Exception {
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextRequest();
                  connection.send("HTTP/1.1 200 OK\r\n\r\nabc");
                });
        RawClient client = gateway.client()) {
      RawMessage reply = client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

      assertThat(reply.content()).isEqualTo("abc");
      assertThat(reply.value("Transfer-Encoding")).isEqualTo("chunked");
      assertThat(worker.requests()).hasSize(1);
    }
  }

  @Test
  void interimRepliesReachTheClientBeforeTheFinalOne() throws Exception {
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextHead();
                  connection.send("HTTP/1.1 100 Continue\r\n\r\n");
                  connection.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
                  connection.read(3);
                  connection.send(OK);
                  connection.awaitEnd();
                });
        RawClient client = gateway.client()) {
      client.send("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
      assertThat(client.readHead().line()).isEqualTo("HTTP/1.1 100 Continue");
      assertThat(client.readHead().text()).contains("103 Early Hints\r\nLink: x\r\n");
      client.send("abc");
      assertThat(client.readReply().content()).isEqualTo("ok");
      assertThat(worker.connections()).hasSize(1);
    }
  }

  @Test
  void headRepliesHaveNoBodyAndKeepTheirLength() throws Exception {
    String reply = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n";
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(reply));
        RawClient client = gateway.client()) {
      for (int i = 0; i < 3; i++) {
        client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(client.readReply("HEAD").value("Content-Length")).isEqualTo("9");
      }
      assertThat(worker.connections()).hasSize(1);
    }
  }

  // ---- failures

  @Test
  void noSocketIsABadGateway() throws Exception {
    try (RawClient client = gateway.client()) {
      assertFailure(client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), 502, "M_UNKNOWN");
      assertFailure(client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), 502, "M_UNKNOWN");
    }
  }

  @Test
  void aRefusingSocketIsABadGateway() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(OK));
        RawClient client = gateway.client()) {
      worker.refuse();
      assertThat(Files.exists(socket)).isTrue();
      assertFailure(client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), 502, "M_UNKNOWN");
    }
  }

  @Test
  void aFullBacklogIsTriedAgainUntilThereIsRoom() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.deaf(socket, 1, ScriptedWorker.replying(OK));
        RawClient client = gateway.client()) {
      worker.fillBacklog();
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na");
      worker.leaveBacklog();
      worker.startAccepting();
      assertThat(client.readReply().status()).isEqualTo(200);
    }
  }

  @Test
  void aBacklogThatStaysFullIsServiceUnavailable() throws Exception {
    restart("?connectTimeout=300ms");
    try (ScriptedWorker worker = ScriptedWorker.deaf(socket, 1, ScriptedWorker.replying(OK));
        RawClient client = gateway.client()) {
      worker.fillBacklog();
      assertFailure(client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), 503, "M_UNKNOWN");
    }
  }

  @Test
  void aWorkerThatSaysNothingIsAGatewayTimeout() throws Exception {
    restart("?replyTimeout=300ms");
    try (ScriptedWorker worker = ScriptedWorker.at(socket, connection -> connection.awaitEnd());
        RawClient client = gateway.client()) {
      assertFailure(client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), 504, "M_UNKNOWN");
      await().until(() -> worker.openConnections() == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "garbage\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      })
  void aReplyThatIsNoneIsABadGateway(String reply) throws Exception {
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextRequest();
                  connection.send(reply);
                });
        RawClient client = gateway.client()) {
      assertFailure(client.exchange("POST / HTTP/1.1\r\nHost: h\r\n\r\n"), 502, "M_UNKNOWN");
      assertThat(worker.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz",
      })
  void aReplyThatBreaksOffCutsTheClientsConnection(String reply) throws Exception {
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextRequest();
                  connection.send(reply);
                });
        RawClient client = gateway.client()) {
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      client.awaitEnd();
      assertThat(worker.requests()).hasSize(1);
    }
  }

  @Test
  void bytesBehindAReplyAreNobodysAndEndTheirConnection() throws Exception {
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextRequest();
                  connection.send(OK + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
                  connection.awaitEnd();
                });
        RawClient client = gateway.client()) {
      assertThat(client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").content()).isEqualTo("ok");
      assertThat(client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").content()).isEqualTo("ok");
      assertThat(worker.connections()).hasSize(2);
    }
  }

  @Test
  void aConnectionThatDiedIdleCostsTheClientNothing() throws Exception {
    Semaphore closed = new Semaphore(0);
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextRequest();
                  connection.send(OK);
                  connection.close();
                  closed.release();
                });
        RawClient client = gateway.client()) {
      for (int i = 0; i < 20; i++) {
        RawMessage reply =
            client.exchange("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na");
        assertThat(reply.status()).isEqualTo(200);
        closed.acquire();
      }
      assertThat(worker.requests()).hasSize(20);
    }
  }

  @Test
  void theWorkersConnectionEndsWhenTheClientGoes() throws Exception {
    try (ScriptedWorker worker =
        ScriptedWorker.at(
            socket,
            connection -> {
              connection.nextRequest();
              connection.awaitEnd();
            })) {
      try (RawClient client = gateway.client()) {
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        worker.awaitRequest(0);
      }
      await().until(() -> worker.openConnections() == 0);
      await().until(() -> gateway.frontDoor().connectionCount() == 0);
    }
  }

  @Test
  void anUploadThatBreaksOffIsNeverTakenForWhole() throws Exception {
    try (ScriptedWorker worker =
        ScriptedWorker.at(
            socket,
            connection -> {
              connection.nextHead();
              connection.awaitEnd();
            })) {
      try (RawClient client = gateway.client()) {
        client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
        worker.awaitConnection(0);
      }
      await().until(() -> worker.openConnections() == 0);
      assertThat(worker.requests()).isEmpty();
    }
  }

  @Test
  void aReplyBeforeTheUploadIsDoneIsRelayedAndEndsTheConnection() throws Exception {
    AtomicInteger heads = new AtomicInteger();
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextHead();
                  heads.incrementAndGet();
                  connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
                });
        RawClient client = gateway.client()) {
      client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\nabc");
      RawMessage reply = client.readReply();
      assertThat(reply.status()).isEqualTo(413);
      assertThat(reply.content()).isEqualTo("no");
      assertThat(reply.value("Connection")).isEqualTo("close");
      assertThat(heads).hasValue(1);
      assertThat(worker.failure()).isNull();
    }
  }

  @Test
  void aLargeUploadReachesASlowWorkerAsItWasSentAndNothingOfTheNextRequestWithIt()
      throws Exception {
    String body = numbered(1_000_000);
    CountDownLatch begun = new CountDownLatch(1);
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextHead();
                  begun.countDown();
                  connection.await(ready);
                  received = connection.read(body.length());
                  connection.send(OK);
                  connection.nextRequest();
                  connection.send(OK);
                  connection.awaitEnd();
                });
        RawClient client = gateway.client()) {
      CompletableFuture<Void> sent =
          uploaded(client, body, "GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
      begun.await();
      ready.countDown();

      assertThat(client.readReply().content()).isEqualTo("ok");
      assertThat(client.readReply().content()).isEqualTo("ok");
      sent.get(10, TimeUnit.SECONDS);
      assertThat(received.equals(body)).isTrue(); // a difference would be printed whole
      assertThat(worker.awaitRequest(0).line()).isEqualTo("GET /next HTTP/1.1");
      assertThat(worker.connections()).hasSize(1);
    }
  }

  /**
   * The upload breaks off in a splice, which ends the client's connection; or in a write before
   * one, after which the rest is discarded; or while the gateway waits for room, of which Linux
   * says nothing. In no case is a request read from the middle of another.
   */
  @RepeatedTest(10)
  void behindALargeUploadThatBreaksOffOnlyWholeRequestsAreRead() throws Exception {
    String body = numbered(1_500_000);
    int followers = 5_000;
    CountDownLatch over = new CountDownLatch(1);
    Queue<String> next = new ConcurrentLinkedQueue<>();
    restart("?sendTimeout=1s");
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  RawHead head = connection.nextHead();
                  while (head != null && !head.line().startsWith("PUT ")) {
                    next.add(head.line());
                    connection.send(OK);
                    head = connection.nextHead();
                  }
                  if (head != null) {
                    connection.read(1_000_000);
                    connection.endInput();
                    connection.await(ready);
                    connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
                    connection.await(over);
                  }
                });
        RawClient client = gateway.client()) {
      CompletableFuture<Void> sent =
          uploaded(client, body, "GET /next HTTP/1.1\r\nHost: h\r\n\r\n".repeat(followers));
      sent.thenRun(ready::countDown);

      RawMessage reply = client.readReply();
      assertThat(reply.status()).isIn(413, 504);
      if ("close".equals(reply.value("Connection"))) {
        assertThat(next).isEmpty();
        return;
      }
      for (int i = 0; i < followers; i++) {
        assertThat(client.readReply().content()).isEqualTo("ok");
      }
      assertThat(next).hasSize(followers).containsOnly("GET /next HTTP/1.1");
      assertThat(worker.failure()).isNull();
    }
  }

  /** The gateway finds the worker gone while it moves the body. */
  @Test
  void aReplyInTheMiddleOfALargeUploadIsRelayedThoughTheWorkerHasGone() throws Exception {
    String body = numbered(4_000_000);
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextHead();
                  connection.read(1_000_000);
                  connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
                });
        RawClient client = gateway.client()) {
      CompletableFuture<Void> sent = uploaded(client, body);

      RawMessage reply = client.readReply();
      assertThat(reply.status()).isEqualTo(413);
      assertThat(reply.content()).isEqualTo("no");
      assertThat(reply.value("Connection")).isEqualTo("close");
      sent.get(10, TimeUnit.SECONDS);
      assertThat(worker.connections()).hasSize(1);
    }
  }

  @Test
  void aLargeUploadThatBreaksOffIsNeverTakenForWhole() throws Exception {
    String body = numbered(1_000_000);
    try (ScriptedWorker worker =
        ScriptedWorker.at(
            socket,
            connection -> {
              connection.nextRequest();
              connection.send(OK);
            })) {
      try (RawClient client = gateway.client()) {
        client.send(
            "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: " + (body.length() + 1) + "\r\n\r\n");
        client.send(body);
        client.awaitTaken();
      }
      worker.awaitConnection(0);
      await().until(() -> worker.openConnections() == 0);
      assertThat(worker.requests()).isEmpty();
    }
  }

  /** Sends a body and what follows on a thread of its own, as it may have to wait. */
  private static CompletableFuture<Void> uploaded(RawClient client, String body, String... after) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            client.send(
                "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: " + body.length() + "\r\n\r\n");
            client.send(body);
            for (String part : after) {
              client.send(part);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static String numbered(int lines) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      text.append(i).append('\n');
    }
    return text.toString();
  }

  @Test
  void aBadRequestIsRefusedOnceAndReachesNoWorker() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(OK));
        RawClient client = gateway.client()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "0\r\n\r\nGET /evil HTTP/1.1\r\nHost: h\r\n\r\n");
      assertFailure(client.readReply(), 400, "M_UNKNOWN");
      client.endOutput();
      client.awaitEnd();
      assertThat(worker.receivedBytes()).isZero();
    }
  }
}
