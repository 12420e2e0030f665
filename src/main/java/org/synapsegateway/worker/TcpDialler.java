// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.channel.ChannelException;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.synapsegateway.net.Loop;

/**
 * Opens connections to a host's port.
 *
 * <p>The connections send small writes at once (TCP_NODELAY), and notice when a host has vanished:
 * sent bytes must be acknowledged within 20 s, and an idle connection is probed after 10 s and then
 * three times, every 5 s (tcp(7)). Safe for any thread.
 */
final class TcpDialler implements Dialler {
  private static final int KEEP_IDLE_SECONDS = 10;
  private static final int KEEP_INTERVAL_SECONDS = 5;
  private static final int KEEP_COUNT = 3;
  private static final int USER_TIMEOUT_MILLIS = 20_000;

  /** How often a dial checks whether the first answer of DNS has come. */
  private static final long LOOK_MILLIS = 5;

  private final TcpHost host;

  TcpDialler(TcpHost host) {
    this.host = host;
  }

  @Override
  public void dial(Loop loop, long millis, Caller caller) throws OutOfDescriptorsException {
    if (!host.addresses().isEmpty()) {
      new TcpAttempt(host, loop, caller).begin(millis);
    } else if (host.isLookedUp() || millis <= 0) {
      host.hurry();
      caller.failed(new UnknownHostException(host.lost()));
    } else {
      loop.eventLoop()
          .schedule(
              () -> dialAgain(loop, millis - LOOK_MILLIS, caller),
              LOOK_MILLIS,
              TimeUnit.MILLISECONDS);
    }
  }

  private void dialAgain(Loop loop, long millis, Caller caller) {
    try {
      dial(loop, millis, caller);
    } catch (OutOfDescriptorsException e) {
      caller.failed(e);
    }
  }

  /** A channel that is neither connected nor registered. */
  static SocketChannel channel() throws OutOfDescriptorsException {
    try {
      SocketChannel channel = Epoll.isAvailable() ? watched() : portable();
      channel.config().setTcpNoDelay(true).setKeepAlive(true);
      return channel;
    } catch (ChannelException e) {
      throw new OutOfDescriptorsException();
    }
  }

  private static SocketChannel watched() {
    EpollSocketChannel channel = new EpollSocketChannel();
    channel
        .config()
        .setTcpKeepIdle(KEEP_IDLE_SECONDS)
        .setTcpKeepIntvl(KEEP_INTERVAL_SECONDS)
        .setTcpKeepCnt(KEEP_COUNT)
        .setTcpUserTimeout(USER_TIMEOUT_MILLIS);
    return channel;
  }

  private static SocketChannel portable() {
    NioSocketChannel channel = new NioSocketChannel();
    channel
        .config()
        .setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), KEEP_IDLE_SECONDS);
    channel
        .config()
        .setOption(
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), KEEP_INTERVAL_SECONDS);
    channel
        .config()
        .setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), KEEP_COUNT);
    return channel;
  }
}
