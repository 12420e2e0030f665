// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.IovArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The memory in which one event loop gathers what it sends with one system call.
 *
 * <p>Each connection that has something pending has a piece, until that is sent. There are few:
 * where all are taken, one is moved out. What may wait for more is sent when the loop has looked
 * after all that is ready. Confined to one event loop.
 */
public final class LoopWriteBuffer {
  /** Room for nearly every head with a small body. */
  static final int SIZE = 16 * 1024;

  /** Four full TLS records, which is mostly what a socket takes at once. */
  static final int SEALED_SIZE = 4 * 19 * 1024;

  /** How many connections may wait for the end of a turn. */
  static final int MAX_DUE = 64;

  /** Some more for those that send at once. */
  private static final int PIECES = MAX_DUE + 8;

  private final Consumer<Runnable> atTurnEnd;
  private final Runnable sending = this::sendDue;
  private final @Nullable ByteBuf[] buffers = new ByteBuf[PIECES];

  /** The connection whose bytes are pending in each of them; null if there are none. */
  private final @Nullable CoalescingWriter[] owners = new CoalescingWriter[PIECES];

  /** The pieces that are free; the one used last, which is warm, is taken first. */
  private final int[] free = new int[PIECES];

  private int numberFree;
  private int next;

  /** Who sends at the end of this turn. */
  private final List<CoalescingWriter> due = new ArrayList<>();

  private @Nullable ByteBuf sealed;
  private @Nullable IovArray vector;
  private @Nullable Pipe pipe;

  /**
   * @param atTurnEnd runs tasks when the loop has looked after all that is ready
   */
  public LoopWriteBuffer(Consumer<Runnable> atTurnEnd) {
    this.atTurnEnd = atTurnEnd;
    while (numberFree < PIECES) {
      free[numberFree] = PIECES - 1 - numberFree++;
    }
  }

  /** Takes a piece; returns its number. */
  int take(CoalescingWriter writer) {
    if (numberFree == 0) {
      CoalescingWriter moved = Objects.requireNonNull(owners[next]);
      next = (next + 1) % PIECES;
      moved.moveOut();
    }
    int piece = free[--numberFree];
    owners[piece] = writer;
    return piece;
  }

  /** The memory of a piece. */
  ByteBuf of(int piece) {
    ByteBuf memory = buffers[piece];
    if (memory == null) {
      memory = Unpooled.directBuffer(SIZE);
      buffers[piece] = memory;
    }
    return memory;
  }

  /** Takes a piece back, whose bytes are not needed any more. */
  void giveBack(int piece) {
    owners[piece] = null;
    free[numberFree++] = piece;
    if (of(piece).clear().capacity() > SIZE) {
      of(piece).capacity(SIZE);
    }
  }

  /** Has a writer send at the end of this turn, or all of them now if many wait. */
  void sendLater(CoalescingWriter writer) {
    due.add(writer);
    if (due.size() == 1) {
      atTurnEnd.accept(sending);
    } else if (due.size() == MAX_DUE) {
      sendDue();
    }
  }

  private void sendDue() {
    for (int i = 0; i < due.size(); i++) { // to send may have another one send
      due.get(i).sendDue();
    }
    due.clear();
  }

  /** The memory for bytes that are encrypted and sent at once; empty, without an owner. */
  ByteBuf sealed() {
    if (sealed == null) {
      sealed = Unpooled.directBuffer(SEALED_SIZE);
    }
    return sealed.clear();
  }

  /** The loop's array for a writev(2), which is empty. */
  IovArray vector() {
    if (vector == null) {
      vector = new IovArray();
    }
    vector.clear();
    return vector;
  }

  /** Opens the pipe now, because later clients may have used up all descriptors. */
  void open() {
    if (Epoll.isAvailable()) {
      pipe = Pipe.open();
    }
  }

  /** The loop's pipe, which is empty; null if there was no descriptor for one. */
  @Nullable Pipe pipe() {
    return pipe;
  }

  /** Replaces a pipe that is not empty any more. */
  void replace(Pipe old) {
    old.close();
    pipe = Pipe.open();
  }

  /** Frees the memory, once the loop has ended. */
  void free() {
    for (ByteBuf buffer : buffers) {
      if (buffer != null) {
        buffer.release();
      }
    }
    if (sealed != null) {
      sealed.release();
    }
    if (vector != null) {
      vector.release();
    }
    if (pipe != null) {
      pipe.close();
    }
  }
}
