// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.net.CoalescingWriter;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Seal;

/**
 * Puts together what Netty's codec writes piece by piece, so that it leaves in few records and few
 * system calls. Confined to one event loop.
 */
final class Gather extends ChannelOutboundHandlerAdapter {
  private static final byte DATA = 0;
  private static final byte END_STREAM = 1;
  private static final int FRAME_HEAD = 9;

  /** What any client takes (RFC 9113 section 4.2). */
  private static final int MAX_PAYLOAD = 16 * 1024;

  private final Loop loop;
  private final @Nullable Seal seal;
  private final CoalescingWriter.Writer writer;

  @SuppressWarnings("NullAway.Init") // handlerAdded() sets it, before the first write
  private CoalescingWriter out;

  /**
   * @param seal encrypts what leaves; null if nothing does
   */
  Gather(Loop loop, @Nullable Seal seal, CoalescingWriter.Writer writer) {
    this.loop = loop;
    this.seal = seal;
    this.writer = writer;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    out = new CoalescingWriter(ctx, loop, seal, writer);
  }

  /** The way out of the connection. */
  CoalescingWriter out() {
    return out;
  }

  /** What has been taken counts as written; to wait for the socket, ask {@link #out}. */
  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise written) {
    out.write((ByteBuf) message);
    if (!written.isVoid()) {
      written.trySuccess();
    }
  }

  /**
   * Writes a part of a body in DATA frames (RFC 9113 section 6.1), for which Netty's writer makes
   * several objects each.
   *
   * @param part is owned here
   * @param last whether the body ends with it
   */
  void data(int stream, ByteBuf part, boolean last) {
    while (part.readableBytes() > MAX_PAYLOAD) {
      frame(stream, part.readRetainedSlice(MAX_PAYLOAD), false);
    }
    frame(stream, part, last);
  }

  private void frame(int stream, ByteBuf payload, boolean last) {
    ByteBuf head = out.buffer(FRAME_HEAD);
    head.writeMedium(payload.readableBytes()).writeByte(DATA).writeByte(last ? END_STREAM : 0);
    out.write(head.writeInt(stream));
    out.write(payload);
  }

  /** Replies to several requests, which come in one turn of the loop mostly, leave together. */
  @Override
  public void flush(ChannelHandlerContext ctx) {
    out.flushLater();
  }
}
