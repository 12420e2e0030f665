package org.synapsegateway.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * Answers who speaks plain HTTP to a listener for https, as nginx does, and leaves with the first
 * byte of whoever does not. Confined to one event loop.
 */
final class PlainOnTls extends ChannelInboundHandlerAdapter {
  private static final String BODY =
      "{\"errcode\":\"M_UNKNOWN\",\"error\":\"This port speaks https, and the request is plain http\"}";

  private static final String REPLY =
      "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: "
          + BODY.length()
          + "\r\nConnection: close\r\n\r\n"
          + BODY;

  private final Runnable counter;

  private boolean answered;

  /**
   * @param counter counts who is answered
   */
  PlainOnTls(Runnable counter) {
    this.counter = counter;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (answered || beginsMethod(bytes)) {
      ReferenceCountUtil.release(message);
      answer(ctx);
      return;
    }
    ctx.fireChannelRead(message);
    ctx.pipeline().remove(this);
  }

  /** A record of TLS begins with its type, 22; every method that there is, with a capital. */
  private static boolean beginsMethod(ByteBuf bytes) {
    byte first = bytes.getByte(bytes.readerIndex());
    return first >= 'A' && first <= 'Z';
  }

  private void answer(ChannelHandlerContext ctx) {
    if (!answered) {
      answered = true;
      counter.run();
      ctx.writeAndFlush(ByteBufUtil.writeAscii(ctx.alloc(), REPLY))
          .addListener(ChannelFutureListener.CLOSE);
    }
  }
}
