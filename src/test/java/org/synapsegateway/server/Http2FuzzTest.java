// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.conformance.Seeds;
import org.synapsegateway.fuzz.Fuzz;
import org.synapsegateway.fuzz.Mutation;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Forwarded;
import org.synapsegateway.http2.FrameClient;
import org.synapsegateway.http2.FrameReading;
import org.synapsegateway.metrics.Meters;
import org.synapsegateway.settings.Listener;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/**
 * Frames of whatever quality on connections to a running gateway: its worker gets no request that
 * is not in them, as {@link FrameReading} sees it, and the next client is served.
 */
class Http2FuzzTest {
  private static final int LOT = 16;

  private static final Mutation FRAMES =
      new Mutation(
          Seeds.ofHttp2Clients(),
          List.of(
              "\0\0\0\4\0\0\0\0\0",
              "\0\0\0\4\1\0\0\0\0",
              "\0\0\4\10\0\0\0\0\0\0\0\0\1",
              "\0\0\4\3\0\0\0\0\1\0\0\0\10",
              "\0\0\1\0\1\0\0\0\1x",
              "\0\0\1\0\0\0\0\0\1x",
              "\0\0\0\0\1\0\0\0\3",
              "\0\0\0\11\4\0\0\0\1",
              "\0\0\5\2\0\0\0\0\1\0\0\0\0\20",
              "\0\0\1",
              "\0\0\0\1",
              "\0\0\0\3",
              "\0\0\0\5",
              "\177\377\377\377",
              "\202\207\204\101\1h"));

  @TempDir Path directory;
  private final Accidents accidents = new Accidents();
  private TestGateway gateway;
  private Channel listener;
  private Path socket;

  @BeforeEach
  void start() throws Exception {
    accidents.watch();
    socket = directory.resolve("w.sock");
    gateway = TestGateway.withSteps(directory, "- to: worker:unix:" + socket);
    FrontDoor door = gateway.frontDoor();
    Gate gate = new Gate(door, Listener.http("127.0.0.1", 0), null, new Meters());
    listener =
        new ServerBootstrap()
            .group(door.eventLoops())
            .channel(
                Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    Client peer = Forwarded.peer(channel.remoteAddress(), "https", false);
                    Http2Connection.add(
                        door, gate, channel, door.loop(channel), peer, door.place(peer), null);
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
  }

  @AfterEach
  void stop() throws Exception {
    accidents.leave();
    listener.close().sync();
    gateway.close();
  }

  private FrameClient connect() throws IOException {
    InetSocketAddress address = (InetSocketAddress) listener.localAddress();
    return new FrameClient(new Socket(address.getAddress(), address.getPort())).begin();
  }

  @Test
  void noFramesGetMoreToAWorkerThanTheRequestsInThem() throws Exception {
    String ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    List<String> allowed = new ArrayList<>(); // by earlier lots too, whose requests may be late
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(ok))) {
      Fuzz.check(
          60,
          in -> {
            int before = worker.requests().size();
            List<FrameClient> clients = new ArrayList<>();
            for (int i = 0; i < LOT; i++) {
              String frames = in.text(FRAMES::make);
              allowed.addAll(FrameReading.requests(frames));
              clients.add(connect());
              send(clients.get(i), frames, in.below(frames.length() + 1));
            }
            awaitReplies(clients);
            assertServes();
            await().until(() -> worker.openConnections() <= 2 * LOT);
            assertThat(worker.failure()).isNull();
            assertThat(accidents.found()).isEmpty();
            for (RawMessage request : worker.requests().subList(before, worker.requests().size())) {
              if (!request.target().equals("/fresh")) {
                String key = request.method() + " " + request.target() + "\n" + request.content();
                assertThat(allowed.remove(key)).as(request.toString()).isTrue();
              }
            }
          });
    }
  }

  /** Sends frames in two pieces, as far as the gateway takes them. */
  private static void send(FrameClient client, String frames, int first) {
    try {
      client.write(frames.substring(0, first).getBytes(StandardCharsets.ISO_8859_1));
      client.write(frames.substring(first).getBytes(StandardCharsets.ISO_8859_1));
      client.frame(FrameClient.PING, 0, 0, new byte[8]);
    } catch (IOException e) {
      // refused
    }
  }

  /** Gives what came whole the time to be answered; of others no ping ever is. */
  private static void awaitReplies(List<FrameClient> clients) throws IOException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(60);
    for (FrameClient client : clients) {
      long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
      client.patience((int) Math.max(1, left));
      try {
        client.next(frame -> frame.type() == FrameClient.PING && frame.flags() != 0);
      } catch (EOFException | SocketException | SocketTimeoutException e) {
        // it has been refused, or is not whole
      }
      client.close();
    }
  }

  private void assertServes() throws IOException {
    try (FrameClient client = connect()) {
      client.request(1, true, "GET", "/fresh");
      assertThat(client.next(FrameClient.DATA).text()).isEqualTo("ok");
    }
  }
}
