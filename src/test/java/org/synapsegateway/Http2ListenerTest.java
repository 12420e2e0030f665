// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.http2.FrameClient;
import org.synapsegateway.http2.FrameClient.Frame;
import org.synapsegateway.tls.TestCertificate;
import org.synapsegateway.wire.ScriptedWorker;

/** HTTP/2 on a listener for https: agreed on in the handshake, and taken leave of at the end. */
class Http2ListenerTest {
  @TempDir Path directory;
  private TestGateway gateway;

  private Path socket() {
    return directory.resolve("w.sock");
  }

  private void start(String listener, String... properties) throws Exception {
    Path certificate = directory.resolve("certificate");
    TestCertificate.of("example.org").writeTo(certificate);
    List<String> all = new ArrayList<>(List.of(properties));
    all.addAll(
        List.of("gateway.listen", listener, "gateway.tls.certificates", certificate.toString()));
    gateway =
        TestGateway.withSteps(
            directory, "- to: worker:unix:" + socket(), all.toArray(String[]::new));
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
  }

  private SSLSocket handshake(String... protocols) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), gateway.frontDoor().localPort());
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static String body(FrameClient client, int stream) throws IOException {
    StringBuilder body = new StringBuilder();
    Frame frame;
    do {
      frame = client.next(each -> each.stream() == stream && each.type() <= FrameClient.HEADERS);
      body.append(frame.type() == FrameClient.DATA ? frame.text() : "");
    } while (!frame.endsStream());
    return body.toString();
  }

  // ---- what is spoken

  @Test
  void theHandshakeDecidesWhatIsSpoken() throws Exception {
    start("https://127.0.0.1:0");
    String body = "b".repeat(100_000);
    String reply = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + body;
    try (ScriptedWorker worker = ScriptedWorker.at(socket(), ScriptedWorker.replying(reply))) {
      SSLSocket second = handshake("http/1.1", "h2");
      assertThat(second.getApplicationProtocol()).isEqualTo("h2");
      try (FrameClient client = new FrameClient(second).begin(4, 1_000_000)) {
        client.number(FrameClient.WINDOW_UPDATE, 0, 10_000_000);
        for (int stream = 1; stream < 40; stream += 2) {
          client.request(stream, true, "GET", "/");
          assertThat(body(client, stream)).isEqualTo(body);
        }
      }
      for (String[] protocols : new String[][] {{"http/1.1"}, {}}) {
        try (SSLSocket first = handshake(protocols)) {
          assertThat(first.getApplicationProtocol()).isEqualTo(String.join("", protocols));
          first.getOutputStream().write("GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(US_ASCII));
          assertThat(new String(first.getInputStream().readNBytes(15), US_ASCII))
              .isEqualTo("HTTP/1.1 200 OK");
        }
      }
      assertThat(worker.requests()).hasSize(22);
    }
    assertThat(gateway.metrics())
        .contains(
            "gateway_client_protocols_total{version=\"1\"} 2.0\n",
            "gateway_client_protocols_total{version=\"2\"} 20.0\n",
            "gateway_client_connection_uses_total{connection=\"new\"} 3.0\n");
  }

  @Test
  void aSettingTurnsItOff() throws Exception {
    start("https://127.0.0.1:0", "gateway.http2", "off");
    try (SSLSocket socket = handshake("h2", "http/1.1")) {
      assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
    }
  }

  @Test
  void aListenerMayOfferItNevertheless() throws Exception {
    start("https://127.0.0.1:0?h2", "gateway.http2", "off");
    try (SSLSocket socket = handshake("h2", "http/1.1")) {
      assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
    }
  }

  @Test
  void moreRequestsAtOnceThanAreAllowedAreRefused() throws Exception {
    start("https://127.0.0.1:0", "gateway.http2-streams-max", "2");
    CountDownLatch answer = new CountDownLatch(1);
    ScriptedWorker.Script script =
        connection -> {
          connection.nextRequest();
          answer.await();
        };
    try (ScriptedWorker worker = ScriptedWorker.at(socket(), script);
        FrameClient client = new FrameClient(handshake("h2")).begin()) {
      for (int stream = 1; stream <= 5; stream += 2) {
        client.request(stream, true, "GET", "/");
      }
      assertThat(client.next(FrameClient.RST_STREAM).stream()).isEqualTo(5);
      worker.awaitRequest(1);
      answer.countDown();
    }
  }

  @Test
  void requestsCountAsConnectionsDo() throws Exception {
    start(
        "https://127.0.0.1:0",
        "gateway.connections-per-client-max",
        "3",
        "gateway.trusted-proxies",
        "192.0.2.1");
    CountDownLatch answer = new CountDownLatch(1);
    ScriptedWorker.Script script =
        connection -> {
          connection.nextRequest();
          answer.await();
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        };
    try (ScriptedWorker worker = ScriptedWorker.at(socket(), script);
        FrameClient client = new FrameClient(handshake("h2")).begin()) {
      for (int stream = 1; stream <= 5; stream += 2) {
        client.request(stream, true, "GET", "/");
      }
      worker.awaitRequest(2);
      client.request(7, true, "GET", "/");
      assertThat(client.fields(client.next(FrameClient.HEADERS))).contains(":status=429");
      answer.countDown();
      for (int stream = 1; stream <= 5; stream += 2) {
        client.next(frame -> frame.endsStream() && frame.stream() < 7);
      }
      client.request(9, true, "GET", "/");
      assertThat(body(client, 9)).isEqualTo("ok");
    }
  }

  // ---- the end of the gateway

  private static int lastOf(Frame goAway) {
    return Unpooled.wrappedBuffer(goAway.payload()).getInt(0);
  }

  private static List<Frame> untilEnd(FrameClient client) throws IOException {
    List<Frame> frames = new ArrayList<>();
    try {
      while (true) {
        frames.add(client.next());
      }
    } catch (EOFException e) {
      return frames;
    }
  }

  private CompletableFuture<Void> closing() {
    return CompletableFuture.runAsync(() -> gateway.frontDoor().close(10_000));
  }

  @Test
  void whatIsOnItsWayWhenTheGatewayStopsIsServed() throws Exception {
    start("https://127.0.0.1:0");
    try (ScriptedWorker worker = ScriptedWorker.at(socket(), ScriptedWorker.saying("ok"));
        FrameClient client = new FrameClient(handshake("h2")).begin()) {
      client.request(1, true, "GET", "/a");
      assertThat(body(client, 1)).isEqualTo("ok");
      CompletableFuture<Void> stopped = closing();
      assertThat(lastOf(client.next(FrameClient.GOAWAY))).isEqualTo(Integer.MAX_VALUE);
      client.next(FrameClient.PING);
      client.request(3, true, "GET", "/b");
      client.frame(FrameClient.PING, FrameClient.ACK, 0, new byte[8]);

      List<Frame> rest = untilEnd(client);
      assertThat(rest)
          .filteredOn(frame -> frame.type() == FrameClient.DATA && frame.payload().length > 0)
          .extracting(Frame::stream, Frame::text)
          .containsExactly(tuple(3, "ok"));
      assertThat(rest)
          .filteredOn(frame -> frame.type() == FrameClient.GOAWAY)
          .extracting(Http2ListenerTest::lastOf)
          .containsExactly(3);
      assertThat(worker.requests()).hasSize(2);
      stopped.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void whoHasSaidNothingSinceTheHandshakeIsServedWhenTheGatewayStops() throws Exception {
    start("https://127.0.0.1:0");
    try (ScriptedWorker worker = ScriptedWorker.at(socket(), ScriptedWorker.saying("ok"));
        FrameClient client = new FrameClient(handshake("h2"))) {
      assertThat(client.next().type()).isEqualTo(FrameClient.SETTINGS);
      CompletableFuture<Void> stopped = closing();
      assertThat(lastOf(client.next(FrameClient.GOAWAY))).isEqualTo(Integer.MAX_VALUE);
      client.begin().request(1, true, "GET", "/a");
      client.frame(FrameClient.PING, FrameClient.ACK, 0, new byte[8]);

      assertThat(body(client, 1)).isEqualTo("ok");
      untilEnd(client);
      assertThat(worker.requests()).hasSize(1);
      stopped.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void beforeAStopAConnectionEndsWithItsNextReply() throws Exception {
    start("https://127.0.0.1:0");
    try (ScriptedWorker worker = ScriptedWorker.at(socket(), ScriptedWorker.saying("ok"));
        FrameClient client = new FrameClient(handshake("h2")).begin()) {
      client.request(1, true, "GET", "/a");
      assertThat(body(client, 1)).isEqualTo("ok");
      gateway.frontDoor().announceEnd();
      client.request(3, true, "GET", "/b");
      assertThat(lastOf(client.next(FrameClient.GOAWAY))).isEqualTo(Integer.MAX_VALUE);
      client.next(FrameClient.PING);
      client.frame(FrameClient.PING, FrameClient.ACK, 0, new byte[8]);

      List<Frame> rest = untilEnd(client);
      assertThat(rest)
          .filteredOn(frame -> frame.type() == FrameClient.GOAWAY)
          .extracting(Http2ListenerTest::lastOf)
          .containsExactly(3);
      assertThat(worker.requests()).hasSize(2);
    }
  }

  @Test
  void aPollThatIsHeldWhenTheGatewayStopsIsAnswered() throws Exception {
    start("https://127.0.0.1:0");
    CountDownLatch answer = new CountDownLatch(1);
    ScriptedWorker.Script script =
        connection -> {
          connection.nextRequest();
          answer.await();
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        };
    try (ScriptedWorker worker = ScriptedWorker.at(socket(), script);
        FrameClient client = new FrameClient(handshake("h2")).begin()) {
      client.request(1, true, "GET", "/sync");
      worker.awaitRequest(0);
      CompletableFuture<Void> stopped = closing();
      // the client answers no ping, and is told of the end all the same
      client.next(frame -> frame.type() == FrameClient.GOAWAY && lastOf(frame) == 1);
      answer.countDown();
      assertThat(body(client, 1)).isEqualTo("ok");
      stopped.get(10, TimeUnit.SECONDS);
      assertThat(untilEnd(client)).isEmpty();
    }
  }
}
