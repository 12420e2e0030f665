// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.TestGateway;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.wire.Wire;

/** A client that waits for 100 (Continue), and a worker that says no at once and closes. */
class ExpectTest {
  private static final String REFUSAL = "{\"errcode\":\"M_MISSING_TOKEN\"}";
  private static final String WITH_LENGTH =
      "HTTP/1.1 401 Unauthorized\r\nContent-Length: 29\r\n\r\n" + REFUSAL;
  private static final String UNTIL_CLOSE =
      "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n" + REFUSAL;

  @TempDir Path directory;
  private TestGateway gateway;
  private Path socket;

  @BeforeEach
  void start() throws Exception {
    socket = directory.resolve("w.sock");
    gateway = TestGateway.withSteps(directory, "- to: worker:unix:" + socket);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  /** Replies when it has the head, and closes. */
  private ScriptedWorker refusing(String reply) throws Exception {
    return ScriptedWorker.at(
        socket,
        connection -> {
          connection.nextHead();
          connection.send(reply);
        });
  }

  private static String upload(String framing) {
    return "POST /_matrix/media/v3/upload HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
        + framing
        + "\r\n\r\n";
  }

  @ParameterizedTest
  @CsvSource({
    "Content-Length: 50000000, true",
    "Content-Length: 50000000, false",
    "Transfer-Encoding: chunked, true",
    "Transfer-Encoding: chunked, false",
  })
  void anEarlyNoComesWholeAndTheBodyIsNotWaitedFor(String framing, boolean hasLength)
      throws Exception {
    try (ScriptedWorker worker = refusing(hasLength ? WITH_LENGTH : UNTIL_CLOSE);
        RawClient client = gateway.client()) {
      RawMessage reply = client.exchange(upload(framing));
      assertThat(reply.status()).isEqualTo(401);
      assertThat(reply.content()).isEqualTo(REFUSAL);
      assertThat(reply.value("Connection")).isEqualTo("close");
      assertThat(client.awaitEnd()).isEqualTo(Wire.End.CLOSED);
      assertThat(worker.connections()).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"Content-Length: 50000000, x", "Transfer-Encoding: chunked, '2710\r\n'"})
  void aClientThatSendsItsBodyAllTheSameCanReadTheNo(String framing, String start)
      throws Exception {
    try (ScriptedWorker worker = refusing(WITH_LENGTH);
        RawClient client = gateway.client()) {
      client.send(upload(framing) + start + "x".repeat(10_000));
      RawMessage reply = client.readReply();
      assertThat(reply.content()).isEqualTo(REFUSAL);
      client.send("x".repeat(100_000));
      assertThat(client.awaitEnd()).isEqualTo(Wire.End.CLOSED);
      assertThat(worker.connections()).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"Content-Length: 3, abc", "Transfer-Encoding: chunked, '3\r\nabc\r\n0\r\n\r\n'"})
  void aClientThatIsToldToGoOnDoes(String framing, String body) throws Exception {
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  var head = connection.nextHead();
                  connection.send("HTTP/1.1 100 Continue\r\n\r\n");
                  connection.readBody(head);
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                });
        RawClient client = gateway.client()) {
      client.send(upload(framing));
      assertThat(client.readHead().line()).isEqualTo("HTTP/1.1 100 Continue");
      assertThat(client.exchange(body).content()).isEqualTo("ok");
      assertThat(worker.requests().get(0).content()).isEqualTo("abc");
    }
  }

  @Test
  void whoIsToldToGoOnAndDoesNotIsTooSlowAndNotTheWorker() throws Exception {
    try (TestGateway patient =
            TestGateway.withSteps(
                Files.createDirectory(directory.resolve("other")),
                "- to: worker:unix:" + socket + "?sendTimeout=100ms",
                "gateway.client-body-timeout",
                "500ms");
        ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextHead();
                  connection.send("HTTP/1.1 100 Continue\r\n\r\n");
                  connection.awaitEnd();
                });
        RawClient client = patient.client()) {
      client.send(upload("Content-Length: 3"));
      assertThat(client.readHead().line()).isEqualTo("HTTP/1.1 100 Continue");
      assertThat(client.readReply().status()).isEqualTo(408);
      assertThat(worker.connections()).hasSize(1);
    }
  }

  @Test
  void aWorkerThatClosesWithoutAWordIsA502() throws Exception {
    try (ScriptedWorker worker = refusing("");
        RawClient client = gateway.client()) {
      assertThat(client.exchange(upload("Content-Length: 50000000")).status()).isEqualTo(502);
      assertThat(client.awaitEnd()).isEqualTo(Wire.End.CLOSED);
      assertThat(worker.connections()).hasSize(1);
    }
  }
}
