// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManagementConnectionTest {
  /** A channel whose address is one that the port answers to. */
  private static final class Local extends EmbeddedChannel {
    @Override
    protected SocketAddress localAddress0() {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    }
  }

  private static final long NO_TASK = -1;

  private final ManagementConnections all = new ManagementConnections(10);
  private Management port;

  @BeforeEach
  void start() throws Exception {
    Management.Limits limits = new Management.Limits(new HostNames(""), 10, Duration.ofSeconds(10));
    port = new Management("127.0.0.1", 0, limits, Guard.closed("it is not asked"));
  }

  @AfterEach
  void stop() {
    port.close();
  }

  @Test
  void othersHaveTheirTurnBetweenTwoRequestsOfOneClient() {
    EmbeddedChannel channel = new Local();
    ManagementConnection.open(channel, port, all);
    List<Integer> answered = new ArrayList<>();
    channel.eventLoop().execute(() -> answered.add(channel.outboundMessages().size()));
    String request = "GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n";
    channel.writeInbound(Unpooled.copiedBuffer(request.repeat(3), StandardCharsets.ISO_8859_1));

    int afterwards = channel.outboundMessages().size();
    assertThat(afterwards).isPositive();
    assertThat(answered).containsExactly(afterwards / 3);
    channel.finishAndReleaseAll();
  }

  @Test
  void thereAreNeverMoreThanThereMayBeThoughTheyComeAtOnce() {
    List<EmbeddedChannel> channels = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      EmbeddedChannel channel = new Late();
      channels.add(channel);
      ManagementConnection.open(channel, port, all);
      channel.pipeline().fireChannelActive();
    }
    assertThat(channels.stream().filter(channel -> !((Late) channel).closes)).hasSize(10);
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
  }

  @Test
  void nothingHoldsTheConnectionOfAClientThatLeftBeforeItsReply() {
    EmbeddedChannel channel = new Local();
    List<ChannelPromise> sent = new ArrayList<>();
    channel
        .pipeline()
        .addFirst(
            new ChannelOutboundHandlerAdapter() {
              @Override
              public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                ReferenceCountUtil.release(message);
                sent.add(promise);
              }
            });
    ManagementConnection.open(channel, port, all);
    channel.writeInbound(
        Unpooled.copiedBuffer(
            "GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n", StandardCharsets.ISO_8859_1));
    assertThat(channel.runScheduledPendingTasks()).isPositive();

    channel.close();
    sent.get(0).setFailure(new ClosedChannelException());
    assertThat(channel.runScheduledPendingTasks()).isEqualTo(NO_TASK);
    channel.finishAndReleaseAll();
  }

  /** A channel that is told to close, and does so later. */
  private static final class Late extends EmbeddedChannel {
    private boolean closes;

    Late() {
      pipeline()
          .addLast(
              new ChannelOutboundHandlerAdapter() {
                @Override
                public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
                  closes = true;
                }
              });
    }
  }
}
