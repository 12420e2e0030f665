// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.fuzz.Choices;
import org.synapsegateway.fuzz.Fuzz;
import org.synapsegateway.fuzz.HttpBytes;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.http.HeadWriter;
import org.synapsegateway.http.Reading;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawHead;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.wire.Wire;

/**
 * A running gateway between clients and workers that mean harm, many at a time on real sockets.
 *
 * <p>After each lot it serves the next request, has no connection left, and has logged no accident.
 */
class GatewayFuzzTest {
  private static final int LOT = 16;
  private static final HeadLimits LIMITS = new HeadLimits(16 * 1024, 64 * 1024);
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String FRESH = "GET /fresh HTTP/1.1\r\nHost: h\r\n\r\n";

  @TempDir Path directory;
  private final Accidents accidents = new Accidents();
  private final List<RawClient> clients = new ArrayList<>();
  private TestGateway gateway;
  private Path socket;

  @BeforeEach
  void start() throws Exception {
    socket = directory.resolve("w.sock");
    gateway =
        TestGateway.withSteps(
            directory, "- to: worker:unix:" + socket + "?replyTimeout=5000ms&readTimeout=5000ms");
    accidents.watch();
  }

  @AfterEach
  void stop() {
    accidents.leave();
    gateway.close();
  }

  // ---- clients

  @Test
  void noClientGetsMoreToAWorkerThanTheRequestsItSent() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(OK))) {
      Fuzz.check(
          25,
          in -> {
            clients.forEach(RawClient::close);
            clients.clear();
            int before = worker.requests().size();
            List<String> allowed = new ArrayList<>();
            for (int i = 0; i < LOT; i++) {
              String text = in.text(HttpBytes.OF_CLIENTS::make);
              allowed.addAll(requests(text));
              clients.add(gateway.client());
              send(clients.get(i), text, in);
            }
            awaitReplies();
            assertServes();
            clients.forEach(RawClient::close);
            assertQuiet(worker);
            for (RawMessage request : worker.requests().subList(before, worker.requests().size())) {
              if (!request.target().equals("/fresh")) {
                assertThat(allowed.remove(key(request.head(), request.content())))
                    .as(request.toString())
                    .isTrue();
              }
            }
          });
    }
  }

  /** The requests in a text as they may reach a worker. */
  private static List<String> requests(String text) {
    List<String> requests = new ArrayList<>();
    Client client = new Client("127.0.0.1", null, "http");
    Reading.requests(
        List.of(text),
        LIMITS,
        (head, message) -> {
          ByteBuf out = Unpooled.buffer();
          HeadWriter.request(out, head, client, null, null, null);
          requests.add(key(rawHead(out), message.body()));
        });
    return requests;
  }

  private static RawHead rawHead(ByteBuf out) {
    try {
      return RawHead.of(out.toString(StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String key(RawHead head, String body) {
    return head.line() + "\n" + body;
  }

  /** Sends a text in up to three pieces, as far as the gateway takes it. */
  private static void send(RawClient client, String text, Choices in) {
    try {
      int first = in.below(text.length() + 1);
      int second = first + in.below(text.length() - first + 1);
      client.send(text.substring(0, first));
      client.send(text.substring(first, second));
      client.send(text.substring(second));
    } catch (IOException e) {
      // refused, and cut in the end
    }
  }

  /** Gives every request that came whole the time to be answered; others never are. */
  private void awaitReplies() throws IOException {
    long until = System.nanoTime() + Duration.ofMillis(40).toNanos();
    for (RawClient client : clients) {
      client.wire().awaitInput(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
    }
  }

  // ---- workers

  @Test
  void noWorkerMakesMoreOfAReplyThanItIs() throws Exception {
    Map<String, String> replies = new ConcurrentHashMap<>();
    try (ScriptedWorker worker =
        ScriptedWorker.at(socket, connection -> serve(connection, replies))) {
      Fuzz.check(
          25,
          in -> {
            clients.forEach(RawClient::close);
            clients.clear();
            replies.clear();
            List<String> methods = new ArrayList<>();
            boolean patient = in.oneIn(25);
            for (int i = 0; i < LOT; i++) {
              String end = patient ? in.of("close", "stay") : "close";
              replies.put("/" + i + "/" + end, in.text(HttpBytes.OF_WORKERS::make));
              methods.add(in.of("GET", "HEAD", "DELETE"));
              clients.add(gateway.client());
              clients
                  .get(i)
                  .send(methods.get(i) + " /" + i + "/" + end + " HTTP/1.1\r\nHost: h\r\n\r\n");
            }
            for (int i = 0; i < LOT; i++) {
              readReplies(clients.get(i), methods.get(i));
            }
            assertServes();
            clients.forEach(RawClient::close);
            assertQuiet(worker);
          });
    }
  }

  private static void serve(ScriptedWorker.Connection connection, Map<String, String> replies)
      throws IOException {
    for (RawMessage r = connection.nextRequest(); r != null; r = connection.nextRequest()) {
      connection.send(replies.getOrDefault(r.target(), OK));
      if (r.target().endsWith("/close")) {
        return;
      }
    }
  }

  /** The reply must be clean or cut, and what comes behind it the reply to the next request. */
  private static void readReplies(RawClient client, String method) throws IOException {
    try {
      RawMessage reply = client.readReply(method);
      while (reply.status() < 200) {
        reply = client.readReply(method);
      }
      if (!"close".equals(reply.value("Connection"))) {
        assertThat(client.exchange(FRESH).bytes()).isEqualTo(OK);
      }
    } catch (EOFException | SocketException e) {
      assertThat(client.wire().end()).isNotEqualTo(Wire.End.NONE);
    }
  }

  // ---- afterwards

  private void assertServes() throws IOException {
    try (RawClient client = gateway.client()) {
      assertThat(client.exchange(FRESH).bytes()).isEqualTo(OK);
    }
  }

  private void assertQuiet(ScriptedWorker worker) {
    await().until(() -> gateway.frontDoor().connectionCount() == 0);
    assertThat(worker.failure()).isNull();
    assertThat(worker.openConnections()).isLessThanOrEqualTo(2 * LOT);
    assertThat(accidents.found()).isEmpty();
  }
}
