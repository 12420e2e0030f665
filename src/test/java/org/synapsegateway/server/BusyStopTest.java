// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** A stop while the event loop is busy: who is about to send a request is answered. */
class BusyStopTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

  @TempDir Path directory;
  private ScriptedWorker worker;
  private TestGateway gateway;
  private final CountDownLatch goesOn = new CountDownLatch(1);
  private CompletableFuture<Void> stop;

  @BeforeEach
  void start() throws Exception {
    worker =
        ScriptedWorker.at(
            directory.resolve("w.sock"),
            connection -> {
              while (connection.nextRequest() != null) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
              }
            });
    gateway =
        TestGateway.withSteps(
            directory, "- to: worker:unix:" + worker.path(), "gateway.event-loops", "1");
  }

  @AfterEach
  void end() {
    goesOn.countDown();
    stop.join();
    worker.close();
  }

  /** The stop begins while the loop is blocked, for longer than a last request is waited for. */
  private void stopMeanwhile() {
    CountDownLatch blocked = new CountDownLatch(1);
    long since = System.nanoTime();
    gateway
        .frontDoor()
        .eventLoops()
        .execute(
            () -> {
              blocked.countDown();
              await().forever().until(() -> goesOn.getCount() == 0);
            });
    stop = CompletableFuture.runAsync(gateway::close);
    await().until(() -> !gateway.frontDoor().isOpen() || gateway.frontDoor().isClosing());
    await()
        .atMost(10, TimeUnit.SECONDS)
        .until(
            () ->
                System.nanoTime() - since
                    > TimeUnit.MILLISECONDS.toNanos(3 * ClientEnd.LAST_REQUEST_MILLIS / 2));
    goesOn.countDown();
  }

  @Test
  void anIdleConnectionHasItsMomentAfterTheLoopStoodStill() throws Exception {
    try (RawClient client = RawClient.connect(gateway.port())) {
      assertThat(client.exchange(GET).content()).isEqualTo("ok");
      stopMeanwhile();
      CompletableFuture<Void> later = new CompletableFuture<>();
      gateway
          .frontDoor()
          .loops()
          .get(0)
          .eventLoop()
          .schedule(
              () -> later.complete(null), ClientEnd.LAST_REQUEST_MILLIS / 2, TimeUnit.MILLISECONDS);
      later.join();
      assertThat(client.exchange(GET).content()).isEqualTo("ok");
    }
  }
}
