// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway's end of a client's connection, whatever its version of HTTP: closes when the client
 * has closed, or when the connection fails. Confined to one event loop.
 */
abstract class ClientHandler extends ChannelInboundHandlerAdapter implements ClientEnd {
  private static final Logger LOG = LoggerFactory.getLogger(ClientHandler.class);

  /** Closes the connection at once; does nothing if it is closed. */
  abstract void close();

  @Override
  public final void channelInactive(ChannelHandlerContext ctx) {
    close();
  }

  @Override
  public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.error("A client's connection failed", cause);
    }
    close();
  }
}
