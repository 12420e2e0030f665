// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import io.netty.channel.Channel;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.unix.Socket;
import org.jspecify.annotations.Nullable;

/** The socket under a channel, for system calls that Netty does not make. */
public final class NativeSocket {
  private NativeSocket() {}

  /** The socket of a channel; null without the epoll transport. */
  public static @Nullable Socket of(Channel channel) {
    return channel instanceof AbstractEpollStreamChannel epoll && epoll.fd() instanceof Socket fd
        ? fd
        : null;
  }
}
