// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.AbstractEpollStreamChannel;

/**
 * Has accepted connections registered as ones that are read from: Netty registers them first, and
 * has them read in a second call of epoll_ctl(2).
 */
final class ReadAtOnce extends ChannelInboundHandlerAdapter {
  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof AbstractEpollStreamChannel accepted) {
      ((Channel) accepted).unsafe().beginRead();
    }
    ctx.fireChannelRead(message);
  }
}
