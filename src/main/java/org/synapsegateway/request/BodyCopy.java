// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.synapsegateway.net.MemoryBudget;

/**
 * What is kept of a body, in memory that all copies share.
 *
 * <p>It is on the heap, so that it pins none of the buffers that are read into, and in pieces, each
 * as large as those before it up to {@value #MAX_PIECE} bytes, so that no byte is copied twice and
 * at most half of the memory is empty. Confined to one event loop.
 */
final class BodyCopy {
  private static final ReplayBudget NONE = new ReplayBudget(0, new MemoryBudget(0));
  private static final byte[][] NO_PIECES = {};
  private static final int MIN_PIECE = 64;
  private static final int MAX_PIECE = 64 * 1024;

  private ReplayBudget memory = NONE;
  private byte[][] pieces = NO_PIECES;
  private int reserved;
  private int length;
  private boolean refused;

  /** Holds these bytes only, which count in no budget. */
  void of(byte[] bytes) {
    length = bytes.length;
    pieces = new byte[][] {bytes};
  }

  /** Whether it is just this array. */
  @SuppressWarnings("ReferenceEquality")
  boolean is(byte[] bytes) {
    return pieces.length > 0 && pieces[0] == bytes;
  }

  /** Sets the budget of its memory. */
  void keepIn(ReplayBudget from) {
    memory = from;
  }

  /** Whether bytes were not kept because there was no memory, and not because of their number. */
  boolean wasRefused() {
    return refused;
  }

  int length() {
    return length;
  }

  /** All bytes. */
  byte[] bytes() {
    byte[] bytes = new byte[length];
    int at = 0;
    for (byte[] piece : pieces) {
      int part = Math.min(piece.length, length - at);
      System.arraycopy(piece, 0, bytes, at, part);
      at += part;
    }
    return bytes;
  }

  /** The bytes from here to the end of a piece. */
  ByteBuf from(int played) {
    int start = 0;
    for (byte[] piece : pieces) {
      if (played < start + piece.length) {
        int from = played - start;
        return Unpooled.wrappedBuffer(piece, from, Math.min(piece.length, length - start) - from);
      }
      start += piece.length;
    }
    throw new IllegalStateException("the copy has " + length + " bytes, and not byte " + played);
  }

  /** Forgets all bytes, and gives their memory back. */
  void release() {
    memory.budget().giveBack(reserved);
    memory = NONE;
    pieces = NO_PIECES;
    reserved = 0;
    length = 0;
  }

  /** Adds bytes; returns whether all of them have found room. */
  boolean add(ByteBuf bytes) {
    while (bytes.isReadable()) {
      int room = room(bytes.readableBytes());
      if (room == 0) {
        return false;
      }
      byte[] last = pieces[pieces.length - 1];
      int more = Math.min(room, bytes.readableBytes());
      bytes.readBytes(last, last.length - room, more);
      length += more;
    }
    return true;
  }

  /**
   * How much of the last piece is empty, which is a new one if need be; 0 if there is no memory.
   *
   * @param come how much is to be put there
   */
  private int room(int come) {
    if (reserved == length) {
      int wanted = Math.min(Math.max(Math.max(length, come), MIN_PIECE), MAX_PIECE);
      int size = Math.min(wanted, memory.maxOfOne() - length);
      if (size <= 0) {
        return 0;
      }
      if (!memory.budget().take(size)) {
        refused = true;
        return 0;
      }
      pieces = Arrays.copyOf(pieces, pieces.length + 1);
      pieces[pieces.length - 1] = new byte[size];
      reserved += size;
    }
    return reserved - length;
  }
}
