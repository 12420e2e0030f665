// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.net.MemoryBudget;

/**
 * The windows of one connection (RFC 9113 section 5.2): how much of each body the client may send.
 * All connections share one budget for that.
 *
 * <p>Takes the place of Netty's controller, which makes an object for each stream, although most
 * requests have no body. Confined to one event loop.
 */
final class Windows implements Http2LocalFlowController {
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

  /** The window of one stream, or of the connection. */
  static final class Window {
    /** How many bytes the client may have sent that have not been taken. */
    private int size;

    /** How many it may send now; what is missing of the size waits here, or is untold. */
    private int left;

    /** How many it may send besides, which it has not been told yet. */
    private int untold;

    /** Whether the body has ended, so that no update is of use. */
    private boolean ended;

    private Window(int size) {
      begin(size);
    }

    /** The window of a stream. */
    Window() {
      this(FIRST);
    }

    /** Begins as the window of another stream. */
    void begin() {
      begin(FIRST);
    }

    private void begin(int bytes) {
      size = bytes;
      left = bytes;
      untold = 0;
      ended = false;
    }

    int size() {
      return size;
    }

    private int waiting() {
      return size - left - untold;
    }

    private void resize(int more) {
      size += more;
      untold += more;
    }
  }

  private final Http2Connection connection;
  private final Http2Connection.PropertyKey key;
  private final MemoryBudget uploads;
  private final Window all = new Window(Http2CodecUtil.DEFAULT_WINDOW_SIZE);

  @SuppressWarnings("NullAway.Init") // Netty sets both, before the first frame
  private ChannelHandlerContext ctx;

  @SuppressWarnings("NullAway.Init")
  private Http2FrameWriter updates;

  /** By how much the connection's window has been raised. */
  private int raised;

  /**
   * @param key of the {@link FrameStream} of a stream
   * @param uploads the memory for raised windows
   */
  Windows(Http2Connection connection, Http2Connection.PropertyKey key, MemoryBudget uploads) {
    this.connection = connection;
    this.key = key;
    this.uploads = uploads;
  }

  /** Raises the connection's window to its size, with which none begins. */
  void begin() {
    all.resize(OF_CONNECTION - all.size);
    update(connection.connectionStream(), all);
  }

  private @Nullable Window of(Http2Stream stream) {
    if (stream.id() == Http2CodecUtil.CONNECTION_STREAM_ID) {
      return all;
    }
    FrameStream known = stream.getProperty(key);
    return known == null ? null : known.window();
  }

  // ---- what the client sends

  @Override
  public void receiveFlowControlledFrame(
      @Nullable Http2Stream stream, ByteBuf data, int padding, boolean last) throws Http2Exception {
    int bytes = data.readableBytes() + padding;
    use(all, Http2CodecUtil.CONNECTION_STREAM_ID, bytes);
    Window window = stream == null || isClosed(stream) ? null : of(stream);
    if (window == null || stream == null) {
      giveBack(connection.connectionStream(), all, bytes);
    } else {
      window.ended |= last;
      use(window, stream.id(), bytes);
    }
  }

  private static void use(Window window, int stream, int bytes) throws Http2Exception {
    window.left -= bytes;
    if (window.left < 0) {
      throw Http2Exception.streamError(
          stream, Http2Error.FLOW_CONTROL_ERROR, "more than the window of stream %d", stream);
    }
  }

  private static boolean isClosed(Http2Stream stream) {
    return stream.state() == Http2Stream.State.CLOSED;
  }

  // ---- what it may send

  /** Gives the client window for bytes that have been taken. */
  @Override
  public boolean consumeBytes(@Nullable Http2Stream stream, int bytes) {
    Window window = stream == null || isClosed(stream) ? null : of(stream);
    if (window == null || stream == null) {
      return false; // a stream that closes has given back all
    }
    boolean toldOfAll = giveBack(connection.connectionStream(), all, bytes);
    return giveBack(stream, window, bytes) || toldOfAll;
  }

  private boolean giveBack(Http2Stream stream, Window window, int bytes) {
    window.untold += bytes;
    return update(stream, window);
  }

  /** Tells the client what it may send besides, if that is half a window. */
  private boolean update(Http2Stream stream, Window window) {
    if (window.untold < window.size - window.size / 2 || window.ended) {
      return false;
    }
    updates.writeWindowUpdate(ctx, stream.id(), window.untold, ctx.newPromise());
    window.left += window.untold;
    window.untold = 0;
    return true;
  }

  /**
   * Raises the window of a body, as far as there is memory. One that has ended needs none, although
   * its last part is still to be delivered.
   *
   * @param missing the bytes that are still to come
   */
  void raise(Http2Stream stream, Window window, long missing) {
    if (window.ended) {
      return;
    }
    long wanted = Math.min(MAX, missing) - window.size;
    int bytes = uploads.takePart(Math.min(wanted, (AHEAD - raised) / 2));
    if (bytes > 0) {
      raised += bytes;
      window.resize(bytes);
      update(stream, window);
      all.resize(bytes);
      update(connection.connectionStream(), all);
    }
  }

  /** A stream is closed: gives back what waits, and the memory of a raised window. */
  void closed(Window window) {
    int bytes = window.size - FIRST;
    all.untold += window.waiting();
    if (bytes > 0) {
      uploads.giveBack(bytes);
      raised -= bytes;
      all.resize(-bytes);
    }
    if (update(connection.connectionStream(), all)) {
      ctx.flush();
    }
  }

  // ---- what Netty asks

  @Override
  public int initialWindowSize() {
    return FIRST;
  }

  @Override
  public void initialWindowSize(int bytes) {
    // the only one that is announced
  }

  @Override
  public int initialWindowSize(Http2Stream stream) {
    Window window = of(stream);
    return window == null ? FIRST : window.size;
  }

  @Override
  public int windowSize(Http2Stream stream) {
    Window window = of(stream);
    return window == null ? FIRST : window.left;
  }

  @Override
  public int unconsumedBytes(Http2Stream stream) {
    Window window = of(stream);
    return window == null ? 0 : window.waiting();
  }

  @Override
  public void incrementWindowSize(Http2Stream stream, int bytes) {
    throw new UnsupportedOperationException("windows are raised for bodies that flow");
  }

  @Override
  public Windows frameWriter(Http2FrameWriter writer) {
    updates = writer;
    return this;
  }

  @Override
  public void channelHandlerContext(ChannelHandlerContext context) {
    ctx = context;
  }
}
