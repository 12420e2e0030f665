// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.TestGateway;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** The largest request body of a worker, on real sockets. */
class BodyLimitTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String TOO_LARGE =
      "{\"errcode\":\"M_TOO_LARGE\",\"error\":\"The request body is too large\"}";

  @TempDir Path directory;
  private Path socket;

  @BeforeEach
  void nameSocket() {
    socket = directory.resolve("w.sock");
  }

  private TestGateway gateway(String bodyMax) throws Exception {
    return TestGateway.withSteps(directory, "- to: worker:unix:" + socket + "?bodyMax=" + bodyMax);
  }

  private static String withLength(long length, String fields) {
    return "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: " + length + "\r\n" + fields + "\r\n";
  }

  private static String chunk(int length) {
    return Integer.toHexString(length) + "\r\n" + "a".repeat(length) + "\r\n";
  }

  private static void assertTooLarge(RawMessage reply) {
    assertThat(reply.status()).isEqualTo(413);
    assertThat(reply.content()).isEqualTo(TOO_LARGE);
    assertThat(reply.value("Connection")).isEqualTo("close");
  }

  /** nginx is such a client: it sends a body that it has on disk without a look at the reply. */
  @Test
  void whoSendsTheWholeBodyFirstReadsTheRefusal() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(OK));
        TestGateway gateway = gateway("1KiB");
        RawClient client = gateway.client()) {
      client.send(withLength(64 << 20, ""));
      String part = "a".repeat(1 << 20);
      for (int i = 0; i < 64; i++) {
        client.send(part);
      }

      assertTooLarge(client.readReply());
      assertThat(worker.connections()).isEmpty();
    }
  }

  @Test
  void aBodyOfTheLargestLengthPasses() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(OK));
        TestGateway gateway = gateway("1KiB");
        RawClient client = gateway.client()) {
      RawMessage reply = client.exchange(withLength(1024, "") + "a".repeat(1024));

      assertThat(reply.content()).isEqualTo("ok");
      assertThat(worker.requests().get(0).content()).hasSize(1024);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Expect: 100-continue\r\n"})
  void aLargerOneIsRefusedBeforeAByteOfItIsReadAndBeforeAWorkerIsAsked(String fields)
      throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(OK));
        TestGateway gateway = gateway("1KiB");
        RawClient client = gateway.client()) {
      assertTooLarge(client.exchange(withLength(1025, fields)));

      client.endOutput();
      assertThat(client.readToEnd()).isEmpty();
      assertThat(worker.connections()).isEmpty();
      assertThat(worker.receivedBytes()).isZero();
    }
  }

  @Test
  void whoHasSentTheLargeBodyAlreadyCanReadWhyItWasRefused() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(OK));
        TestGateway gateway = gateway("1KiB");
        RawClient client = gateway.client()) {
      client.send(withLength(1_000_000, "") + "a".repeat(1_000_000));

      assertTooLarge(client.readReply());
      assertThat(worker.receivedBytes()).isZero();
    }
  }

  @Test
  void chunksPassAsLongAsTheirSumIsNotLarger() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(OK));
        TestGateway gateway = gateway("1KiB");
        RawClient client = gateway.client()) {
      RawMessage reply =
          client.exchange(
              "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + chunk(1000)
                  + chunk(24)
                  + "0\r\n\r\n");

      assertThat(reply.content()).isEqualTo("ok");
      assertThat(worker.requests().get(0).content()).hasSize(1024);
    }
  }

  @Test
  void whatIsMalformedBehindTooManyIsNotAnsweredOnceMore() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, connection -> connection.awaitEnd());
        TestGateway gateway = gateway("1KiB");
        RawClient client = gateway.client()) {
      client.send("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(1000));
      await().until(() -> worker.receivedBytes() > 1000);
      client.send(chunk(1000) + "no size\r\n");

      assertTooLarge(client.readReply());
      client.endOutput();
      assertThat(client.readToEnd()).isEmpty();
      assertThat(gateway.metrics())
          .contains("outcome=\"body_too_large\"")
          .doesNotContain("outcome=\"bad_request\"");
    }
  }

  @Test
  void chunksThatAreTooManyAreCutAndNeverTakenForAWholeBody() throws Exception {
    Path other = directory.resolve("x.sock");
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextHead();
                  connection.awaitEnd();
                });
        ScriptedWorker next = ScriptedWorker.at(other, ScriptedWorker.replying(OK));
        TestGateway gateway =
            TestGateway.withSteps(
                directory, Ring.of("?bodyMax=1KiB", "unix:" + socket, "unix:" + other));
        RawClient client = gateway.client()) {
      client.send("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(1000));
      ScriptedWorker.Connection cut = worker.awaitConnection(0);
      client.awaitTaken();
      client.send(chunk(25) + "0\r\n\r\n" + "a".repeat(300_000));

      assertTooLarge(client.readReply());
      await().until(() -> worker.openConnections() == 0);
      assertThat(cut.wire().unread()).doesNotContain("0\r\n\r\n");
      assertThat(worker.requests()).isEmpty();
      assertThat(next.connections()).isEmpty();
    }
  }

  @Test
  void chunksThatAreTooManyCutTheReplyThatCameBeforeThem() throws Exception {
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextHead();
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
                  connection.awaitEnd();
                });
        TestGateway gateway = gateway("1KiB");
        RawClient client = gateway.client()) {
      client.send("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(1000));
      assertThat(client.readHead().line()).isEqualTo("HTTP/1.1 200 OK");
      client.send(chunk(25) + "0\r\n\r\n");

      client.awaitEnd();
      await().until(() -> worker.openConnections() == 0);
      assertThat(worker.requests()).isEmpty();
    }
  }

  @Test
  void zeroLetsNoBodyPassButTheEmptyOne() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(OK));
        TestGateway gateway = gateway("0B");
        RawClient client = gateway.client()) {
      assertThat(client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status()).isEqualTo(200);
      assertThat(client.exchange(withLength(0, "")).status()).isEqualTo(200);
      assertThat(
              client
                  .exchange(
                      "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
                  .status())
          .isEqualTo(200);
      assertTooLarge(client.exchange(withLength(1, "") + "a"));
      assertThat(worker.requests()).hasSize(3);
    }
  }

  @Test
  void theSettingCountsWhereTheUriSaysNothing() {
    Settings settings =
        new Settings(
            key ->
                key.equals(Setting.WORKER_BODY_MAX.key()) ? Optional.of("5GiB") : Optional.empty());
    WorkerEndpoint worker =
        new WorkerEndpoint("worker:unix:/a", new WorkerComponent(), "unix:/a", settings);

    assertThat(worker.bodyMaxBytes()).isEqualTo(5L << 30);
    worker.getConfiguration().setBodyMax("50MiB");
    assertThat(worker.bodyMaxBytes()).isEqualTo(50L << 20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"50", "50MB", "-1B", "many", ""})
  void aSizeWithoutAKnownUnitIsRefused(String text) {
    WorkerEndpoint worker =
        new WorkerEndpoint("worker:unix:/a", new WorkerComponent(), "unix:/a", Settings.defaults());

    assertThatThrownBy(() -> worker.getConfiguration().setBodyMax(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "worker:unix:/a bodyMax = \""
                + text
                + "\": write a size with its unit, for example 512B, 16KiB or 50MiB");
  }
}
