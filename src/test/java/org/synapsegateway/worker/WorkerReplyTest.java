// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.TestGateway;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawHead;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** What a worker may do with its connection, and what it may not; beyond the conformance suite. */
class WorkerReplyTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String EVIL = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
  private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  private static final String INTERIM = "HTTP/1.1 102 Processing\r\n\r\n";

  @TempDir Path directory;
  private Path socket;

  @BeforeEach
  void nameSocket() {
    socket = directory.resolve("w.sock");
  }

  private TestGateway gateway(String options, String... settings) throws Exception {
    return TestGateway.withSteps(directory, "- to: worker:unix:" + socket + options, settings);
  }

  private static String ask(String path, int timeout) {
    return "GET " + path + "?since=s1&timeout=" + timeout + " HTTP/1.1\r\nHost: h\r\n\r\n";
  }

  @Test
  void onlyALongPollMayBeHeldForItsTimeout() throws Exception {
    CountDownLatch otherHasEnded = new CountDownLatch(1);
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextRequest();
                  connection.await(otherHasEnded);
                  connection.send(OK);
                });
        TestGateway gateway = gateway("?replyTimeout=200ms");
        RawClient poll = gateway.client();
        RawClient other = gateway.client()) {
      poll.send(ask("/_matrix/client/v3/sync", 60_000));
      worker.awaitRequest(0);
      RawMessage reply = other.exchange(ask("/_matrix/client/v3/rooms/sync", 60_000));
      assertThat(reply.status()).isEqualTo(504);
      otherHasEnded.countDown();
      assertThat(poll.readReply().content()).isEqualTo("ok");
    }
  }

  @Test
  void aPollIsHeldNoLongerThanTheSettingAllows() throws Exception {
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextRequest();
                  connection.awaitEnd();
                });
        TestGateway gateway = gateway("?replyTimeout=100ms", "gateway.worker.poll-max", "100ms");
        RawClient poll = gateway.client()) {
      assertThat(poll.exchange(ask("/_matrix/client/v3/sync", 9_999_999)).status()).isEqualTo(504);
      assertThat(worker.requests()).hasSize(1);
    }
  }

  /** A step that has a request wait, and its event loop with it. */
  public static final class Stop implements Processor {
    private static final Semaphore ARRIVED = new Semaphore(0);
    private static final Semaphore MAY_GO = new Semaphore(0);

    @Override
    public void process(Exchange exchange) throws Exception {
      ARRIVED.release();
      MAY_GO.acquire();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {EVIL, "x", ""})
  void whatCameOnAnIdleConnectionEndsItEvenIfTheLoopHasNotReadItYet(String stray) throws Exception {
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch sent = new CountDownLatch(1);
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextRequest();
                  connection.send(OK);
                  if (connection.number() == 0) {
                    connection.await(stop);
                    connection.send(stray);
                    if (stray.isEmpty()) {
                      connection.endOutput();
                    }
                    sent.countDown();
                  }
                  connection.nextRequest();
                });
        TestGateway gateway =
            TestGateway.withSteps(
                directory,
                "- process:\n    ref: \"#class:"
                    + Stop.class.getName()
                    + "\"\n- to: worker:unix:"
                    + socket,
                "gateway.event-loops",
                "1");
        RawClient client = gateway.client()) {
      Stop.MAY_GO.release();
      assertThat(client.exchange(GET).content()).isEqualTo("ok");
      Stop.ARRIVED.acquire();

      client.send(GET);
      Stop.ARRIVED.acquire();
      stop.countDown();
      assertThat(sent.await(10, TimeUnit.SECONDS)).isTrue();
      Stop.MAY_GO.release();

      assertThat(client.readReply().content()).isEqualTo("ok");
      assertThat(worker.connections()).hasSize(2);
      assertThat(worker.connections().get(0).requests()).hasSize(1);
    }
  }

  @Test
  void interimRepliesWithoutEndAreABadReply() throws Exception {
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextRequest();
                  while (connection.isOpen()) {
                    connection.send(INTERIM.repeat(100));
                  }
                });
        TestGateway gateway = gateway("");
        RawClient client = gateway.client()) {
      client.send(GET);
      int interim = 0;
      RawHead head = client.readHead();
      while (head.status() == 102) {
        interim++;
        head = client.readHead();
      }

      assertThat(head.status()).isEqualTo(502);
      assertThat(interim).isEqualTo(64 * 1024 / INTERIM.length());
      await().until(() -> worker.openConnections() == 0);
    }
  }

  @Test
  void interimRepliesDoNotPutOffTheTimeOutOfTheFinalOne() throws Exception {
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextRequest();
                  while (!connection.wire().awaitInput(Duration.ofMillis(50))) {
                    connection.send(INTERIM);
                  }
                });
        TestGateway gateway = gateway("?replyTimeout=400ms");
        RawClient client = gateway.client()) {
      client.send(GET);
      RawHead head = client.readHead();
      while (head.status() == 102) {
        head = client.readHead();
      }

      assertThat(head.status()).isEqualTo(504);
      await().until(() -> worker.openConnections() == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc"})
  void aClientThatSendsNoMoreOfItsBodyIsTheOneThatIsLate(String begun) throws Exception {
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextHead();
                  connection.awaitEnd();
                });
        TestGateway gateway =
            gateway("?sendTimeout=300ms", "gateway.client-body-timeout", "300ms");
        RawClient client = gateway.client()) {
      client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n" + begun);
      RawMessage reply = client.readReply();

      assertThat(reply.status()).isEqualTo(408);
      await().until(() -> worker.openConnections() == 0);
      assertThat(worker.requests()).isEmpty();
    }
  }

  @Test
  void aWorkerThatTakesNoMoreOfTheBodyIsTheOneThatIsLate() throws Exception {
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextHead();
                  connection.await(new CountDownLatch(1));
                });
        TestGateway gateway =
            gateway("?sendTimeout=300ms", "gateway.client-body-timeout", "300ms");
        RawClient client = gateway.client()) {
      client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n");
      client.send("a".repeat(2_000_000));
      assertThat(client.readReply().status()).isEqualTo(504);
      assertThat(worker.connections()).hasSize(1);
    }
  }

  @Test
  void aWorkerThatAnswersInTheMiddleOfALargeBodyAndClosesIsHeard() throws Exception {
    String part = "a".repeat(1_000_000);
    CountDownLatch underWay = new CountDownLatch(1);
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextHead();
                  connection.read(part.length());
                  connection.send(
                      "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 5\r\n\r\nlarge");
                  underWay.countDown();
                });
        TestGateway gateway = gateway("");
        RawClient client = gateway.client()) {
      client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 8000000\r\n\r\n");
      for (int i = 0; i < 8; i++) {
        client.send(part);
        if (i == 1) {
          underWay.await();
        }
      }
      RawMessage reply = client.readReply();

      assertThat(reply.status()).isEqualTo(413);
      assertThat(reply.content()).isEqualTo("large");
      assertThat(worker.connections()).hasSize(1);
    }
  }

  @Test
  void aWorkerThatDiesInTheMiddleOfALargeBodyIsFoundOut() throws Exception {
    String part = "a".repeat(1_000_000);
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextHead();
                  connection.read(part.length());
                });
        TestGateway gateway = gateway("");
        RawClient client = gateway.client()) {
      client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 8000000\r\n\r\n");
      for (int i = 0; i < 8; i++) {
        client.send(part);
      }

      assertThat(client.readReply().status()).isEqualTo(502);
      assertThat(worker.connections()).hasSize(1);
    }
  }
}
