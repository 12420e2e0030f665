// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2FrameTypes;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.net.CoalescingWriter;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Seal;

/**
 * Gathers what Netty's codec writes piece by piece, so that it is sent in few records and few
 * system calls. Confined to one event loop.
 */
final class FrameWriter extends ChannelOutboundHandlerAdapter {
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int FRAME_HEAD = 9;

  /** The initial size, larger than most heads of replies. */
  private static final int BLOCK_SIZE = 512;

  /** The payload that every client must accept (RFC 9113 section 4.2). */
  private static final int MAX_PAYLOAD = 16 * 1024;

  /** With its head such a frame fills a record of TLS. */
  static final int DATA_PAYLOAD = MAX_PAYLOAD - FRAME_HEAD;

  /**
   * The number of waiting bytes at which no more requests are read. Flowing bodies stop well below,
   * so that requests are read and answered beside them; what may pile up are other frames.
   */
  private static final int MAX_WAITING = 256 * 1024;

  private final Loop loop;
  private final @Nullable Seal seal;
  private final CoalescingWriter.Writer writer;
  private final BlockWriter blocks = new BlockWriter();

  @SuppressWarnings("NullAway.Init") // handlerAdded() sets it, before the first write
  private ChannelHandlerContext ctx;

  @SuppressWarnings("NullAway.Init") // the same
  private CoalescingWriter out;

  /**
   * @param seal encrypts what is sent; null for a plain connection
   */
  FrameWriter(Loop loop, @Nullable Seal seal, CoalescingWriter.Writer writer) {
    this.loop = loop;
    this.seal = seal;
    this.writer = writer;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    ctx = added;
    out = new CoalescingWriter(added, loop, seal, writer, MAX_WAITING);
  }

  /** The writer of the connection. */
  CoalescingWriter out() {
    return out;
  }

  /** Completes the promise at once; to wait for the socket, use {@link #out}. */
  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise written) {
    out.write((ByteBuf) message);
    if (!written.isVoid()) {
      written.trySuccess();
    }
  }

  /**
   * Writes a part of a body in DATA frames (RFC 9113 section 6.1), for which Netty's writer makes
   * several objects each. Several frames are put together first: a copy costs less than a record
   * and a system call for each head and each payload.
   *
   * @param part is released
   */
  void data(int stream, ByteBuf part) {
    int size = part.readableBytes();
    if (size <= DATA_PAYLOAD) {
      frame(Http2FrameTypes.DATA, 0, stream, part);
      return;
    }
    int count = (size + DATA_PAYLOAD - 1) / DATA_PAYLOAD;
    ByteBuf frames = ctx.alloc().ioBuffer(size + count * FRAME_HEAD);
    while (part.isReadable()) {
      int payload = Math.min(part.readableBytes(), DATA_PAYLOAD);
      head(frames, payload, Http2FrameTypes.DATA, 0, stream);
      frames.writeBytes(part, payload);
    }
    part.release();
    out.write(frames);
  }

  /**
   * Writes the end of a stream.
   *
   * @param trailers null for none
   */
  void end(int stream, @Nullable FieldBlock trailers) {
    if (trailers == null) {
      frame(Http2FrameTypes.DATA, END_STREAM, stream, Unpooled.EMPTY_BUFFER);
    } else {
      fields(stream, trailers, true);
    }
  }

  /**
   * Writes fields in a HEADERS frame and as many CONTINUATION frames as they need (sections 6.2 and
   * 6.10), for which Netty's writer makes promises and copies.
   */
  void fields(int stream, FieldBlock fields, boolean last) {
    ByteBuf bytes = out.buffer(FRAME_HEAD + BLOCK_SIZE);
    int start = bytes.writerIndex();
    int block = start + FRAME_HEAD;
    blocks.begin(bytes.writerIndex(block));
    fields.write(blocks);
    blocks.leave();
    int end = bytes.writerIndex();
    int flags = last ? END_STREAM : 0;
    ByteBuf rest = end - block > MAX_PAYLOAD ? bytes.copy(block, end - block) : null;
    bytes.writerIndex(start);
    if (rest == null) {
      head(bytes, end - block, Http2FrameTypes.HEADERS, flags | END_HEADERS, stream);
      bytes.writerIndex(end);
    }
    out.write(bytes);
    if (rest != null) {
      continued(stream, rest, flags);
    }
  }

  private void continued(int stream, ByteBuf block, int flags) {
    frame(Http2FrameTypes.HEADERS, flags, stream, block.readRetainedSlice(MAX_PAYLOAD));
    while (block.readableBytes() > MAX_PAYLOAD) {
      frame(Http2FrameTypes.CONTINUATION, 0, stream, block.readRetainedSlice(MAX_PAYLOAD));
    }
    frame(Http2FrameTypes.CONTINUATION, END_HEADERS, stream, block);
  }

  private void frame(byte type, int flags, int stream, ByteBuf payload) {
    ByteBuf head = out.buffer(FRAME_HEAD);
    head(head, payload.readableBytes(), type, flags, stream);
    out.write(head);
    out.write(payload);
  }

  private static void head(ByteBuf to, int payload, byte type, int flags, int stream) {
    to.writeMedium(payload).writeByte(type).writeByte(flags).writeInt(stream);
  }

  /**
   * Sends at the end of the turn of the loop, so that the replies of one turn share a system call.
   */
  @Override
  public void flush(ChannelHandlerContext context) {
    out.flushLater();
  }
}
