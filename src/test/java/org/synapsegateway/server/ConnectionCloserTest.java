// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synapsegateway.net.CoalescingWriter;
import org.synapsegateway.net.Deadline;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Loops;

/** The end of a connection, on a real socket. */
class ConnectionCloserTest {
  private final Loops loops = new Loops(1);
  private final AtomicInteger closed = new AtomicInteger();
  private volatile boolean hurries;
  private Channel listener;
  private Channel channel;
  private Socket client;
  private CoalescingWriter writer;
  private ConnectionCloser closer;

  @BeforeEach
  void connect() throws Exception {
    BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    listener =
        new ServerBootstrap()
            .group(loops.group())
            .channel(
                loops.isNative() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel child) {
                    accepted.add(child);
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    InetSocketAddress address = (InetSocketAddress) listener.localAddress();
    client = new Socket(address.getAddress(), address.getPort());
    client.setSoTimeout(10_000);
    channel = accepted.poll(10, TimeUnit.SECONDS);
    Loop loop = loops.of(channel.eventLoop());
    writer = new CoalescingWriter(channel, loop, () -> {});
    closer =
        new ConnectionCloser(channel, new Passing(loop), () -> hurries, closed::incrementAndGet);
  }

  @AfterEach
  void disconnect() throws Exception {
    client.close();
    listener.close().sync();
    loops.close();
  }

  /** Closes the connection when it passes, as that of a client does. */
  private final class Passing extends Deadline {
    private Passing(Loop loop) {
      super(loop.deadlines());
      loop.eventLoop().execute(this::watch);
    }

    @Override
    protected void expired() {
      closed.incrementAndGet();
    }
  }

  private <T> T onLoop(Callable<T> task) throws Exception {
    return channel.eventLoop().submit(task).get(10, TimeUnit.SECONDS);
  }

  private void flush(String last, boolean mayStillSend) throws Exception {
    onLoop(
        () -> {
          writer.write(Unpooled.copiedBuffer(last, StandardCharsets.US_ASCII));
          closer.flush(writer, mayStillSend);
          return null;
        });
  }

  private String received() throws Exception {
    return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }

  private int leftOf(int bytes) throws Exception {
    return onLoop(
        () -> {
          ByteBuf late = Unpooled.buffer(bytes).writeZero(bytes);
          closer.skip(late);
          return late.readableBytes();
        });
  }

  @Test
  void whoHasSaidAllIsClosedOnceTheLastReplyIsSent() throws Exception {
    flush("last", false);

    await().until(() -> closed.get() == 1);
    assertThat(client.getInputStream().readNBytes(4)).asString().isEqualTo("last");
  }

  @Test
  void whoMayStillSendReadsTheEndAndIsNotClosed() throws Exception {
    flush("last", true);

    assertThat(received()).isEqualTo("last");
    assertThat(closed).hasValue(0);
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void whatStillComesIsThrownAwayHoweverMuchItIs() throws Exception {
    flush("last", true);

    for (int i = 0; i < 100; i++) {
      assertThat(leftOf(1 << 20)).isZero();
    }
    assertThat(closed).hasValue(0);
  }

  @Test
  void whatComesBeforeTheLastReplyIsSentIsThrownAwayToo() throws Exception {
    assertThat(leftOf(10)).isZero();
    assertThat(closed).hasValue(0);
  }

  @Test
  void whoIsSilentIsClosedSoonWhileEverybodyHasToGo() throws Exception {
    hurries = true;
    flush("last", true);
    assertThat(leftOf(10)).isZero();
    assertThat(closed).hasValue(0);

    await().until(() -> closed.get() == 1);
  }

  @Test
  void whoHasGoneIsClosed() throws Exception {
    onLoop(
        () -> {
          writer.write(Unpooled.copiedBuffer("last", StandardCharsets.US_ASCII));
          writer.flush();
          channel.close();
          closer.flush(writer, true);
          return null;
        });

    await().until(() -> closed.get() == 1);
  }
}
