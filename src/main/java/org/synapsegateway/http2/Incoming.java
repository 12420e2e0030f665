// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;

/**
 * The body of one request as it comes in frames, at the pace of its sink: the client's window is
 * raised only for bytes that the sink has taken (RFC 9113 section 5.2), while other streams of the
 * connection are read.
 *
 * <p>So at most a window of it waits here. Confined to one event loop.
 */
final class Incoming implements BodySource {
  /** The flow control of the stream. */
  interface Window {
    /** The client may send this many bytes more. */
    void giveBack(int bytes);

    /** Whether more of the body is waited for at this moment. */
    void awaitsMore(boolean whether);

    /** Sends the window updates. */
    void flush();
  }

  private final Window window;
  private @Nullable BodySink sink;

  /**
   * Bytes received before there was a sink, or that must not be passed on yet; null if there are
   * none.
   */
  private @Nullable ByteBuf held;

  /** Whether nothing is delivered before the body has ended. */
  private boolean awaitsEnd;

  /** The bytes received for which the client's window has not been raised yet. */
  private int owed;

  private boolean paused;
  private boolean dropped;
  private boolean whole;
  private @Nullable String trailers;

  Incoming(Window window) {
    this.window = window;
  }

  /** Begins with the body of another request. */
  void renew() {
    sink = null;
    awaitsEnd = false;
    owed = 0;
    paused = false;
    dropped = false;
    whole = false;
    trailers = null;
  }

  /** Whether the body is complete. */
  boolean isWhole() {
    return whole;
  }

  /** Whether a sink takes the body at this moment, and more is to come. */
  boolean flows() {
    return sink != null && !paused && !whole;
  }

  /** Detaches and returns the sink of the body; null if there is none. */
  @Nullable BodySink takeSink() {
    BodySink taker = sink;
    sink = null;
    return taker;
  }

  // ---- input

  /**
   * Takes a part of the body.
   *
   * @param part of the frame that is read; is not released
   * @param size how much of the window it uses, with its padding
   * @param last whether the declared length is reached, so that only the end may follow. It is held
   *     until the end has come, because the sink would take the body for complete
   * @return whether it is kept or delivered
   */
  boolean data(ByteBuf part, int size, boolean last) {
    owed += size;
    awaitsEnd |= last;
    if (dropped) {
      settle();
      return false;
    }
    if (sink == null || awaitsEnd) {
      hold(part);
    } else {
      sink.data(part.retainedSlice());
      await();
      settle();
    }
    return true;
  }

  private void hold(ByteBuf part) {
    if (held == null) {
      held = part.alloc().ioBuffer(part.readableBytes());
    }
    held.writeBytes(part, part.readerIndex(), part.readableBytes());
  }

  /**
   * The body is complete.
   *
   * @param fields the trailer fields, as a sink gets them; null for none
   */
  void end(@Nullable String fields) {
    whole = true;
    trailers = fields;
    if (sink != null) {
      deliverEnd(sink);
    }
  }

  private void deliverEnd(BodySink to) {
    deliverHeld(to);
    paused = false; // nothing is left to wait for
    settle();
    BodySink taker = takeSink();
    window.awaitsMore(false);
    String last = trailers;
    trailers = null; // the stream may be kept for long
    if (taker != null) {
      taker.end(last);
    }
  }

  private void deliverHeld(BodySink to) {
    if (held != null) {
      ByteBuf first = held;
      held = null;
      to.data(first);
    }
  }

  /** All input has been passed on: a good moment to flush. */
  void pausing() {
    if (sink != null) {
      sink.pausing();
    }
  }

  private void settle() {
    if (owed > 0 && !paused) {
      int bytes = owed;
      owed = 0;
      window.giveBack(bytes);
    }
  }

  private void await() {
    window.awaitsMore(flows());
  }

  // ---- who takes it

  @Override
  public void start(BodySink taker) {
    sink = taker;
    if (whole) {
      deliverEnd(taker);
      return;
    }
    if (!awaitsEnd) {
      deliverHeld(taker);
    }
    await();
    settle();
    pausing();
    window.flush();
  }

  @Override
  public void pause() {
    paused = true;
    await();
  }

  @Override
  public void resume() {
    paused = false;
    await();
    settle();
    window.flush();
  }

  /** Discards further input. */
  @Override
  public void cancel() {
    sink = null;
    dropped = true;
    paused = false;
    if (held != null) {
      held.release();
      held = null;
    }
    window.awaitsMore(false);
    settle();
  }
}
