// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.TestGateway;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** A browser that asks whether it may ask, while no worker can say so. */
class PreflightTest {
  private static final String ASKS =
      "Origin: https://app.example\r\nAccess-Control-Request-Method: GET\r\n"
          + "Access-Control-Request-Headers: authorization\r\n";

  @TempDir Path directory;

  private TestGateway gateway(String... properties) throws IOException {
    return TestGateway.withSteps(
        directory, "- to: worker:unix:" + directory + "/inbound_main.sock", properties);
  }

  private static String request(String method, String target, String fields) {
    return method + " " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
  }

  @ParameterizedTest
  @CsvSource({
    "/_matrix/client/v3/sync, 'X-Requested-With, Content-Type, Authorization, Date', 'Synapse-Trace-Id, Server'",
    "/_matrix/client/unstable/org.matrix.msc4108/rendezvous?x, 'Content-Type, If-Match, If-None-Match', 'Synapse-Trace-Id, Server, ETag'",
    "/_synapse/client/rendezvous/abc, 'Content-Type, If-Match, If-None-Match', 'Synapse-Trace-Id, Server, ETag'",
    "/_matrix/client/unstable/org.matrix.msc4108/rendezvous/abc, 'X-Requested-With, Content-Type, Authorization, Date', 'Synapse-Trace-Id, Server'",
  })
  void aBrowserMayAskWhatNoWorkerTakesAndReadTheError(String target, String allowed, String exposed)
      throws Exception {
    try (TestGateway gateway = gateway();
        RawClient client = gateway.client()) {
      for (int i = 0; i < 2; i++) {
        RawMessage reply = client.exchange(request("OPTIONS", target, ASKS));
        assertThat(reply.line()).isEqualTo("HTTP/1.1 204 No Content");
        assertThat(reply.value("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(reply.value("Access-Control-Allow-Methods"))
            .isEqualTo("GET, HEAD, POST, PUT, DELETE, OPTIONS");
        assertThat(reply.value("Access-Control-Allow-Headers")).isEqualTo(allowed);
        assertThat(reply.value("Access-Control-Expose-Headers")).isEqualTo(exposed);
        assertThat(reply.values("Content-Type")).isEmpty();
        assertThat(reply.values("Content-Length")).isEmpty();
      }
      RawMessage error = client.exchange(request("GET", target, ""));
      assertThat(error.status()).isEqualTo(502);
      assertThat(error.value("Access-Control-Expose-Headers")).isEqualTo(exposed);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /, true, 502",
    "OPTIONS, *, true, 502",
    "OPTIONS, /, false, 502",
    "OPTIONS, /, true, 204",
    "options, /, true, 502",
  })
  void onlyAPreflightIsAnswered(String method, String target, boolean asks, int status)
      throws Exception {
    try (TestGateway gateway = gateway();
        RawClient client = gateway.client()) {
      String fields = asks ? ASKS : "Origin: https://app.example\r\n";
      assertThat(client.exchange(request(method, target, fields)).status()).isEqualTo(status);
    }
  }

  @ParameterizedTest
  @CsvSource({"gateway.connections-max, 503", "gateway.connections-per-client-max, 429"})
  void aConnectionThatIsRefusedIsAnsweredToo(String limit, int status) throws Exception {
    try (TestGateway gateway = gateway(limit, "1", "gateway.trusted-proxies", "unix:");
        RawClient first = gateway.client()) {
      assertThat(first.exchange(request("OPTIONS", "/", ASKS)).status()).isEqualTo(204);
      first.send("GET / HTTP/1.1\r\n").awaitTaken(); // an idle one would make room
      try (RawClient second = gateway.client();
          RawClient third = gateway.client()) {
        RawMessage reply = second.exchange(request("OPTIONS", "/", ASKS));
        assertThat(reply.status()).isEqualTo(204);
        assertThat(reply.value("Connection")).isEqualTo("close");
        assertThat(reply.values("Retry-After")).isEmpty();
        assertThat(third.exchange(request("GET", "/", "")).status()).isEqualTo(status);
      }
    }
  }

  @Test
  void theLogAndTheMetersTellWhyNoWorkerTookIt() throws Exception {
    Path log = directory.resolve("access.log");
    try (TestGateway gateway =
            gateway("gateway.access-log", "combined", "gateway.access-log.file", log.toString());
        RawClient client = gateway.client()) {
      client.exchange(request("OPTIONS", "/sync", ASKS));
      List<String> lines =
          await()
              .until(
                  () -> Files.exists(log) ? Files.readAllLines(log) : List.of(), l -> !l.isEmpty());
      assertThat(lines.get(0))
          .contains("\"OPTIONS /sync HTTP/1.1\" 204 0 ", " failure=worker_unreachable ");
      assertThat(gateway.metrics()).containsPattern("outcome=\"worker_unreachable\".* 1\\.0");
    }
  }

  @Test
  void aWorkersOwnAnswerStays() throws Exception {
    String reply = "HTTP/1.1 503 x\r\nContent-Length: 2\r\n\r\nok";
    try (ScriptedWorker main =
            ScriptedWorker.at(
                directory.resolve("inbound_main.sock"), ScriptedWorker.replying(reply));
        TestGateway gateway = gateway();
        RawClient client = gateway.client()) {
      assertThat(client.exchange(request("OPTIONS", "/", ASKS)).status()).isEqualTo(503);
      assertThat(main.requests()).hasSize(1);
    }
  }
}
