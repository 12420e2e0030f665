// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;

/**
 * The body of one request as it comes in frames, at the pace of who takes it: what has not been
 * taken keeps the client's window small (RFC 9113 section 5.2), and the connection is read on.
 *
 * <p>So at most a window of it waits here. Confined to one event loop.
 */
final class Incoming implements BodySource {
  /** Who counts with what comes. */
  interface Window {
    /** The client may send so many bytes more. */
    void giveBack(int bytes);

    /** Whether more of the body is waited for at this moment. */
    void awaitsMore(boolean whether);

    /** Sends what tells the client that it may go on. */
    void flush();
  }

  private final Window window;
  private BodySink sink;

  /** What has come before anybody took it, or must not be taken yet; null if nothing has. */
  private ByteBuf held;

  /** Whether nothing is handed on before the body has ended. */
  private boolean awaitsEnd;

  /** The bytes that have come, and that the client may not send again yet. */
  private int owed;

  private boolean paused;
  private boolean dropped;
  private boolean whole;
  private String trailers;

  Incoming(Window window) {
    this.window = window;
  }

  /** Whether all has come. */
  boolean isWhole() {
    return whole;
  }

  /** Whether somebody takes it at this moment, and there is more to come. */
  boolean flows() {
    return sink != null && !paused && !whole;
  }

  /** Who takes the body, and hears no more of it; null if nobody does. */
  BodySink takeSink() {
    BodySink taker = sink;
    sink = null;
    return taker;
  }

  // ---- what comes

  /**
   * A part of it has come.
   *
   * @param part of the frame that is read; is not owned here
   * @param size what it takes of the window, with its padding
   * @param last whether nothing may come behind it but the end; whoever has it takes the body for
   *     whole, so that it waits until the end shows that nothing does
   * @return whether it is of use to anybody
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
   * All has come.
   *
   * @param fields the trailer fields, as a sink gets them; null for none
   */
  void end(String fields) {
    whole = true;
    trailers = fields;
    if (sink != null) {
      deliverEnd();
    }
  }

  private void deliverEnd() {
    deliverHeld();
    BodySink taker = takeSink();
    window.awaitsMore(false);
    if (taker != null) {
      taker.end(trailers);
    }
  }

  private void deliverHeld() {
    if (held != null) {
      ByteBuf first = held;
      held = null;
      sink.data(first);
    }
  }

  /** All that has come has been handed on: a good moment to flush. */
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
      deliverEnd();
      return;
    }
    if (!awaitsEnd) {
      deliverHeld();
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

  /** What still comes is thrown away. */
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
