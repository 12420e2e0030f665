// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.synapsegateway.tls.TlsHandler;

/**
 * Precedes a connection of HTTP/1.1 until the TLS handshake has chosen the version of HTTP (ALPN,
 * RFC 7301). Confined to one event loop.
 */
final class ProtocolSwitch extends ChannelInboundHandlerAdapter {
  private final Runnable toHttp2;

  /**
   * @param toHttp2 replaces the handlers after this one by HTTP/2
   */
  ProtocolSwitch(Runnable toHttp2) {
    this.toHttp2 = toHttp2;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == TlsHandler.HTTP_2) {
      toHttp2.run();
      ctx.pipeline().remove(this);
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  /** Bytes come only after the choice, so they are HTTP/1.1. */
  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ctx.pipeline().remove(this);
    ctx.fireChannelRead(message);
  }
}
