// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.settings.Settings;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.wire.Wire;

/** A gateway that is one of several. */
class ReplicasTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"0,3,0", "1,3,1", "3,3,1", "4,3,2", "100,1,100", "2147483647,2,1073741824"})
  void eachHasItsPartRoundedUp(int all, int replicas, int part) {
    assertThat(Settings.part(all, replicas)).isEqualTo(part);
  }

  @Test
  void twoOfFourRequestsAreThoseOfThisOne() throws Exception {
    CountDownLatch mayAnswer = new CountDownLatch(1);
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                directory.resolve("w.sock"),
                connection -> {
                  while (connection.nextRequest() != null) {
                    connection.await(mayAnswer);
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                  }
                });
        TestGateway gateway =
            TestGateway.withSteps(
                directory,
                "- to: worker:unix:" + worker.path() + "?maxInFlight=4",
                "gateway.replicas",
                "2");
        RawClient one = gateway.client();
        RawClient two = gateway.client();
        RawClient three = gateway.client()) {
      one.send(GET);
      two.send(GET);
      worker.awaitRequest(1);
      assertThat(three.send(GET).readReply().status()).isEqualTo(429);
      mayAnswer.countDown();
      for (RawClient served : List.of(one, two)) {
        assertThat(served.readReply().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void beforeAStopItIsNotReadyAndServes() throws Exception {
    try (ScriptedWorker worker =
            ScriptedWorker.at(directory.resolve("w.sock"), ScriptedWorker.saying("ok"));
        TestGateway gateway =
            TestGateway.withSteps(
                directory, "- to: worker:unix:" + worker.path(), "gateway.stop-delay", "3s");
        RawClient kept = gateway.client()) {
      assertThat(kept.send(GET).readReply().value("Connection")).isNull();
      assertThat(gateway.manage("GET", "/observe/health/ready").statusCode()).isEqualTo(200);
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(gateway::close);
      await().until(() -> gateway.manage("GET", "/observe/health/ready").statusCode() == 503);
      assertThat(gateway.manage("GET", "/observe/health/open").statusCode()).isEqualTo(503);
      assertThat(gateway.manage("GET", "/observe/health/live").statusCode()).isEqualTo(200);
      for (RawClient client : List.of(kept, gateway.client())) {
        RawMessage reply = client.send(GET).readReply();
        assertThat(reply.content()).isEqualTo("ok");
        assertThat(reply.value("Connection")).isEqualTo("close");
        assertThat(client.awaitEnd()).isEqualTo(Wire.End.CLOSED);
        client.close();
      }
      stopped.join();
    }
  }
}
