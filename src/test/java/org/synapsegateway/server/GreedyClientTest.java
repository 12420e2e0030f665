// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.net.SharedBudget;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** Clients that would fill the gateway's memory. */
class GreedyClientTest {
  @TempDir Path directory;
  private ScriptedWorker worker;
  private TestGateway gateway;

  private void start(String... properties) throws Exception {
    worker =
        ScriptedWorker.at(
            directory.resolve("w.sock"),
            ScriptedWorker.replying(
                "HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + "x".repeat(20_000)));
    gateway = TestGateway.withSteps(directory, "- to: worker:unix:" + worker.path(), properties);
  }

  @AfterEach
  void stop() {
    gateway.close();
    worker.close();
  }

  /** 80 MB of replies would have to wait in the gateway if it went on to answer. */
  @Test
  void whoAsksOnAndReadsNoReplyGetsNoMoreOfThem() throws Exception {
    start("gateway.client-send-timeout", "1s");
    try (RawClient client = RawClient.connectNarrow(gateway.port())) {
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n".repeat(4_000));
      worker.awaitRequest(0); // so that the connection has been counted
      await().until(() -> gateway.frontDoor().connectionCount() == 0);
      assertThat(worker.requests().size()).isBetween(1, 2_000);
    }
  }

  /** The end of its body, which comes after the reply, is no reason to wait for ever. */
  @Test
  void whoTakesNoReplyThatComesEarlyIsCutOff() throws Exception {
    worker =
        ScriptedWorker.at(
            directory.resolve("w.sock"),
            connection -> {
              connection.nextHead();
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 30000000\r\n\r\n");
              try {
                connection.send("x".repeat(30_000_000));
              } catch (IOException e) {
                return; // the gateway has given it up, as it should
              }
              connection.awaitEnd();
            });
    gateway =
        TestGateway.withSteps(
            directory, "- to: worker:unix:" + worker.path(), "gateway.client-send-timeout", "1s");
    try (RawClient client = RawClient.connectNarrow(gateway.port())) {
      client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nsome");
      assertThat(client.readHead().status()).isEqualTo(200);
      client.send("thing");
      await().until(() -> gateway.frontDoor().connectionCount() == 0);
    }
  }

  @Test
  void theBodyBehindAHeadIsNotReckonedAsOne() throws Exception {
    worker =
        ScriptedWorker.at(
            directory.resolve("w.sock"),
            connection -> {
              connection.nextHead();
              connection.awaitEnd();
            });
    gateway = TestGateway.withSteps(directory, "- to: worker:unix:" + worker.path());
    try (RawClient client = gateway.client()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(100_000));
      worker.awaitConnection(0);
      client.awaitTaken();

      assertThat(gateway.frontDoor().headMemory().taken()).isZero();
    }
  }

  /** More than all sockets on the way hold, in small chunks. */
  @Test
  void aBodyThatItsWorkerDoesNotTakeIsReadNoFurtherThanTheBuffersAre() throws Exception {
    CountDownLatch mayRead = new CountDownLatch(1);
    worker =
        ScriptedWorker.at(
            directory.resolve("w.sock"),
            connection -> {
              connection.await(mayRead);
              connection.nextRequest();
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            });
    gateway = TestGateway.withSteps(directory, "- to: worker:unix:" + worker.path());
    byte[] body =
        (("64\r\n" + "a".repeat(100) + "\r\n").repeat(100_000) + "0\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    try (RawClient client = gateway.client()) {
      client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
      int sent = 0;
      int taken = 1;
      while (taken > 0) {
        taken = client.wire().sendSome(body, sent);
        sent += taken;
      }
      assertThat(sent).isLessThan(body.length);
      mayRead.countDown();
      client.send(new String(body, sent, body.length - sent, StandardCharsets.US_ASCII));
      assertThat(client.readReply().content()).isEqualTo("ok");
      assertThat(worker.requests().get(0).content()).isEqualTo("a".repeat(10_000_000));
    }
  }

  @Test
  void whatALargeHeadTakesIsReckonedAndGivenBack() throws Exception {
    start();
    SharedBudget memory = gateway.frontDoor().headMemory();
    String field = "X: " + "x".repeat(30_000) + "\r\n";
    try (RawClient client = gateway.client()) {
      client.send("GET / HTTP/1.1\r\nHost: h\r\n" + field);
      await().until(() -> memory.taken() > 20_000);
      assertThat(client.exchange("\r\n").status()).isEqualTo(200);
      await().until(() -> memory.taken() == 0);

      client.send("GET / HTTP/1.1\r\nHost: h\r\n" + field);
      await().until(() -> memory.taken() > 20_000);
    }
    await().until(() -> memory.taken() == 0);
  }
}
