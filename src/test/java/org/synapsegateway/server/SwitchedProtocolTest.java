// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.TestGateway;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawHead;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.wire.Wire;

/** A worker whose URI allows it, and a client, go on in another protocol. */
class SwitchedProtocolTest {
  private static final String ASKED =
      "GET /socket HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\n"
          + "Upgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n";

  private static final String SWITCHED =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Accept: y\r\n\r\n";

  @TempDir Path directory;
  private ScriptedWorker worker;
  private TestGateway gateway;

  private void start(String options, ScriptedWorker.Script script) throws Exception {
    worker = ScriptedWorker.at(directory.resolve("w.sock"), script);
    gateway = TestGateway.withSteps(directory, "- to: worker:unix:" + worker.path() + options);
  }

  @AfterEach
  void stop() {
    gateway.close();
    worker.close();
  }

  /** Switches, and sends back what comes, until "bye". */
  private static void echo(ScriptedWorker.Connection connection) throws Exception {
    connection.nextRequest();
    connection.send(SWITCHED + "hello");
    for (String word = connection.read(3); !word.equals("bye"); word = connection.read(3)) {
      connection.send("<" + word + ">");
    }
    connection.close();
  }

  @Test
  void bytesPassBothWaysUntilTheWorkerEnds() throws Exception {
    start("?upgrade=true", SwitchedProtocolTest::echo);
    try (RawClient client = gateway.client()) {
      client.send(ASKED + "one"); // and does not wait
      RawHead head = client.readHead();
      assertThat(head.text()).startsWith("HTTP/1.1 101 ");
      assertThat(head.value("Upgrade")).isEqualTo("websocket");
      assertThat(head.value("Connection")).isEqualTo("Upgrade");
      assertThat(head.value("Sec-WebSocket-Accept")).isEqualTo("y");
      assertThat(client.read(10)).isEqualTo("hello<one>");
      client.send("two");
      assertThat(client.read(5)).isEqualTo("<two>");
      client.send("\0\r\n");
      assertThat(client.read(5)).isEqualTo("<\0\r\n>");
      client.send("bye");
      assertThat(client.readToEnd()).isEmpty();
    }
    RawMessage asked = worker.awaitRequest(0);
    assertThat(asked.value("Upgrade")).isEqualTo("websocket");
    assertThat(asked.value("Connection")).isEqualTo("Upgrade");
    assertThat(asked.value("Sec-WebSocket-Key")).isEqualTo("x");
    await().until(() -> gateway.metrics().contains("gateway_requests_in_flight 0.0"));
  }

  @Test
  void theWorkerHearsOfTheClientsEnd() throws Exception {
    start(
        "?upgrade=true",
        connection -> {
          connection.nextRequest();
          connection.send(SWITCHED);
          connection.awaitEnd();
        });
    try (RawClient client = gateway.client()) {
      client.send(ASKED);
      client.readHead();
    }
    await().until(() -> worker.openConnections() == 0);
    await().until(() -> gateway.frontDoor().connectionCount() == 0);
  }

  @Test
  void muchPassesAtThePaceOfWhoTakesIt() throws Exception {
    int size = 3_000_000;
    start(
        "?upgrade=true",
        connection -> {
          connection.nextRequest();
          connection.send(SWITCHED);
          String all = connection.read(size);
          connection.send(all);
          connection.close();
        });
    try (RawClient client = RawClient.connectNarrow(gateway.port())) {
      client.send(ASKED);
      client.readHead();
      String sent = "0123456789".repeat(size / 10);
      client.send(sent);
      assertThat(client.readToEnd()).isEqualTo(sent);
    }
  }

  @Test
  void anotherAnswerIsTheReplyAndTheConnectionGoesOn() throws Exception {
    start("?upgrade=true", ScriptedWorker.saying("no"));
    try (RawClient client = gateway.client()) {
      assertThat(client.exchange(ASKED).content()).isEqualTo("no");
      assertThat(client.exchange(ASKED).content()).isEqualTo("no");
    }
    assertThat(worker.connections()).hasSize(1);
  }

  @Test
  void whoSwitchesMustSayToWhat() throws Exception {
    start("?upgrade=true", ScriptedWorker.replying("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
    try (RawClient client = gateway.client()) {
      assertThat(client.exchange(ASKED).status()).isEqualTo(502);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''            | GET /s HTTP/1.1  | Connection: Upgrade & Upgrade: websocket
          ?upgrade=true | GET /s HTTP/1.0  | Connection: Upgrade & Upgrade: websocket
          ?upgrade=true | GET /s HTTP/1.1  | Upgrade: websocket
          ?upgrade=true | GET /s HTTP/1.1  | Connection: Upgrade
          ?upgrade=true | POST /s HTTP/1.1 | Connection: Upgrade & Upgrade: websocket
          ?upgrade=true | GET /s HTTP/1.1  | Connection: Upgrade & Upgrade: h2c
          ?upgrade=true | GET /s HTTP/1.1  | Connection: Upgrade & Upgrade: websocket, H2C
          ?upgrade=true | GET /s HTTP/1.1  | Connection: Upgrade & Upgrade: HTTP/2.0
          ?upgrade=true | GET /s HTTP/1.1  | Connection: Upgrade & Upgrade: TLS/1.0, websocket
          ?upgrade=true | GET /s HTTP/1.1  | Connection: Upgrade & Upgrade: websocket & Upgrade: other
          ?upgrade=true | GET /s HTTP/1.1  | Connection: Upgrade & Upgrade: websocket & Content-Length: 3
          """)
  void whatMayNotSwitchDoesNot(String options, String line, String fields) throws Exception {
    start(options, ScriptedWorker.replying(SWITCHED));
    try (RawClient client = gateway.client()) {
      String body = fields.contains("Content-Length") ? "abc" : "";
      client.send(line + "\r\nHost: h\r\n" + fields.replace(" & ", "\r\n") + "\r\n\r\n" + body);
      assertThat(client.readHead().text()).as("unasked").startsWith("HTTP/1.1 502 ");
    }
    assertThat(worker.awaitRequest(0).head().text()).doesNotContainIgnoringCase("upgrade");
  }

  @Test
  void whoIsSilentOnBothSidesIsEnded() throws Exception {
    start("?upgrade=true&readTimeout=300ms", SwitchedProtocolTest::echo);
    try (RawClient client = gateway.client()) {
      client.send(ASKED);
      client.readHead();
      assertThat(client.read(5)).isEqualTo("hello");
      assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.NONE);
    }
  }
}
