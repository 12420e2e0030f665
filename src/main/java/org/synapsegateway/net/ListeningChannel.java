// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.channels.spi.SelectorProvider;
import org.jspecify.annotations.Nullable;

/**
 * Makes channels that are to listen on an address: of IPv4 for one of IPv4, because on a socket of
 * IPv6 the address 0.0.0.0 would be each address of IPv6 too.
 */
public final class ListeningChannel {
  private ListeningChannel() {}

  /**
   * A channel that is not bound yet.
   *
   * @param address null for that of a name that nobody knows, to which it cannot be bound
   */
  public static ServerSocketChannel of(@Nullable InetAddress address) {
    if (!(address instanceof Inet4Address)) {
      return Epoll.isAvailable() ? new EpollServerSocketChannel() : new NioServerSocketChannel();
    }
    return Epoll.isAvailable()
        ? new EpollServerSocketChannel(InternetProtocolFamily.IPv4)
        : new NioServerSocketChannel(SelectorProvider.provider(), InternetProtocolFamily.IPv4);
  }
}
