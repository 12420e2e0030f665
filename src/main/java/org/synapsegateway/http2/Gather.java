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

  @Override
  public void flush(ChannelHandlerContext ctx) {
    out.flush();
  }
}
