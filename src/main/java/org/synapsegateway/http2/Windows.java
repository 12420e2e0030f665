// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.net.SharedBudget;

/**
 * The flow control of one connection, in both directions (RFC 9113 section 5.2): how much of each
 * body a client may send, and which parts of replies wait until the client takes them. All
 * connections share one budget for uploads and another for replies, so uploads cannot use up the
 * memory for replies. Confined to one event loop.
 */
final class Windows {
  /** How many bytes of a body a client may send before any have been taken. */
  static final int FIRST = 64 * 1024;

  /**
   * The maximum window of a body that flows, which most bodies fit into: it costs no round trip
   * then. With a round trip of 50 ms it is enough for 2.5 Gbit/s.
   */
  static final int MAX = 16 * 1024 * 1024;

  /** The window of a connection, for all its bodies together. */
  static final int OF_CONNECTION = 1024 * 1024;

  /**
   * How much bodies that flow may add to that window; one body gets at most half of what is left.
   */
  static final int AHEAD = 2 * MAX;

  private final Frames frames;
  private final FrameWriter out;
  private final Http2ConnectionDecoder decoder;
  private final Http2ConnectionEncoder encoder;
  private final MemoryBudget uploads;
  private final SharedBudget.Share replies;

  @SuppressWarnings("NullAway.Init") // begin() sets it, before the first frame
  private ChannelHandlerContext ctx;

  /** By how much the connection's window has been raised. */
  private int raised;

  /**
   * @param out writes the parts of replies that the client takes
   * @param uploads the memory for raised windows
   * @param replies the memory for the waiting parts of this client's replies
   */
  Windows(Frames frames, FrameWriter out, MemoryBudget uploads, SharedBudget.Share replies) {
    this.frames = frames;
    this.out = out;
    this.decoder = frames.decoder();
    this.encoder = frames.encoder();
    this.uploads = uploads;
    this.replies = replies;
  }

  void begin(ChannelHandlerContext context) throws Http2Exception {
    ctx = context;
    int atFirst = decoder.flowController().initialWindowSize(all());
    decoder.flowController().incrementWindowSize(all(), OF_CONNECTION - atFirst);
  }

  private Http2Stream all() {
    return frames.connection().connectionStream();
  }

  private void change(Http2Stream stream, int bytes) {
    try {
      decoder.flowController().incrementWindowSize(stream, bytes);
    } catch (Http2Exception e) {
      frames.onError(ctx, true, e);
    }
  }

  // ---- input

  /** Gives the client window for the bytes that have been taken. */
  void giveBack(Http2Stream stream, int bytes) {
    try {
      decoder.flowController().consumeBytes(stream, bytes);
    } catch (Http2Exception e) {
      frames.onError(ctx, true, e);
    }
  }

  /**
   * Raises the window of a body, as far as there is memory; returns by how many bytes.
   *
   * @param window its present size
   * @param missing the bytes that are still to come
   */
  int raise(Http2Stream stream, int window, long missing) {
    long wanted = Math.min(MAX, missing) - window;
    int bytes = uploads.takePart(Math.min(wanted, (AHEAD - raised) / 2));
    if (bytes > 0) {
      raised += bytes;
      change(stream, bytes);
      change(all(), bytes);
    }
    return bytes;
  }

  /** Gives back the memory of a raised window when its stream has ended. */
  void lower(int bytes) {
    if (bytes > 0) {
      uploads.giveBack(bytes);
      raised -= bytes;
      change(all(), -bytes);
    }
  }

  // ---- output

  boolean isWritable(Http2Stream stream) {
    return encoder.flowController().isWritable(stream);
  }

  /** Sends a part of a body as soon as the windows allow it, and releases it. */
  void send(Http2Stream stream, ByteBuf bytes, Outgoing.Owner of) {
    Outgoing part = new Outgoing(out, stream.id(), bytes, of);
    encoder.flowController().addFlowControlled(stream, part);
    writePending();
    if (!part.keep(replies)) {
      frames.reset(stream.id(), Http2Error.ENHANCE_YOUR_CALM);
    }
  }

  /** Sends the end of a reply after the parts of its body that wait. */
  void end(Http2Stream stream, @Nullable FieldBlock trailers, Outgoing.Owner of) {
    if (encoder.flowController().hasFlowControlled(stream)) {
      OutgoingEnd end = new OutgoingEnd(out, stream.id(), trailers, of);
      encoder.flowController().addFlowControlled(stream, end);
    } else {
      out.end(stream.id(), trailers);
      of.sentEnd();
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
