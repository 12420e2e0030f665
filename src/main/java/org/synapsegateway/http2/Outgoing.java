// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2RemoteFlowController.FlowControlled;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.net.LoopReadBuffer;
import org.synapsegateway.net.SharedBudget;

/**
 * A part of a reply's body, which is sent as the client's windows allow. Confined to one event
 * loop.
 */
final class Outgoing implements FlowControlled {
  /** Whose reply it is. */
  interface Owner {
    /** This many bytes have been sent. */
    void taken(int bytes);

    /** The end of the reply has left. */
    void sentEnd();
  }

  private final FrameWriter out;
  private final int stream;
  private final Owner owner;
  private ByteBuf bytes;
  private boolean ended;

  /** The budget from which memory for waiting bytes was taken; null if no bytes wait. */
  private SharedBudget.@Nullable Share memory;

  private int kept;

  /**
   * @param bytes the part, which is released when it has been sent
   */
  Outgoing(FrameWriter out, int stream, ByteBuf bytes, Owner owner) {
    this.out = out;
    this.stream = stream;
    this.bytes = bytes;
    this.owner = owner;
  }

  /**
   * Moves what has not been sent to memory of its own.
   *
   * @param of takes what waits
   * @return false if there is no memory, and it must not wait
   */
  boolean keep(SharedBudget.Share of) {
    if (ended || size() == 0) {
      return true;
    }
    bytes = LoopReadBuffer.kept(bytes);
    if (!of.take(bytes.capacity())) {
      return false;
    }
    memory = of;
    kept = bytes.capacity();
    return true;
  }

  private void end() {
    ended = true;
    if (memory != null) {
      memory.giveBack(kept);
      memory = null;
    }
  }

  @Override
  public int size() {
    return ended ? 0 : bytes.readableBytes();
  }

  @Override
  public void write(ChannelHandlerContext ctx, int allowed) {
    int size = Math.min(size(), allowed);
    boolean whole = size == size();
    if (size == 0 && !whole) {
      return;
    }
    ByteBuf part = whole ? bytes : bytes.readRetainedSlice(size);
    if (whole) {
      end();
    }
    out.data(stream, part);
    owner.taken(size);
  }

  @Override
  public void writeComplete() {
    // OutgoingEnd ends the reply
  }

  @Override
  public void error(ChannelHandlerContext ctx, Throwable cause) {
    if (!ended) {
      end();
      bytes.release();
    }
  }

  @Override
  public boolean merge(ChannelHandlerContext ctx, FlowControlled next) {
    return false;
  }
}
