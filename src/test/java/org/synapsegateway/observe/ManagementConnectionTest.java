package org.synapsegateway.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManagementConnectionTest {
  /** A channel whose address is one that the port answers to. */
  private static final class Local extends EmbeddedChannel {
    @Override
    protected SocketAddress localAddress0() {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    }
  }

  @Test
  void othersHaveTheirTurnBetweenTwoRequestsOfOneClient() throws Exception {
    Management.Limits limits = new Management.Limits(new HostNames(""), 10, Duration.ofSeconds(10));
    EmbeddedChannel channel = new Local();
    try (Management port = new Management("127.0.0.1", 0, limits)) {
      ManagementConnection.open(channel, port, new ManagementConnections(10));
      List<Integer> answered = new ArrayList<>();
      channel.eventLoop().execute(() -> answered.add(channel.outboundMessages().size()));
      String request = "GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n";
      channel.writeInbound(Unpooled.copiedBuffer(request.repeat(3), StandardCharsets.ISO_8859_1));

      int afterwards = channel.outboundMessages().size();
      assertThat(answered).containsExactly(afterwards / 3);
      assertThat(afterwards).isPositive();
    } finally {
      channel.finishAndReleaseAll();
    }
  }
}
