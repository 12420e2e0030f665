// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.tls.TestCertificate;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.wire.TlsRelay;

/** A listener for https, from certificates in files to bytes at a worker. */
class TlsListenerTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

  @TempDir Path directory;
  private Path certificate;
  private Path socket;
  private TestGateway gateway;
  private TlsRelay relay;

  @BeforeEach
  void start() throws Exception {
    certificate = directory.resolve("certificate");
    socket = directory.resolve("w.sock");
    TestCertificate.of("example.org").writeTo(certificate);
    gateway = gateway();
    relay = new TlsRelay(gateway.frontDoor().localPort());
  }

  private TestGateway gateway(String... more) throws Exception {
    List<String> properties =
        new ArrayList<>(
            List.of(
                "gateway.listen",
                "https://127.0.0.1:0",
                "gateway.tls.certificates",
                certificate.toString()));
    properties.addAll(List.of(more));
    return TestGateway.withSteps(
        directory, "- to: worker:unix:" + socket, properties.toArray(String[]::new));
  }

  @AfterEach
  void stop() throws Exception {
    relay.close();
    gateway.close();
  }

  @Test
  void requestsAndRepliesPassAsWithoutTls() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.echo());
        RawClient client = RawClient.connect(relay.port())) {
      assertThat(client.exchange(GET).content()).contains("X-Forwarded-Proto: https\r\n");
      String body = "a".repeat(1_000_000);
      RawMessage reply =
          client.exchange(
              "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
      assertThat(reply.content()).endsWith(body);
      assertThat(worker.connections()).hasSize(1);
    }
    assertThat(gateway.metrics())
        .containsPattern("gateway_tls_handshakes_total\\{kind=\"full\",version=\"TLSv1.3\"\\} 1.0")
        .containsPattern(
            "gateway_certificate_expires_seconds\\{certificate=\"example.org\",file=\".*/certificate/fullchain.pem\"\\} 77\\d{5}");
  }

  @Test
  void plainHttpIsToldSo() throws Exception {
    try (RawClient client = RawClient.connect(gateway.frontDoor().localPort())) {
      RawMessage reply = client.exchange(GET);
      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.content())
          .isEqualTo(
              "{\"errcode\":\"M_UNKNOWN\",\"error\":\"This port speaks https, and the request is plain http\"}");
      client.awaitEnd();
    }
    assertThat(gateway.metrics())
        .contains("gateway_tls_handshakes_failed_total{reason=\"not_tls\"} 1.0");
  }

  @Test
  void aRenewedCertificateIsServedAndABrokenOneIsNot() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.echo());
        RawClient before = RawClient.connect(relay.port())) {
      before.exchange(GET);
      TestCertificate.of("renewed.example.org").writeTo(certificate);
      await()
          .untilAsserted(
              () -> assertThat(gateway.metrics()).contains("certificate=\"renewed.example.org\""));
      Files.writeString(certificate.resolve("privkey.pem"), "no key");
      await()
          .untilAsserted(
              () -> assertThat(gateway.metrics()).contains("gateway_certificates_refused 1.0"));
      assertThat(gateway.metrics()).contains("certificate=\"renewed.example.org\"");
      // the connection from before goes on, and new ones come
      assertThat(before.exchange(GET).status()).isEqualTo(200);
      try (RawClient after = RawClient.connect(relay.port())) {
        assertThat(after.exchange(GET).status()).isEqualTo(200);
      }
      assertThat(worker.requests()).hasSize(3);
    }
  }

  @Test
  void aClientInTheHandshakeIsServedBeforeAStop() throws Exception {
    int port = gateway.frontDoor().localPort();
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.echo());
        RawClient silent = RawClient.connect(port);
        HesitantRelay hesitant = new HesitantRelay(port);
        TlsRelay throughIt = new TlsRelay(hesitant.port());
        RawClient client = RawClient.connect(throughIt.port())) {
      client.send(GET);
      hesitant.awaitBegun();
      CompletableFuture<Void> stop = CompletableFuture.runAsync(gateway::close);
      silent.awaitEnd(); // as long as the gateway waits for those that say nothing
      hesitant.goOn();
      RawMessage reply = client.readReply("GET");
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.value("Connection")).isEqualTo("close");
      client.awaitEnd();
      stop.join();
      assertThat(worker.requests()).hasSize(1);
    }
  }

  /** A stop gives a handshake its time once: whoever does not go on does not hold it up. */
  @Test
  void aHandshakeThatDoesNotGoOnHasItsTimeOnceAtAStop() throws Exception {
    gateway.close();
    try (LogCapture log = LogCapture.ofAll();
        TestGateway hurried = gateway("gateway.client-head-timeout", "1500ms");
        RawClient before = RawClient.connect(hurried.port());
        RawClient after = RawClient.connect(hurried.port())) {
      before.send("\u0016");
      await().until(() -> hurried.frontDoor().connectionCount() == 2);
      CompletableFuture<Void> stop = CompletableFuture.runAsync(hurried::close);
      await().until(() -> !hurried.frontDoor().isOpen());
      after.send("\u0016"); // within the moment that one has who says nothing
      before.awaitEnd();
      after.awaitEnd();
      stop.join();
      assertThat(log.messages()).noneMatch(line -> line.contains("are cut"));
    }
  }

  /** Leads on the first byte of one connection, and the others when it is told. */
  private static final class HesitantRelay implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch goesOn = new CountDownLatch(1);

    private HesitantRelay(int to) throws IOException {
      new Thread(() -> lead(to)).start();
    }

    private int port() {
      return listener.getLocalPort();
    }

    private void awaitBegun() throws InterruptedException {
      begun.await();
    }

    private void goOn() {
      goesOn.countDown();
    }

    private void lead(int to) {
      try (Socket from = listener.accept();
          Socket server = new Socket(InetAddress.getLoopbackAddress(), to)) {
        server.getOutputStream().write(from.getInputStream().read());
        begun.countDown();
        goesOn.await();
        Thread back = new Thread(() -> pump(server, from));
        back.start();
        pump(from, server);
        back.join();
      } catch (IOException | InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    private static void pump(Socket from, Socket to) {
      try {
        from.getInputStream().transferTo(to.getOutputStream());
        to.shutdownOutput();
      } catch (IOException e) {
        // one of them has ended
      }
    }

    @Override
    public void close() throws IOException {
      goOn();
      listener.close();
    }
  }

  @Test
  void aStartWithoutAUsableCertificateFails() throws Exception {
    Files.delete(certificate.resolve("privkey.pem"));
    assertThatThrownBy(this::gateway)
        .hasMessageContaining(certificate.resolve("privkey.pem") + ": there is no such file");
  }
}
