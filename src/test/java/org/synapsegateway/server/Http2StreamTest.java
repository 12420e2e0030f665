// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.TestGateway;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Forwarded;
import org.synapsegateway.http2.FrameClient;
import org.synapsegateway.http2.FrameClient.Frame;
import org.synapsegateway.metrics.Meters;
import org.synapsegateway.net.SharedBudget;
import org.synapsegateway.settings.Listener;
import org.synapsegateway.wire.RawHead;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.wire.Wire;

/** Requests of HTTP/2 on their way through routes to a worker, and its replies. */
class Http2StreamTest {
  private static final int INITIAL_WINDOW_SIZE = 4;

  @TempDir Path directory;
  private final Meters meters = new Meters();
  private Path socket;
  private TestGateway gateway;
  private Channel listener;
  private FrameClient client;

  @BeforeEach
  void start() throws Exception {
    socket = directory.resolve("w.sock");
    gateway =
        TestGateway.withSteps(
            directory,
            "- to: worker:unix:" + socket,
            "gateway.access-log",
            "combined",
            "gateway.access-log.file",
            directory.resolve("access.log").toString(),
            "gateway.client-body-timeout",
            "2s",
            "gateway.client-send-timeout",
            "500ms");
    listener = listen(gateway.frontDoor(), known(gateway.frontDoor()));
    client = connect().begin();
  }

  /** Leads clients in that know that HTTP/2 is spoken. */
  private ChannelHandler known(FrontDoor door) {
    Gate gate = new Gate(door, Listener.http("127.0.0.1", 0), null, meters);
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        Client peer = Forwarded.peer(channel.remoteAddress(), "https", false);
        Http2Connection.add(door, gate, channel, door.loop(channel), peer, door.place(peer), null);
      }
    };
  }

  /** Listens with the gateway's loops. */
  private static Channel listen(FrontDoor door, ChannelHandler clients)
      throws InterruptedException {
    return new ServerBootstrap()
        .group(door.eventLoops())
        .channel(
            Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
        .childHandler(clients)
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .sync()
        .channel();
  }

  private FrameClient connect() throws IOException {
    InetSocketAddress address = (InetSocketAddress) listener.localAddress();
    return new FrameClient(new Socket(address.getAddress(), address.getPort()));
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    listener.close().sync();
    gateway.close();
  }

  private String body(int stream) throws IOException {
    StringBuilder body = new StringBuilder();
    Frame frame = client.next(each -> each.stream() == stream && each.type() <= 1);
    while (!frame.endsStream()) {
      if (frame.type() == FrameClient.DATA) {
        body.append(frame.text());
      }
      frame = client.next(each -> each.stream() == stream && each.type() <= 1);
    }
    return body.append(frame.type() == FrameClient.DATA ? frame.text() : "").toString();
  }

  @Test
  void aRequestReachesTheWorkerAsHttp1AndItsReplyComesBack() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.echo())) {
      client.request(1, true, "GET", "/a?b=c", "user-agent=x", "cookie=a", "cookie=b");
      Frame head = client.next(FrameClient.HEADERS);

      assertThat(client.fields(head).get(0)).isEqualTo(":status=200");
      assertThat(body(1))
          .startsWith("GET /a?b=c HTTP/1.1\r\nhost: h\r\nuser-agent: x\r\ncookie: a; b\r\n")
          .contains("X-Forwarded-For: 127.0.0.1\r\n", "X-Forwarded-Proto: https\r\n");
      assertThat(worker.requests()).hasSize(1);
    }
    await()
        .untilAsserted(
            () ->
                assertThat(directory.resolve("access.log")).content().contains(" HTTP/2.0\" 200 "));
  }

  @Test
  void oneConnectionToTheWorkerServesOneRequestAfterAnother() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.echo())) {
      for (int stream = 1; stream < 20; stream += 2) {
        client.request(stream, true, "GET", "/" + stream);
        assertThat(body(stream)).startsWith("GET /" + stream + " ");
      }
      assertThat(worker.connections()).hasSize(1);
    }
  }

  @Test
  void aBodyOfUnknownLengthGoesInChunksWithItsTrailers() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.echo())) {
      client.request(1, false, "POST", "/");
      client.data(1, false, "some").data(1, false, "thing").headers(1, true, "x-sum=1");

      assertThat(body(1))
          .contains("Transfer-Encoding: chunked\r\n")
          .endsWith("\r\n\r\n4\r\nsome\r\n5\r\nthing\r\n0\r\nx-sum: 1\r\n\r\n");
      assertThat(worker.requests()).hasSize(1);
    }
  }

  @Test
  void aBodyOfKnownLengthGoesAsItIs() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.echo())) {
      client.request(1, false, "PUT", "/", "content-length=9");
      client.data(1, false, "some").data(1, true, "thing");

      assertThat(body(1)).contains("content-length: 9\r\n").endsWith("\r\n\r\nsomething");
      assertThat(worker.requests()).hasSize(1);
    }
  }

  @Test
  void aBodyThatEndsTooEarlyNeverBecomesARequestOfTheWorker() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.echo())) {
      client.request(1, false, "PUT", "/", "content-length=9");
      client.data(1, true, "some");

      assertThat(client.next(FrameClient.RST_STREAM).number())
          .isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
      await().untilAsserted(() -> assertThat(worker.openConnections()).isZero());
      assertThat(worker.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"some, thing, x", "something, '', x", "something, '', xyz"})
  void aBodyThatGoesOnTooLongNeverBecomesARequestOfTheWorker(
      String first, String second, String more) throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.echo())) {
      client.request(1, false, "PUT", "/", "content-length=9");
      client.data(1, false, first).data(1, false, second);
      worker.awaitConnection(0);
      assertThat(client.untilPing()).noneMatch(frame -> frame.type() == FrameClient.HEADERS);
      client.data(1, true, more);

      assertThat(client.next(FrameClient.RST_STREAM).number())
          .isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
      await().untilAsserted(() -> assertThat(worker.openConnections()).isZero());
      assertThat(worker.requests()).isEmpty();
    }
  }

  @Test
  void aBodyWhereNoneIsToBeNeverBecomesARequestOfTheWorker() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.echo())) {
      client.request(1, false, "PUT", "/", "content-length=0");
      assertThat(client.untilPing()).noneMatch(frame -> frame.type() == FrameClient.HEADERS);
      client.data(1, true, "x");

      assertThat(client.fields(client.next(FrameClient.HEADERS)).get(0)).isEqualTo(":status=400");
      assertThat(client.next(FrameClient.RST_STREAM).number())
          .isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
      client.request(3, false, "PUT", "/3", "content-length=0").data(3, true, "");
      assertThat(body(3)).startsWith("PUT /3 ").contains("content-length: 0\r\n");
      client.request(5, false, "PUT", "/5", "content-length=0").headers(5, true, "x-sum=1");
      assertThat(body(5)).startsWith("PUT /5 ");
      assertThat(worker.requests()).hasSize(2);
    }
  }

  @Test
  void aLargeUploadGoesAtThePaceOfTheWorker() throws Exception {
    CountDownLatch reads = new CountDownLatch(1);
    ScriptedWorker.Script script =
        connection -> {
          RawHead head = connection.nextHead();
          connection.await(reads);
          connection.readBody(head);
          connection.send("HTTP/1.1 204 Done\r\n\r\n");
          connection.awaitEnd();
        };
    try (ScriptedWorker worker = ScriptedWorker.at(socket, script)) {
      int size = 40_000_000; // more than a window and what sockets hold
      client.request(1, false, "POST", "/", "content-length=" + size);
      int ofStream = 64 * 1024;
      int ofConnection = 65_535;
      int sent = 0;
      while (sent < size) {
        int part = Math.min(Math.min(size - sent, 16_000), Math.min(ofStream, ofConnection));
        if (part == 0) {
          reads.countDown();
          Frame frame = client.next(FrameClient.WINDOW_UPDATE);
          ofStream += frame.stream() == 1 ? frame.number() : 0;
          ofConnection += frame.stream() == 0 ? frame.number() : 0;
        } else {
          client.data(1, sent + part == size, "d".repeat(part));
          sent += part;
          ofStream -= part;
          ofConnection -= part;
        }
      }
      Frame reply = client.next(FrameClient.HEADERS);
      assertThat(client.fields(reply)).containsExactly(":status=204");
      assertThat(worker.connections()).hasSize(1);
    }
  }

  @Test
  void aReplyIsReadAtThePaceOfTheClientAndOthersAreNotHeldUp() throws Exception {
    int size = 20_000_000;
    ScriptedWorker.Script script =
        connection -> {
          RawMessage request = connection.nextRequest();
          if (request == null) {
            return; // a connection that was opened and not needed
          }
          if (request.target().equals("/small")) {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsmall");
          } else {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
            try {
              for (int sent = 0; sent < size; sent += 100_000) {
                connection.send("x".repeat(100_000));
              }
            } catch (IOException e) {
              return; // the gateway has given it up, as it should
            }
          }
          connection.awaitEnd();
        };
    try (ScriptedWorker worker = ScriptedWorker.at(socket, script)) {
      client.number(FrameClient.WINDOW_UPDATE, 0, 10_000_000);
      client.request(1, true, "GET", "/large");
      client.request(3, true, "GET", "/small");
      assertThat(body(3)).isEqualTo("small");

      // nobody gives it more, and so it ends
      Frame reset =
          client.next(each -> each.type() == FrameClient.RST_STREAM && each.stream() == 1);
      assertThat(reset.number()).isEqualTo((int) Http2Error.CANCEL.code());
      assertThat(worker.awaitConnection(0)).isNotNull();
    }
  }

  @Test
  void aReplyFindsMemoryToWaitInWhileManyOthersWait() throws Exception {
    takeReplyMemory(200_000); // too little for what is read at once while few wait
    assertThat(endOfAStalledReply()).isEqualTo(Http2Error.CANCEL.code()); // its time is over
  }

  @Test
  void aReplyThatFindsNoMemoryToWaitInIsResetAtOnce() throws Exception {
    takeReplyMemory(10_000);
    assertThat(endOfAStalledReply()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM.code());
  }

  /** Leaves so many bytes for replies that wait, at most, or half of that. */
  private void takeReplyMemory(long but) {
    SharedBudget memory = gateway.frontDoor().loops().get(0).replyMemory();
    take(memory, Runtime.getRuntime().maxMemory() / 12, but);
  }

  /** Takes a budget for many clients. */
  private static void take(SharedBudget memory, long most, long but) {
    for (long left = most; left > but; left -= left / 2) {
      assertThat(memory.of(left).take(left / 2)).isTrue();
    }
  }

  /** The code with which a large reply is reset of which a client takes nothing. */
  private long endOfAStalledReply() throws Exception {
    String reply = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(1_000_000);
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(reply));
        FrameClient stalling = connect().begin(INITIAL_WINDOW_SIZE, 0)) {
      stalling.request(1, true, "GET", "/");
      Frame reset = stalling.next(FrameClient.RST_STREAM);
      assertThat(worker.requests()).hasSize(1);
      return reset.number();
    }
  }

  @Test
  void whoDoesNotGoOnWithABodyIsTold() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.echo())) {
      client.request(1, false, "POST", "/");
      client.data(1, false, "some");

      assertThat(client.fields(client.next(FrameClient.HEADERS)).get(0)).isEqualTo(":status=408");
      assertThat(client.next(FrameClient.RST_STREAM).number())
          .isEqualTo((int) Http2Error.NO_ERROR.code());
      assertThat(worker.requests()).isEmpty();
    }
  }

  @Test
  void interimRepliesTrailersAndFieldsComeThrough() throws Exception {
    String reply =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: l\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nServer: Synapse\r\nConnection: keep-alive\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            + "4\r\nbody\r\n0\r\nX-Sum: 1\r\n\r\n";
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(reply))) {
      client.request(1, false, "POST", "/", "expect=100-continue").data(1, true, "body");

      assertThat(client.fields(client.next(FrameClient.HEADERS))).containsExactly(":status=100");
      assertThat(client.fields(client.next(FrameClient.HEADERS)))
          .containsExactly(":status=103", "link=l");
      assertThat(client.fields(client.next(FrameClient.HEADERS)))
          .containsExactly(":status=200", "server=Synapse");
      assertThat(client.next(FrameClient.DATA).text()).isEqualTo("body");
      Frame trailers = client.next(FrameClient.HEADERS);
      assertThat(client.fields(trailers)).containsExactly("x-sum=1");
      assertThat(trailers.endsStream()).isTrue();
      assertThat(worker.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HEAD, 200 OK, content-length, 5",
    "HEAD, 200 OK, transfer-encoding, chunked",
    "GET, 304 Not Modified, content-length, 5",
    "GET, 204 No Content, x, y"
  })
  void aReplyWithoutABodyEndsItsStreamAndTheWorkersConnectionGoesOn(
      String method, String status, String name, String value) throws Exception {
    String reply = "HTTP/1.1 " + status + "\r\n" + name + ": " + value + "\r\n\r\n";
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(reply))) {
      for (int stream = 1; stream < 6; stream += 2) {
        client.request(stream, true, method, "/");
        Frame head = client.next(FrameClient.HEADERS);
        List<String> fields = client.fields(head);
        assertThat(fields.get(0)).isEqualTo(":status=" + status.substring(0, 3));
        assertThat(fields.contains(name + "=" + value)).isEqualTo(!value.equals("chunked"));
        assertThat(head.endsStream() ? "" : body(stream)).isEmpty();
      }
      assertThat(worker.connections()).hasSize(1);
    }
  }

  @Test
  void aReplyThatBreaksOffEndsItsStreamOnly() throws Exception {
    ScriptedWorker.Script script =
        connection -> {
          boolean breaks = connection.nextRequest().target().equals("/breaks");
          connection.send(
              "HTTP/1.1 200 OK\r\nContent-Length: " + (breaks ? 100 : 4) + "\r\n\r\nbody");
        };
    try (ScriptedWorker worker = ScriptedWorker.at(socket, script)) {
      client.request(1, true, "GET", "/breaks");
      assertThat(client.next(FrameClient.RST_STREAM).number())
          .isEqualTo((int) Http2Error.INTERNAL_ERROR.code());
      client.request(3, true, "GET", "/whole");
      assertThat(body(3)).isEqualTo("body");
      assertThat(worker.requests()).hasSize(2);
    }
  }

  @Test
  void aResetClosesTheConnectionToTheWorker() throws Exception {
    ScriptedWorker.Script script =
        connection -> {
          connection.nextRequest();
          assertThat(connection.awaitEnd()).isEqualTo(Wire.End.CLOSED);
        };
    try (ScriptedWorker worker = ScriptedWorker.at(socket, script)) {
      client.request(1, true, "GET", "/sync");
      worker.awaitRequest(0);
      client.number(FrameClient.RST_STREAM, 1, (int) Http2Error.CANCEL.code());

      await().untilAsserted(() -> assertThat(worker.openConnections()).isZero());
    }
  }

  @Test
  void anEarlyAnswerEndsTheUploadAndNotTheConnection() throws Exception {
    ScriptedWorker.Script script =
        connection -> {
          connection.nextHead();
          connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
          connection.awaitEnd();
        };
    try (ScriptedWorker worker = ScriptedWorker.at(socket, script)) {
      client.request(1, false, "POST", "/").data(1, false, "some");
      assertThat(client.fields(client.next(FrameClient.HEADERS)).get(0)).isEqualTo(":status=413");
      assertThat(body(1)).isEqualTo("big");
      assertThat(client.next(FrameClient.RST_STREAM).number())
          .isEqualTo((int) Http2Error.NO_ERROR.code());
      assertThat(client.untilPing()).isEmpty();
      assertThat(worker.connections()).hasSize(1);
    }
  }

  @Test
  void theGatewaysOwnAnswersAreWhole() throws Exception {
    client.request(1, true, "GET", "/nobody-serves");
    Frame head = client.next(FrameClient.HEADERS);
    assertThat(client.fields(head))
        .contains(":status=502", "content-type=application/json", "access-control-allow-origin=*");
    assertThat(body(1)).startsWith("{\"errcode\":\"M_UNKNOWN\"");

    client.request(3, true, "HEAD", "/nobody-serves");
    assertThat(client.fields(client.next(FrameClient.HEADERS)).get(0)).isEqualTo(":status=502");
    assertThat(body(3)).isEmpty();

    client.request(5, true, "GET", "/malformed", "connection=close");
    assertThat(client.fields(client.next(FrameClient.HEADERS)).get(0)).isEqualTo(":status=400");
    assertThat(body(5)).contains("The request is not valid HTTP");
    assertThat(client.next(FrameClient.RST_STREAM).number())
        .isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
  }

  @Test
  void aBrokenConnectionEndsAndItsRequestsWithIt() throws Exception {
    ScriptedWorker.Script script =
        connection -> {
          connection.nextRequest();
          connection.awaitEnd();
        };
    try (ScriptedWorker worker = ScriptedWorker.at(socket, script)) {
      client.request(1, true, "GET", "/sync");
      worker.awaitRequest(0);
      client.frame(FrameClient.DATA, 0, 0, (byte) 1);

      Frame goAway = client.next(FrameClient.GOAWAY);
      assertThat(Unpooled.wrappedBuffer(goAway.payload()).getInt(4))
          .isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
      assertThat(client.isEnded()).isTrue();
      await().untilAsserted(() -> assertThat(worker.openConnections()).isZero());
    }
  }

  @Test
  void whoGoesOnAfterTheEndOfTheConnectionIsCutOff() throws Exception {
    client.frame(FrameClient.DATA, 0, 0, (byte) 1).next(FrameClient.GOAWAY);
    byte[] more = new byte[16 * 1024];

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () -> {
              for (int i = 0; i < 6_000; i++) { // much more than sockets keep
                client.frame(FrameClient.DATA, 0, 1, more);
              }
            });
  }

  @Test
  void theHeadsOfRequestsThatLackTheirEndCount() throws Exception {
    SharedBudget heads = gateway.frontDoor().headMemory();
    String large = "x=" + "y".repeat(16_000);
    for (int stream = 1; stream < 20; stream += 2) {
      client.request(stream, false, "PUT", "/", "content-length=0", large);
    }
    client.untilPing();
    assertThat(heads.taken()).isGreaterThan(10 * 10_000);

    client.close();
    await().untilAsserted(() -> assertThat(heads.taken()).isZero());
  }

  @Test
  void oneClientLeavesTheOthersRoomForTheirHeads() throws Exception {
    SharedBudget heads = gateway.frontDoor().headMemory();
    long most = Runtime.getRuntime().maxMemory() / 4;
    take(heads, most, 100_000);
    for (int stream = 1; stream < 40; stream += 2) {
      client.request(stream, false, "PUT", "/", "content-length=0", "x=" + "y".repeat(16_000));
    }
    Frame refused = client.next(FrameClient.HEADERS);
    assertThat(client.fields(refused).get(0)).isEqualTo(":status=503");
    assertThat(most - heads.taken()).isGreaterThan(20_000);
  }

  /** What waits for a client that takes no refusals is limited, as it is for connections. */
  @Test
  void refusalsThatNobodyTakesAreNotMany() throws Exception {
    ScriptedWorker.Script holding =
        connection -> {
          connection.nextHead();
          connection.awaitEnd();
        };
    try (ScriptedWorker worker = ScriptedWorker.at(socket, holding);
        TestGateway strict =
            TestGateway.withSteps(
                Files.createDirectory(directory.resolve("strict")),
                "- to: worker:unix:" + socket,
                "gateway.trusted-proxies",
                "",
                "gateway.connections-per-client-max",
                "1")) {
      Channel other = listen(strict.frontDoor(), known(strict.frontDoor()));
      InetSocketAddress at = (InetSocketAddress) other.localAddress();
      try (FrameClient greedy = new FrameClient(new Socket(at.getAddress(), at.getPort()))) {
        greedy.begin(INITIAL_WINDOW_SIZE, 0);
        for (int stream = 1; stream < 2 * 80; stream += 2) {
          greedy.request(stream, true, "GET", "/");
        }
        List<Frame> told = greedy.untilPing();
        assertThat(told).filteredOn(each -> each.type() == FrameClient.HEADERS).hasSize(64);
        assertThat(told)
            .filteredOn(each -> each.type() == FrameClient.RST_STREAM)
            .hasSize(79 - 64)
            .allMatch(each -> each.number() == (int) Http2Error.REFUSED_STREAM.code());
        assertThat(worker.connections()).hasSize(1);
      }
      other.close().sync();
    }
  }

  @Test
  void aMalformedRequestCostsThoughItsReplyIsNeverTaken() throws Exception {
    try (FrameClient hostile = connect().begin(INITIAL_WINDOW_SIZE, 0)) {
      for (int stream = 1; stream < 500; stream += 2) {
        hostile.request(stream, true, "GET", "/", "te=x").number(FrameClient.RST_STREAM, stream, 8);
      }
      Frame end = hostile.next(FrameClient.GOAWAY);
      assertThat(Unpooled.wrappedBuffer(end.payload()).getInt(4))
          .isEqualTo((int) Http2Error.ENHANCE_YOUR_CALM.code());
    }
  }

  @Test
  void aTimeOutIsToldOnceThoughTheClientDoesNotTakeIt() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.echo());
        FrameClient stalling = connect().begin(INITIAL_WINDOW_SIZE, 0)) {
      stalling.request(1, false, "PUT", "/", "content-length=9").data(1, false, "some");

      Frame head = stalling.next(FrameClient.HEADERS);
      assertThat(client.fields(head).get(0)).isEqualTo(":status=408");
      Frame next =
          stalling.next(each -> each.stream() == 1 && each.type() != FrameClient.WINDOW_UPDATE);
      assertThat(next.type()).isEqualTo(FrameClient.RST_STREAM);
      assertThat(worker.requests()).isEmpty();
    }
  }

  @Test
  void whoIsAnsweredEarlyNeedNotSendWhileTheReplyFlows() throws Exception {
    CountDownLatch rest = new CountDownLatch(1);
    ScriptedWorker.Script script =
        connection -> {
          RawHead head = connection.nextHead();
          if (head != null && head.target().equals("/early")) {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsome");
            connection.await(rest);
            connection.send("more");
          }
          connection.awaitEnd();
        };
    try (ScriptedWorker worker = ScriptedWorker.at(socket, script);
        FrameClient other = connect().begin()) {
      client.request(1, false, "PUT", "/early", "content-length=9");
      client.next(FrameClient.HEADERS);
      other.request(1, false, "PUT", "/late", "content-length=9");
      assertThat(other.fields(other.next(FrameClient.HEADERS)).get(0)).isEqualTo(":status=408");

      rest.countDown(); // its own time for the body is over as well
      assertThat(body(1)).isEqualTo("somemore");
      assertThat(worker.connections()).hasSize(2);
    }
  }

  @Test
  void whatIsOnItsWayWhenTheAnswerComesEarlyIsNoFlood() throws Exception {
    String reply = "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n";
    ScriptedWorker.Script script =
        connection -> {
          connection.nextHead();
          connection.send(reply);
          connection.awaitEnd();
        };
    try (ScriptedWorker worker = ScriptedWorker.at(socket, script)) {
      int streams = 16; // whose windows are that of the connection together
      ByteBuf frames = Unpooled.buffer();
      for (int i = 0; i < streams; i++) {
        int stream = 2 * i + 1;
        client.request(stream, false, "PUT", "/", "content-length=1000000");
        byte[] frame = FrameClient.bytes(FrameClient.DATA, 0, stream, new byte[1_000]);
        for (int part = 0; part < 64; part++) {
          frames.writeBytes(frame);
        }
      }
      for (int i = 0; i < streams; i++) {
        client.next(Frame::endsStream);
      }
      client.write(ByteBufUtil.getBytes(frames));
      assertThat(client.untilPing()).noneMatch(each -> each.type() == FrameClient.GOAWAY);
      assertThat(worker.connections()).isNotEmpty();
    }
  }

  @Test
  void aStreamBeginsAfterAPriorityThatWasWrong() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.saying("hello"))) {
      client.frame(FrameClient.PRIORITY, 0, 1, new byte[4]).request(1, true, "GET", "/");
      client.next(FrameClient.HEADERS);
      assertThat(body(1)).isEqualTo("hello");
      assertThat(worker.requests()).hasSize(1);
    }
  }

  @Test
  void theFirstBlockSaysThatThereIsNoTable() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.saying("hello"))) {
      client.request(1, true, "GET", "/");
      assertThat(client.next(FrameClient.HEADERS).payload()).startsWith(0x20, 0x88);
      client.request(3, true, "GET", "/");
      assertThat(client.next(FrameClient.HEADERS).payload()).startsWith(0x88);
      assertThat(worker.requests()).hasSize(2);
    }
  }
}
