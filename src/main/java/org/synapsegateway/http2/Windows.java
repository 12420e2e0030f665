// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import org.synapsegateway.net.MemoryBudget;

/**
 * The flow control of one connection, in both directions (RFC 9113 section 5.2): how much of each
 * body a client may send, and what of replies waits until it takes them. All connections share the
 * memory for that. Confined to one event loop.
 */
final class Windows {
  /** What a client may send of a body before anybody has taken of it. */
  static final int FIRST = 64 * 1024;

  /** What it may have on its way of a body that flows. */
  static final int MAX = 512 * 1024;

  /** The same of all bodies of a connection. */
  static final int OF_CONNECTION = 1024 * 1024;

  private final Frames frames;
  private final Http2ConnectionDecoder decoder;
  private final Http2ConnectionEncoder encoder;
  private final MemoryBudget memory;

  @SuppressWarnings("NullAway.Init") // begin() sets it, before the first frame
  private ChannelHandlerContext ctx;

  Windows(Frames frames, MemoryBudget memory) {
    this.frames = frames;
    this.decoder = frames.decoder();
    this.encoder = frames.encoder();
    this.memory = memory;
  }

  void begin(ChannelHandlerContext context) throws Http2Exception {
    ctx = context;
    Http2Stream all = frames.connection().connectionStream();
    raise(all, OF_CONNECTION - decoder.flowController().initialWindowSize(all));
  }

  private void raise(Http2Stream stream, int bytes) throws Http2Exception {
    decoder.flowController().incrementWindowSize(stream, bytes);
  }

  // ---- input

  /** Lets a client send as much again as has been taken. */
  void giveBack(Http2Stream stream, int bytes) {
    try {
      decoder.flowController().consumeBytes(stream, bytes);
    } catch (Http2Exception e) {
      frames.onError(ctx, true, e);
    }
  }

  /** Lets a client send ahead more of a body, if there is memory; returns whether. */
  boolean raiseTo(Http2Stream stream, int size, int before) {
    if (!memory.take(size - before)) {
      return false;
    }
    try {
      raise(stream, size - before);
    } catch (Http2Exception e) {
      frames.onError(ctx, true, e);
    }
    return true;
  }

  /** A stream whose window was raised so far has ended. */
  void forget(int size) {
    memory.giveBack(size - FIRST);
  }

  // ---- output

  boolean isWritable(Http2Stream stream) {
    return encoder.flowController().isWritable(stream);
  }

  /** Sends a part of a body, which is owned here, as soon as the client takes it. */
  void send(Http2Stream stream, ByteBuf bytes, boolean last, Outgoing.Owner of) {
    Outgoing part = new Outgoing(encoder.frameWriter(), stream.id(), bytes, last, of);
    encoder.flowController().addFlowControlled(stream, part);
    writePending();
    if (!part.keep(memory)) {
      frames.reset(stream.id(), Http2Error.ENHANCE_YOUR_CALM);
    }
  }

  private void writePending() {
    try {
      encoder.flowController().writePendingBytes();
    } catch (Http2Exception e) {
      frames.onError(ctx, true, e);
    }
  }
}
