// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.TestGateway;
import org.synapsegateway.exchange.SharedServices;
import org.synapsegateway.request.ReplayBudget;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawHead;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** Requests with a body whose worker goes away before it replies, on real sockets. */
class ReplayTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String CHUNKED =
      "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

  @TempDir Path directory;
  private Path dying;
  private Path living;

  @BeforeEach
  void nameSockets() {
    dying = directory.resolve("dying.sock");
    living = directory.resolve("living.sock");
  }

  /** The request goes to the dying worker first. */
  private TestGateway gateway(String... settings) throws Exception {
    return TestGateway.withSteps(
        directory, Ring.of("", "unix:" + dying, "unix:" + living), settings);
  }

  private static String put(String body) {
    return withLength("PUT", body.length()) + body;
  }

  private static String withLength(String method, int length) {
    return method + " / HTTP/1.1\r\nHost: h\r\nContent-Length: " + length + "\r\n\r\n";
  }

  private static ReplayBudget memory(TestGateway gateway) {
    return SharedServices.of(gateway.main().getCamelContext()).replayBudget();
  }

  private static void assertFailed(RawMessage reply) {
    assertThat(reply.status()).isEqualTo(502);
    assertThat(reply.content()).contains("The worker closed the connection before it replied");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc",
        "DELETE / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc",
        CHUNKED + "2\r\nab\r\n1\r\nc\r\n0\r\nX-T: 1\r\n\r\n",
      })
  void aSmallBodyGoesToTheNextWorkerWithAllThatBelongsToIt(String request) throws Exception {
    try (ScriptedWorker first = ScriptedWorker.at(dying, connection -> connection.nextRequest());
        ScriptedWorker second = ScriptedWorker.at(living, ScriptedWorker.replying(OK));
        TestGateway gateway = gateway();
        RawClient client = gateway.client()) {
      assertThat(client.exchange(request).content()).isEqualTo("ok");

      RawMessage lost = first.requests().get(0);
      RawMessage replayed = second.requests().get(0);
      assertThat(replayed.content()).isEqualTo("abc");
      assertThat(replayed.head().text()).isEqualTo(lost.head().text());
      assertThat(replayed.bytes().contains("X-T: 1\r\n\r\n")).isEqualTo(request.contains("X-T"));
      assertThat(first.requests()).hasSize(1);
      assertThat(second.requests()).hasSize(1);
      assertThat(memory(gateway).budget().taken()).isZero();
    }
  }

  @Test
  void aBodyThatHasNotComeWholeIsReplayedAndGoesOn() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    try (ScriptedWorker first =
            ScriptedWorker.at(
                dying,
                connection -> {
                  connection.nextHead();
                  connection.read("3\r\nabc".length());
                  gone.countDown();
                });
        ScriptedWorker second = ScriptedWorker.at(living, ScriptedWorker.replying(OK));
        TestGateway gateway = gateway();
        RawClient client = gateway.client()) {
      client.send(CHUNKED + "3\r\nabc\r\n");
      gone.await();
      ScriptedWorker.Connection next = second.awaitConnection(0);
      client.send("2\r\nde\r\n0\r\n\r\n");

      assertThat(client.readReply().content()).isEqualTo("ok");
      assertThat(next.requests().get(0).content()).isEqualTo("abcde");
      assertThat(first.requests()).isEmpty();
    }
  }

  @Test
  void aSlowWorkerGetsWhatIsReplayedAtItsOwnPace() throws Exception {
    String body = "0123456789abcdef".repeat(200_000);
    CountDownLatch mayRead = new CountDownLatch(1);
    try (ScriptedWorker first =
            ScriptedWorker.at(
                dying,
                connection -> {
                  connection.nextHead();
                  connection.read(1_000_000);
                });
        ScriptedWorker second =
            ScriptedWorker.at(
                living,
                connection -> {
                  connection.await(mayRead);
                  connection.nextRequest();
                  connection.send(OK);
                });
        TestGateway gateway = gateway("gateway.replay-max", "8MiB");
        RawClient client = gateway.client()) {
      Thread sender = new Thread(() -> send(client, put(body)));
      sender.start();
      second.awaitConnection(0);
      mayRead.countDown();

      assertThat(client.readReply().content()).isEqualTo("ok");
      sender.join();
      assertThat(second.requests().get(0).content()).isEqualTo(body);
      assertThat(first.connections()).hasSize(1);
      assertThat(memory(gateway).budget().taken()).isZero();
    }
  }

  private static void send(RawClient client, String text) {
    try {
      client.send(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aBodyLargerThanTheLimitIsSentOnce() throws Exception {
    try (ScriptedWorker first = ScriptedWorker.at(dying, connection -> connection.nextRequest());
        ScriptedWorker second = ScriptedWorker.at(living, ScriptedWorker.replying(OK));
        TestGateway gateway = gateway("gateway.replay-max", "10B");
        RawClient client = gateway.client();
        RawClient other = gateway.client()) {
      assertFailed(client.exchange(put("0123456789x")));
      assertThat(first.requests()).hasSize(1);
      assertThat(second.connections()).isEmpty();
      // the turn of the living one has come meanwhile
      assertThat(other.exchange(put("a")).status()).isEqualTo(200);
      assertThat(other.exchange(put("0123456789")).status()).isEqualTo(200);
      assertThat(first.requests()).hasSize(2);
    }
  }

  @Test
  void withoutMemoryEachBodyIsSentOnce() throws Exception {
    try (ScriptedWorker first = ScriptedWorker.at(dying, connection -> connection.nextRequest());
        ScriptedWorker second = ScriptedWorker.at(living, ScriptedWorker.replying(OK));
        TestGateway gateway = gateway("gateway.replay-max", "0B");
        RawClient client = gateway.client()) {
      assertFailed(client.exchange(put("a")));
      assertThat(first.requests()).hasSize(1);
      assertThat(second.connections()).isEmpty();
    }
  }

  @Test
  void aPostThatMayHaveArrivedIsSentOnce() throws Exception {
    try (ScriptedWorker first = ScriptedWorker.at(dying, connection -> connection.nextRequest());
        ScriptedWorker second = ScriptedWorker.at(living, ScriptedWorker.replying(OK));
        TestGateway gateway = gateway();
        RawClient client = gateway.client()) {
      assertFailed(client.exchange(withLength("POST", 1) + "a"));
      assertThat(first.requests()).hasSize(1);
      assertThat(second.connections()).isEmpty();
    }
  }

  @Test
  void aReplyThatHasBegunIsTheOnlyOne() throws Exception {
    try (ScriptedWorker first =
            ScriptedWorker.at(
                dying,
                connection -> {
                  connection.nextRequest();
                  connection.send("H");
                });
        ScriptedWorker second = ScriptedWorker.at(living, ScriptedWorker.replying(OK));
        TestGateway gateway = gateway();
        RawClient client = gateway.client()) {
      assertFailed(client.exchange(put("a")));
      assertThat(first.requests()).hasSize(1);
      assertThat(second.connections()).isEmpty();
    }
  }

  @Test
  void eachWorkerIsAskedOnce() throws Exception {
    try (ScriptedWorker first = ScriptedWorker.at(dying, connection -> connection.nextRequest());
        ScriptedWorker second = ScriptedWorker.at(living, connection -> connection.nextRequest());
        TestGateway gateway = gateway();
        RawClient client = gateway.client()) {
      assertFailed(client.exchange(put("abc")));
      assertThat(first.requests()).hasSize(1);
      assertThat(second.requests()).hasSize(1);
      assertThat(memory(gateway).budget().taken()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: h\r\n\r\n",
        CHUNKED + "1\r\na\r\n0\r\n\r\n",
      })
  void aConnectionThatDiedIdleCostsTheClientNothing(String request) throws Exception {
    Semaphore closed = new Semaphore(0);
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                dying,
                connection -> {
                  connection.nextRequest();
                  connection.send(OK);
                  connection.close();
                  closed.release();
                });
        TestGateway gateway = TestGateway.withSteps(directory, "- to: worker:unix:" + dying);
        RawClient client = gateway.client()) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.exchange(request).status()).isEqualTo(200);
        closed.acquire();
      }
      assertThat(worker.requests()).hasSize(20);
    }
  }

  @Test
  void aRequestIsSentOnceMoreHoweverManyConnectionsDropIt() throws Exception {
    CountDownLatch bothThere = new CountDownLatch(2);
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                dying,
                connection -> {
                  if (connection.number() < 2) {
                    connection.nextRequest();
                    bothThere.countDown();
                    connection.await(bothThere);
                    connection.send(OK);
                  }
                  connection.nextRequest();
                });
        TestGateway gateway =
            TestGateway.withSteps(
                directory, "- to: worker:unix:" + dying, "gateway.event-loops", "1");
        RawClient client = gateway.client();
        RawClient other = gateway.client()) {
      client.send(put("a"));
      other.send(put("a"));
      assertThat(client.readReply().content()).isEqualTo("ok");
      assertThat(other.readReply().content()).isEqualTo("ok");

      assertFailed(client.exchange(put("b")));
      assertThat(worker.requests())
          .extracting(RawMessage::content)
          .containsExactly("a", "a", "b", "b");
      assertThat(worker.connections()).hasSize(3);
    }
  }

  @Test
  void whoLeavesWhileItsBodyIsKeptTakesTheCopyAlong() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(dying, connection -> connection.awaitEnd());
        TestGateway gateway = gateway()) {
      try (RawClient client = gateway.client()) {
        client.send(withLength("PUT", 10) + "abc");
        worker.awaitConnection(0);
        await().until(() -> memory(gateway).budget().taken() > 0);
      }
      await().until(() -> worker.openConnections() == 0);
      await().until(() -> memory(gateway).budget().taken() == 0);
    }
  }

  // ---- the only worker, which is waited for

  private TestGateway holding(String hold) throws Exception {
    return TestGateway.withSteps(directory, Ring.of("?hold=" + hold, "unix:" + dying));
  }

  @Test
  void whatWasInFlightWhenTheOnlyWorkerDiedGoesToItAgainWhenItIsBack() throws Exception {
    try (TestGateway gateway = holding("60s");
        RawClient client = gateway.client()) {
      try (ScriptedWorker before = ScriptedWorker.at(dying, c -> waitAfterRequest(c))) {
        client.send(put("abc"));
        before.awaitRequest(0);
      }
      try (ScriptedWorker after = ScriptedWorker.at(dying, ScriptedWorker.replying(OK))) {
        assertThat(client.readReply().content()).isEqualTo("ok");
        assertThat(after.requests().get(0).content()).isEqualTo("abc");
        assertThat(after.requests()).hasSize(1);
      }
    }
  }

  private static void waitAfterRequest(ScriptedWorker.Connection connection) throws Exception {
    connection.nextRequest();
    connection.awaitEnd();
  }

  @Test
  void theOnlyWorkerIsAskedTwiceIfItDropsARequestHoweverLongItMayBeHeld() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(dying, connection -> connection.nextRequest());
        TestGateway gateway = holding("60s");
        RawClient client = gateway.client()) {
      assertFailed(client.exchange(put("abc")));
      assertThat(worker.requests()).hasSize(2);
    }
  }

  @Test
  void aPostThatWasInFlightWhenTheOnlyWorkerDiedFailsAtOnce() throws Exception {
    try (TestGateway gateway = holding("60s");
        RawClient client = gateway.client();
        ScriptedWorker worker = ScriptedWorker.at(dying, connection -> connection.nextRequest())) {
      assertFailed(client.exchange(withLength("POST", 3) + "abc"));
      assertThat(worker.requests()).hasSize(1);
    }
  }

  @Test
  void whatTheOnlyWorkerHasDroppedDoesNotGoToTheStandIn() throws Exception {
    String steps = Ring.of("?hold=200ms", "unix:" + dying) + "      - to: direct:other\n";
    Path routes = Files.createDirectories(directory.resolve("routes"));
    Files.writeString(
        routes.resolve("other.camel.yaml"),
        "- route:\n    from:\n      uri: direct:other\n      steps:\n        - to: worker:unix:"
            + living
            + "\n");
    try (ScriptedWorker other = ScriptedWorker.at(living, ScriptedWorker.replying(OK));
        TestGateway gateway = TestGateway.withSteps(directory, steps);
        RawClient client = gateway.client()) {
      try (ScriptedWorker worker = ScriptedWorker.at(dying, c -> waitAfterRequest(c))) {
        client.send(put("abc"));
        worker.awaitRequest(0);
      }
      assertThat(client.readReply().status()).isEqualTo(502);
      assertThat(other.connections()).isEmpty();
    }
  }

  // ---- large bodies

  @Test
  void aWorkersReplayMaxCountsInPlaceOfTheSetting() throws Exception {
    String body = "0123456789".repeat(30_000);
    String steps = Ring.of("?replayMax=300000B&hold=60s", "unix:" + dying);
    try (TestGateway gateway = TestGateway.withSteps(directory, steps);
        RawClient client = gateway.client();
        RawClient other = gateway.client()) {
      try (ScriptedWorker before = ScriptedWorker.at(dying, c -> waitAfterRequest(c))) {
        client.send(put(body));
        before.awaitRequest(0);
        other.send(put(body + "x"));
        before.awaitRequest(1);
      }
      assertFailed(other.readReply());
      try (ScriptedWorker after = ScriptedWorker.at(dying, ScriptedWorker.replying(OK))) {
        assertThat(client.readReply().content()).isEqualTo("ok");
        assertThat(after.requests().get(0).content()).isEqualTo(body);
      }
      await().until(() -> memory(gateway).budget().taken() == 0);
    }
  }

  @Test
  void allCopiesTogetherHaveASetting() throws Exception {
    String body = "0123456789".repeat(30_000);
    try (ScriptedWorker first = ScriptedWorker.at(dying, connection -> connection.nextRequest());
        ScriptedWorker second = ScriptedWorker.at(living, ScriptedWorker.replying(OK));
        TestGateway gateway =
            gateway("gateway.replay-max", "1MiB", "gateway.replay-memory", "200KiB");
        RawClient client = gateway.client()) {
      assertFailed(client.exchange(put(body)));
      assertThat(second.connections()).isEmpty();
      assertThat(memory(gateway).budget().taken()).isZero();
      assertThat(first.requests()).hasSize(1);
    }
  }

  @Tag("slow")
  @Test
  void noTransactionFailsWhileOneWorkerAfterTheOtherIsRestarted() throws Exception {
    try (TestGateway gateway = gateway("gateway.replay-max", "12800KiB")) {
      List<Server> servers = new ArrayList<>();
      ScriptedWorker one = ScriptedWorker.at(dying, ReplayTest::serve);
      ScriptedWorker two = ScriptedWorker.at(living, ReplayTest::serve);
      for (int i = 0; i < 4; i++) {
        servers.add(new Server(gateway));
      }
      for (int i = 0; i < 15; i++) {
        one = restarted(one, servers);
        two = restarted(two, servers);
      }
      for (Server server : servers) {
        server.stop();
        assertThat(server.failures).isEmpty();
      }
      one.close();
      two.close();
      assertThat(memory(gateway).budget().taken()).isZero();
    }
  }

  /** Replies to all, and remembers none of what may be much. */
  private static void serve(ScriptedWorker.Connection connection) throws IOException {
    for (RawHead head = connection.nextHead(); head != null; head = connection.nextHead()) {
      connection.read(length(head));
      connection.send(OK);
    }
  }

  private static int length(RawHead head) throws IOException {
    return Integer.parseInt(head.value("Content-Length"));
  }

  /** Ends a worker with what it has, and starts it again; each time all others go on. */
  private static ScriptedWorker restarted(ScriptedWorker before, List<Server> servers)
      throws IOException {
    before.close();
    servers.forEach(Server::awaitNext);
    ScriptedWorker after = ScriptedWorker.at(before.path(), ReplayTest::serve);
    servers.forEach(Server::awaitNext);
    return after;
  }

  /** Another homeserver, which sends one transaction after the other. */
  private static final class Server {
    private static final String TRANSACTION = put("0123456789".repeat(30_000));

    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger sent = new AtomicInteger();
    private final Thread thread;
    private volatile boolean stopped;

    Server(TestGateway gateway) {
      thread = new Thread(() -> sendOn(gateway));
      thread.start();
    }

    private void sendOn(TestGateway gateway) {
      try (RawClient client = gateway.client()) {
        while (!stopped) {
          RawMessage reply = client.exchange(TRANSACTION);
          sent.incrementAndGet();
          if (reply.status() != 200) {
            failures.add(reply.bytes());
          }
        }
      } catch (IOException e) {
        failures.add(e.toString());
      }
    }

    /** Waits until it has sent one from its beginning on. */
    void awaitNext() {
      int then = sent.get();
      await().until(() -> sent.get() > then + 1 || !failures.isEmpty());
    }

    void stop() throws InterruptedException {
      stopped = true;
      thread.join();
    }
  }

  // ---- memory

  /** Rounds of 2,000 requests through one gateway; {@code -Dreplay.rounds=50} has 100,000. */
  private static final int ROUNDS = Integer.getInteger("replay.rounds", 1);

  @Test
  void nothingIsKeptOfRequestsWhoseWorkersAndClientsHaveGone() throws Exception {
    try (TestGateway gateway = gateway()) {
      for (int round = 0; round < ROUNDS; round++) {
        sendAndLeave(gateway, 8 * round);
      }
    }
  }

  private void sendAndLeave(TestGateway gateway, int firstRandom) throws Exception {
    AtomicInteger sent = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    try (ScriptedWorker first = ScriptedWorker.at(dying, ReplayTest::dieSomewhere);
        ScriptedWorker second = ScriptedWorker.at(living, ReplayTest::serve)) {
      for (int i = 0; i < 8; i++) {
        Random random = new Random(firstRandom + i);
        Thread thread = new Thread(() -> sendAndLeave(gateway, random, sent));
        threads.add(thread);
        thread.start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(sent).hasValue(2_000);
      assertThat(first.connections()).hasSizeGreaterThan(500);
      assertThat(second.connections()).isNotEmpty();
      await().until(() -> memory(gateway).budget().taken() == 0);
    }
  }

  /** Before the head, in it, in the body, behind it, in the reply, or not at all. */
  private static void dieSomewhere(ScriptedWorker.Connection connection) throws Exception {
    Random random = new Random(connection.number());
    switch (random.nextInt(6)) {
      case 0 -> connection.close();
      case 1 -> connection.read(random.nextInt(40));
      case 2 -> readSome(connection, random);
      case 3 -> connection.nextRequest();
      case 4 -> {
        readSome(connection, random);
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha");
      }
      default -> serve(connection);
    }
  }

  private static void readSome(ScriptedWorker.Connection connection, Random random)
      throws IOException {
    RawHead head = connection.nextHead();
    if (head != null) {
      connection.read(random.nextInt(length(head) + 1));
    }
  }

  /** Sends 250 bodies; after each second one, or in the middle of it, the client leaves. */
  private static void sendAndLeave(TestGateway gateway, Random random, AtomicInteger sent) {
    for (int i = 0; i < 250; i++) {
      String body = "x".repeat(random.nextInt(60_000));
      try (RawClient client = gateway.client()) {
        String request = put(body);
        sent.incrementAndGet();
        if (random.nextBoolean()) {
          client.send(request.substring(0, random.nextInt(request.length())));
        } else {
          client.send(request);
          if (random.nextBoolean()) {
            client.readReply();
          }
        }
      } catch (IOException e) {
        // its worker has died in the reply, so it was cut
      }
    }
  }
}
