// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import org.synapsegateway.net.MemoryBudget;

/**
 * The windows of one connection (RFC 9113 section 5.2): how much of each body the client may send.
 * All connections share one budget for that. Confined to one event loop.
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
  private final Http2ConnectionDecoder decoder;
  private final MemoryBudget uploads;

  @SuppressWarnings("NullAway.Init") // begin() sets it, before the first frame
  private ChannelHandlerContext ctx;

  /** By how much the connection's window has been raised. */
  private int raised;

  /**
   * @param uploads the memory for raised windows
   */
  Windows(Frames frames, MemoryBudget uploads) {
    this.frames = frames;
    this.decoder = frames.decoder();
    this.uploads = uploads;
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
}
