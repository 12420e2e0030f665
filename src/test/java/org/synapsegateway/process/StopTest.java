// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawHead;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.wire.Wire;

/** A stop that was asked for: nothing new is taken, and what has begun is taken to its end. */
class StopTest {
  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  private static final String POST = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}";

  /** The common pool may have one thread only, which a stop that waits would keep. */
  private static final Executor OWN_THREAD = task -> new Thread(task, "stop").start();

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
    int port = gateway.port();
    stopped = CompletableFuture.runAsync(gateway::close, OWN_THREAD);
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

  @Test
  void whatHasStoppedIsForgotten() throws Exception {
    List<WeakReference<GatewayMain>> stopped = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      start();
      await().until(() -> gateway.metrics().contains("jvm_gc_"));
      stopped.add(new WeakReference<>(gateway.main()));
      end();
    }
    await()
        .until(
            () -> {
              System.gc();
              return stopped.stream().filter(one -> one.get() != null).count() <= 1;
            });
  }

  @Test
  void noThreadOutlivesAStop() throws Exception {
    start(); // only for the worker at the end
    gateway.close();
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    Path list = directory.resolve("list.json");
    Files.writeString(list, "{\"workers\":[{\"server\":\"tcp:localhost:9\"}]}");
    gateway =
        TestGateway.withSteps(
            directory,
            """
            - loadBalance:
                customLoadBalancer:
                  ref: "#class:org.synapsegateway.loadbalance.ConsistentHash"
                steps:
                  - to: worker:file:%s
            """
                .formatted(list));
    assertThat(newThreads(before)).anyMatch(name -> name.startsWith("names-"));
    assertThat(newThreads(before)).anyMatch(name -> name.startsWith("worker-files-"));

    gateway.close();
    assertThat(newThreads(before)).noneMatch(name -> name.matches("(names|worker-files|loop)-.*"));
    await().untilAsserted(() -> assertThat(newThreads(before)).isEmpty());
  }

  /** Without Netty's thread for all of a JVM, which ends when it likes, and the one that waits. */
  private static List<String> newThreads(Set<Thread> before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread) && thread.isAlive())
        .map(Thread::getName)
        .filter(name -> !name.matches("globalEventExecutor.*|awaitility.*"))
        .toList();
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
  void aReloadThatIsAskedForMeanwhileIsRefused() throws Exception {
    start();
    mayEnd.countDown();
    try (RawClient client = sending(gateway)) {
      worker.awaitRequest(0);
      beginStop();

      HttpResponse<String> reply = gateway.manage("POST", "/observe/reload");
      assertThat(reply.statusCode()).isEqualTo(409);
      assertThat(reply.body()).contains("the gateway stops");

      mayAnswer.countDown();
      assertThat(client.readReply().status()).isEqualTo(200);
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
  void anIdleConnectionEndsWithoutAReset() throws Exception {
    start();
    mayAnswer.countDown();
    mayEnd.countDown();
    try (RawClient client = gateway.client()) {
      client.exchange(REQUEST);
      beginStop();
      assertThat(client.awaitEnd()).isEqualTo(Wire.End.CLOSED);
      // too late for a reply, and no reason for a reset
      client.send(REQUEST);
      assertThat(client.readToEnd()).isEmpty();
      assertThat(client.awaitEnd()).isEqualTo(Wire.End.CLOSED);
      awaitStop();
    }
  }

  @Test
  void whatIsOnItsWayToAnIdleConnectionIsAnswered() throws Exception {
    start();
    mayAnswer.countDown();
    mayEnd.countDown();
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 300; i++) {
        clients.add(gateway.client());
        assertThat(clients.get(i).exchange(POST).value("Connection")).isNull();
      }
      // each is sent a few microseconds later than the one before, from before the stop on
      clients.get(0).send(POST);
      stopped = CompletableFuture.runAsync(gateway::close, OWN_THREAD);
      for (RawClient client : clients.subList(1, clients.size())) {
        client.send(POST);
      }
      boolean told = false;
      for (RawClient client : clients) {
        RawMessage reply = client.readReply();
        assertThat(reply.content()).isEqualTo("half");
        told |= "close".equals(reply.value("Connection"));
        assertThat(client.awaitEnd()).isEqualTo(Wire.End.CLOSED);
      }
      assertThat(told).isTrue();
      awaitStop();
    } finally {
      clients.forEach(RawClient::close);
    }
  }

  @Test
  void aConnectionWhoseReplyBeganTooEarlyToSayThatItClosesIsAnsweredOnceMore() throws Exception {
    start();
    mayAnswer.countDown();
    try (RawClient client = sending(gateway)) {
      RawHead head = client.readHead();
      assertThat(head.value("Connection")).isNull();
      beginStop();
      mayEnd.countDown();
      assertThat(client.readBody(head).content()).isEqualTo("half");
      RawMessage last = client.exchange(POST);
      assertThat(last.content()).isEqualTo("half");
      assertThat(last.value("Connection")).isEqualTo("close");
      awaitStop();
    }
  }

  @Test
  void aReloadLeavesIdleConnectionsAlone() throws Exception {
    start();
    mayAnswer.countDown();
    mayEnd.countDown();
    try (RawClient client = gateway.client()) {
      client.exchange(POST);
      for (int i = 0; i < 3; i++) {
        gateway.main().reload();
        RawMessage reply = client.exchange(POST);
        assertThat(reply.content()).isEqualTo("half");
        assertThat(reply.value("Connection")).isNull();
      }
    }
  }

  @Test
  void aPollThatWasSentJustBeforeTheStopIsAnsweredAfterItsTime() throws Exception {
    start("camel.main.shutdownTimeout", "5");
    mayEnd.countDown();
    int timeout = 300;
    try (RawClient client = gateway.client()) {
      client.send(
          "GET /_matrix/client/v3/sync?since=s1&timeout="
              + timeout
              + " HTTP/1.1\r\nHost: h\r\n\r\n");
      worker.awaitRequest(0);
      beginStop();
      CompletableFuture.delayedExecutor(timeout + 50, TimeUnit.MILLISECONDS, OWN_THREAD)
          .execute(mayAnswer::countDown);
      RawMessage reply = client.readReply();
      assertThat(reply.content()).isEqualTo("half");
      assertThat(reply.value("Connection")).isEqualTo("close");
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
