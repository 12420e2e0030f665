// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.IovArray;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The memory in which one event loop gathers what it sends with one system call.
 *
 * <p>A connection with pending bytes has a piece of it until they are sent. If all pieces are
 * taken, one connection's bytes move to its channel's queue. {@link #sendLater} sends at the end of
 * the loop's turn. Confined to one event loop.
 */
public final class LoopWriteBuffer {
  /** Room for nearly every head with a small body. */
  static final int SIZE = 16 * 1024;

  /** Four full TLS records, which is mostly what a socket takes at once. */
  static final int SEALED_SIZE = 4 * 19 * 1024;

  /** The most connections that wait for the end of a turn. */
  static final int MAX_DUE = 64;

  /** With some for connections that send at once. */
  private static final int PIECES = MAX_DUE + 8;

  private final Consumer<Runnable> atTurnEnd;
  private final Runnable sending = this::sendDue;
  private final @Nullable ByteBuf[] buffers = new ByteBuf[PIECES];

  /** The connection whose bytes are pending in each piece; null for a free piece. */
  private final @Nullable CoalescingWriter[] owners = new CoalescingWriter[PIECES];

  /** The free pieces, as a stack: the one used last is still in the processor's cache. */
  private final int[] free = new int[PIECES];

  private int numberFree;
  private int next;

  /** The connections that send at the end of this turn. */
  private final Deque<CoalescingWriter> due = new ArrayDeque<>();

  private boolean scheduled;

  private @Nullable ByteBuf sealed;
  private @Nullable IovArray vector;
  private @Nullable SplicePipe pipe;

  /**
   * @param atTurnEnd runs a task at the end of the turn, when the loop has served all ready
   *     channels
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

  /** Takes a piece back and clears it. */
  void giveBack(int piece) {
    owners[piece] = null;
    free[numberFree++] = piece;
    if (of(piece).clear().capacity() > SIZE) {
      of(piece).capacity(SIZE);
    }
  }

  /** Sends a connection's bytes at the end of this turn, or all of them now if too many wait. */
  void sendLater(CoalescingWriter writer) {
    due.addLast(writer);
    if (due.size() == MAX_DUE) {
      sendDue();
    } else if (!scheduled) {
      scheduled = true;
      atTurnEnd.accept(sending);
    }
  }

  private void sendDue() {
    scheduled = false; // first, so that one that fails keeps no other from being sent with the next
    for (CoalescingWriter first = due.pollFirst(); first != null; first = due.pollFirst()) {
      first.sendDue();
    }
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
      pipe = SplicePipe.open();
    }
  }

  /** The loop's pipe, which is empty; null if there was no descriptor for one. */
  @Nullable SplicePipe pipe() {
    return pipe;
  }

  /** Replaces a pipe that is not empty any more. */
  void replace(SplicePipe old) {
    pipe = null;
    old.close();
    pipe = SplicePipe.open();
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
