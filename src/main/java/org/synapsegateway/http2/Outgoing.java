// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.net.LoopReadBuffer;
import org.synapsegateway.net.SharedBudget;

/**
 * The body of one reply on its way to the client: the parts that wait for the client's windows, and
 * the end behind them. Confined to one event loop.
 */
final class Outgoing {
  /** Whose reply it is. */
  interface Owner {
    /** This many bytes have been sent. */
    void taken(int bytes);

    /** The end of the reply has left. */
    void sentEnd();

    /** The client takes more, after {@link #isFull} was so. */
    void writeOn();
  }

  private final ReplyWindows windows;
  private final FrameWriter out;
  private final SharedBudget.Share memory;
  private final Owner owner;
  private int stream;

  /** How many bytes the stream's window allows; negative if the client has made it smaller. */
  int window;

  /** Whether it waits for its turn. */
  boolean isReady;

  /** Whether the owner waits for {@link Owner#writeOn}. */
  private boolean stalled;

  /** The parts that wait; null before any has. */
  private @Nullable Deque<ByteBuf> parts;

  /** The part that is being sent, for which no memory has been taken; null if none is. */
  private @Nullable ByteBuf fresh;

  private boolean ends;
  private @Nullable FieldBlock trailers;

  /**
   * @param memory the memory for parts that wait
   */
  Outgoing(ReplyWindows windows, FrameWriter out, SharedBudget.Share memory, Owner owner) {
    this.windows = windows;
    this.out = out;
    this.memory = memory;
    this.owner = owner;
  }

  /** Begins with the reply of another stream; nothing waits. */
  void begin(int of) {
    stream = of;
    window = windows.initialWindowSize();
    stalled = false;
    ends = false;
    trailers = null;
  }

  /** Whether a part waits. */
  boolean waits() {
    return parts != null && !parts.isEmpty();
  }

  /** Whether the client takes no more at this moment. */
  boolean isFull() {
    stalled = waits() || !windows.allow(this);
    return stalled;
  }

  /** Tells the owner, if it waits, that the client takes more. */
  void tellWritable() {
    if (stalled && !waits() && windows.allow(this)) {
      stalled = false;
      owner.writeOn();
    }
  }

  /**
   * Sends a part as far as the windows allow, and releases it; what remains waits.
   *
   * @return false if there is no memory for what remains, which is discarded
   */
  boolean send(ByteBuf part) {
    if (!waits() && windows.takesAtOnce(this, part.readableBytes())) {
      write(part);
      return true;
    }
    if (parts == null) {
      parts = new ArrayDeque<>(2);
    }
    parts.addLast(part);
    fresh = part;
    windows.sendInTurn(this);
    boolean waiting = fresh != null;
    fresh = null;
    return !waiting || keep(parts);
  }

  /** Moves what has not been sent of the last part to memory of its own. */
  private boolean keep(Deque<ByteBuf> of) {
    ByteBuf kept = LoopReadBuffer.kept(of.removeLast());
    if (!memory.take(kept.capacity())) {
      kept.release();
      return false;
    }
    of.addLast(kept);
    return true;
  }

  /** Sends the end of the reply after the parts that wait. */
  void end(@Nullable FieldBlock fields) {
    ends = true;
    trailers = fields;
    if (!waits()) {
      writeEnd();
    }
  }

  /** Sends up to this many bytes of what waits, and the end if nothing waits after that. */
  void sendWaiting(int bytes) {
    int left = bytes;
    while (left > 0 && parts != null && !parts.isEmpty()) {
      ByteBuf first = parts.getFirst();
      int size = Math.min(left, first.readableBytes());
      left -= size;
      if (size < first.readableBytes()) {
        write(first.readRetainedSlice(size));
      } else {
        giveBack(parts.removeFirst());
        write(first);
      }
    }
    if (ends && !waits()) {
      writeEnd();
    }
  }

  private void write(ByteBuf part) {
    int size = part.readableBytes();
    windows.use(this, size);
    out.data(stream, part);
    owner.taken(size);
  }

  private void writeEnd() {
    FieldBlock last = trailers;
    ends = false;
    trailers = null; // the stream may be kept for long
    out.end(stream, last);
    owner.sentEnd();
  }

  @SuppressWarnings("ReferenceEquality")
  private void giveBack(ByteBuf part) {
    if (part == fresh) {
      fresh = null;
    } else {
      memory.giveBack(part.capacity());
    }
  }

  /** Discards what waits, because the stream is closed. */
  void discard() {
    windows.forget(this);
    ends = false;
    trailers = null;
    stalled = false;
    while (parts != null && !parts.isEmpty()) {
      ByteBuf part = parts.removeFirst();
      giveBack(part);
      part.release();
    }
  }
}
