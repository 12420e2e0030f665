// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The windows of one client: how much of the bodies of replies it takes (RFC 9113 section 5.2).
 * What it does not take waits in the {@link Outgoing} of each stream, and the streams take turns.
 *
 * <p>Takes the place of Netty's controller, which makes four objects for each stream and puts each
 * part of a reply into a queue first. Confined to one event loop.
 */
final class ReplyWindows implements Http2RemoteFlowController {
  /** How much of one reply is sent before another one has its turn. */
  private static final int SHARE = FrameWriter.DATA_PAYLOAD;

  /** How much is sent if no other one waits: what is encrypted and sent together. */
  private static final int ALONE = 4 * SHARE;

  private final Http2Connection connection;
  private final Http2Connection.PropertyKey key;

  /** The streams that may send and wait for their turn. */
  private final Deque<Outgoing> ready = new ArrayDeque<>(2);

  @SuppressWarnings("NullAway.Init") // Netty sets it, before the first frame
  private ChannelHandlerContext ctx;

  private int window = Http2CodecUtil.DEFAULT_WINDOW_SIZE;

  /** The window of a new stream. */
  private int initial = Http2CodecUtil.DEFAULT_WINDOW_SIZE;

  private boolean sending;

  /**
   * @param key of the {@link FrameStream} of a stream
   */
  ReplyWindows(Http2Connection connection, Http2Connection.PropertyKey key) {
    this.connection = connection;
    this.key = key;
  }

  private @Nullable Outgoing of(Http2Stream stream) {
    FrameStream known = stream.getProperty(key);
    return known == null ? null : known.reply();
  }

  // ---- what is sent

  /** Whether a stream may send anything at this moment. */
  boolean allow(Outgoing reply) {
    return reply.window > 0 && canSend();
  }

  private boolean canSend() {
    return window > 0 && ctx.channel().isWritable();
  }

  /** Whether a part may be sent whole and at once, because nothing waits that goes before it. */
  boolean takesAtOnce(Outgoing reply, int bytes) {
    return bytes <= ALONE
        && bytes <= reply.window
        && bytes <= window
        && ready.isEmpty()
        && !sending
        && canSend();
  }

  /** Sends what waits as far as the windows allow, each stream in its turn. */
  void sendInTurn(Outgoing reply) {
    awaitTurn(reply);
    writePendingBytes();
  }

  private void awaitTurn(Outgoing reply) {
    if (!reply.isReady && reply.window > 0 && reply.waits()) {
      reply.isReady = true;
      ready.addLast(reply);
    }
  }

  /** A stream is closed, and has no turn any more. */
  void forget(Outgoing reply) {
    if (reply.isReady) {
      reply.isReady = false;
      ready.remove(reply);
    }
  }

  /** How many streams wait for their turn. */
  int waiting() {
    return ready.size();
  }

  @Override
  public void writePendingBytes() {
    if (sending) {
      return;
    }
    sending = true;
    try {
      while (!ready.isEmpty() && canSend()) {
        sendShare(ready.removeFirst());
      }
    } finally {
      sending = false;
    }
  }

  private void sendShare(Outgoing next) {
    next.isReady = false;
    int share = ready.isEmpty() ? ALONE : SHARE;
    next.sendWaiting(Math.min(share, Math.min(window, next.window)));
    awaitTurn(next);
    next.tellWritable();
  }

  /** Bytes of a stream are sent. */
  void use(Outgoing reply, int bytes) {
    window -= bytes;
    reply.window -= bytes;
  }

  // ---- what the client allows

  @Override
  public void incrementWindowSize(Http2Stream stream, int more) throws Http2Exception {
    Outgoing reply = of(stream);
    if (stream.id() == Http2CodecUtil.CONNECTION_STREAM_ID) {
      boolean wasUsedUp = window <= 0;
      window = sum(0, window, more);
      if (wasUsedUp) {
        tellAllWritable();
      }
    } else if (reply != null) {
      reply.window = sum(stream.id(), reply.window, more);
      awaitTurn(reply);
      reply.tellWritable();
    }
  }

  /**
   * The sum of a window and its change.
   *
   * @throws Http2Exception if it is more than a window may be (section 6.9.1)
   */
  private static int sum(int stream, int window, int more) throws Http2Exception {
    if (more > 0 && window > Integer.MAX_VALUE - more) {
      throw Http2Exception.streamError(
          stream, Http2Error.FLOW_CONTROL_ERROR, "the window of stream %d is too large", stream);
    }
    return window + more;
  }

  /** Changes the windows of all streams; a window that is too large ends the connection (6.9.2). */
  @Override
  public void initialWindowSize(int bytes) throws Http2Exception {
    int more = bytes - initial;
    initial = bytes;
    connection.forEachActiveStream(
        stream -> {
          Outgoing reply = of(stream);
          if (reply != null) {
            reply.window = sum(Http2CodecUtil.CONNECTION_STREAM_ID, reply.window, more);
            awaitTurn(reply);
          }
          return true;
        });
    tellAllWritable();
  }

  @Override
  public void channelWritabilityChanged() throws Http2Exception {
    tellAllWritable();
  }

  private void tellAllWritable() throws Http2Exception {
    if (canSend()) {
      connection.forEachActiveStream(
          stream -> {
            Outgoing reply = of(stream);
            if (reply != null) {
              reply.tellWritable();
            }
            return true;
          });
    }
  }

  @Override
  public int initialWindowSize() {
    return initial;
  }

  @Override
  public int windowSize(Http2Stream stream) {
    Outgoing reply = of(stream);
    return reply == null ? window : reply.window;
  }

  @Override
  public boolean isWritable(Http2Stream stream) {
    Outgoing reply = of(stream);
    return reply != null && allow(reply);
  }

  @Override
  public boolean hasFlowControlled(Http2Stream stream) {
    Outgoing reply = of(stream);
    return reply != null && reply.waits();
  }

  @Override
  public void channelHandlerContext(ChannelHandlerContext context) {
    ctx = context;
  }

  @Override
  public ChannelHandlerContext channelHandlerContext() {
    return ctx;
  }

  // ---- what is not used

  @Override
  public void addFlowControlled(Http2Stream stream, FlowControlled frame) {
    throw new UnsupportedOperationException("replies are sent by FrameStream");
  }

  @Override
  public void listener(Listener listener) {
    throw new UnsupportedOperationException("each reply has an owner that is told");
  }

  @Override
  public void updateDependencyTree(int child, int parent, short weight, boolean exclusive) {
    // priorities are ignored
  }
}
