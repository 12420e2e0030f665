package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawHead;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.wire.Wire;

/** A stop that was asked for: nothing new is taken, and what has begun is taken to its end. */
class StopTest {
  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

  @TempDir Path directory;
  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private ScriptedWorker worker;
  private TestGateway gateway;
  private CompletableFuture<Void> stopped;

  private void start(String... properties) throws Exception {
    worker =
        ScriptedWorker.at(
            directory.resolve("w.sock"),
            connection -> {
              while (connection.nextRequest() != null) {
                connection.await(mayAnswer);
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha");
                connection.await(mayEnd);
                connection.send("lf");
              }
            });
    gateway = TestGateway.withSteps(directory, "- to: worker:unix:" + worker.path(), properties);
  }

  private void beginStop() {
    stopped = CompletableFuture.runAsync(gateway::close);
    int port = gateway.port();
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> RawClient.connect(port))
                    .isInstanceOf(ConnectException.class));
  }

  private void awaitStop() throws Exception {
    stopped.get(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void end() {
    mayAnswer.countDown();
    mayEnd.countDown();
    gateway.close();
    worker.close();
  }

  private static RawClient sending(TestGateway gateway) throws IOException {
    return gateway.client().send(REQUEST);
  }

  @Test
  void aHeldRequestGetsItsReplyAndIsToldThatTheConnectionCloses() throws Exception {
    start();
    mayEnd.countDown();
    try (RawClient client = sending(gateway)) {
      worker.awaitRequest(0);
      beginStop();
      assertThat(stopped).isNotDone();

      mayAnswer.countDown();
      RawMessage reply = client.readReply();
      assertThat(reply.content()).isEqualTo("half");
      assertThat(reply.value("Connection")).isEqualTo("close");
      assertThat(client.awaitEnd()).isEqualTo(Wire.End.CLOSED);
      awaitStop();
    }
  }

  @Test
  void aReplyThatHasBegunIsTakenToItsLastByte() throws Exception {
    start();
    mayAnswer.countDown();
    try (RawClient client = sending(gateway)) {
      RawHead head = client.readHead();
      beginStop();
      assertThat(stopped).isNotDone();

      mayEnd.countDown();
      assertThat(client.readBody(head).content()).isEqualTo("half");
      assertThat(client.awaitEnd()).isEqualTo(Wire.End.CLOSED);
      awaitStop();
    }
  }

  @Test
  void anIdleConnectionIsClosedAtOnce() throws Exception {
    start();
    mayAnswer.countDown();
    mayEnd.countDown();
    try (RawClient client = gateway.client()) {
      client.exchange(REQUEST);
      beginStop();
      assertThat(client.awaitEnd()).isEqualTo(Wire.End.CLOSED);
      awaitStop();
    }
  }

  @Test
  void aClientThatHasJustConnectedCanStillAsk() throws Exception {
    start();
    mayAnswer.countDown();
    mayEnd.countDown();
    try (RawClient client = gateway.client()) {
      await().until(() -> gateway.frontDoor().connectionCount() == 1);
      beginStop();
      RawMessage reply = client.exchange(REQUEST);
      assertThat(reply.content()).isEqualTo("half");
      assertThat(reply.value("Connection")).isEqualTo("close");
      awaitStop();
    }
  }

  @Test
  void aClientThatHasJustConnectedAndSaysNothingDoesNotHoldItUp() throws Exception {
    start();
    try (RawClient client = gateway.client()) {
      await().until(() -> gateway.frontDoor().connectionCount() == 1);
      beginStop();
      assertThat(client.awaitEnd()).isEqualTo(Wire.End.CLOSED);
      awaitStop();
    }
  }

  @Test
  void whatDoesNotEndInTimeIsCut() throws Exception {
    start("camel.main.shutdownTimeout", "1");
    try (RawClient held = sending(gateway)) {
      worker.awaitRequest(0);
      beginStop();
      assertThat(held.readToEnd()).isEmpty();
      awaitStop();
      assertThat(worker.openConnections()).isZero();
    }
  }
}
