// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The memory that all connections of one event loop read into, one after the other.
 *
 * <p>Nearly every read is used up before the next one, so that one buffer, large and warm, serves
 * for all of them. Whoever keeps a part of what was read keeps all of the buffer, and the loop
 * takes another one; so a small part should not be kept for long. While much of what was read
 * waits, or the loop's turn is over, so that it would have to wait, little is read at a time.
 * Confined to one event loop.
 */
public final class LoopReadBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
  /** A reply of 64 KiB with its head, and the better part of what a UNIX socket holds. */
  static final int SIZE = 128 * 1024;

  /** For one read, a record that began before it, and one more that an engine demands room for. */
  private static final int PLAINTEXT_SIZE = SIZE + 64 * 1024;

  /** What is read at a time where it may have to wait. */
  static final int LITTLE = 8 * 1024;

  /** As many as Netty reads by default before other connections have their turn. */
  private static final int READS_IN_TURN = 16;

  private final Backlog backlog;
  private final Turns turns;
  private @Nullable ByteBuf buffer;
  private @Nullable ByteBuf plaintext;

  LoopReadBuffer(Backlog backlog, Turns turns) {
    super(READS_IN_TURN);
    this.backlog = backlog;
    this.turns = turns;
  }

  @Override
  @SuppressWarnings("deprecation") // the interface has no other handle
  public Handle newHandle() {
    return new MaxMessageHandle() {
      @Override
      public int guess() {
        return size();
      }

      @Override
      public ByteBuf allocate(ByteBufAllocator allocator) {
        return next(allocator);
      }
    };
  }

  /**
   * What was read, for later: in its buffer if it fills a good part of it, else in one of its own
   * size, so that a small piece that waits does not keep a large buffer.
   */
  public static ByteBuf kept(ByteBuf bytes) {
    int size = bytes.readableBytes();
    if (size >= SIZE / 2) {
      return bytes;
    }
    ByteBuf copy = bytes.alloc().ioBuffer(size).writeBytes(bytes);
    bytes.release();
    return copy;
  }

  private int size() {
    return backlog.isHigh() || turns.isOver() ? LITTLE : SIZE;
  }

  private ByteBuf next(ByteBufAllocator allocator) {
    int size = size();
    if (buffer != null && (buffer.refCnt() > 1 || buffer.capacity() != size)) {
      buffer.release();
      buffer = null;
    }
    if (buffer == null) {
      buffer = allocator.ioBuffer(size, size);
    }
    return buffer.clear().retain();
  }

  /** A buffer for what comes of one read when it is decrypted, shared in the same way. */
  ByteBuf plaintext() {
    if (plaintext != null && plaintext.refCnt() > 1) {
      plaintext.release();
      plaintext = null;
    }
    if (plaintext == null) {
      plaintext = PooledByteBufAllocator.DEFAULT.directBuffer(PLAINTEXT_SIZE, PLAINTEXT_SIZE);
    }
    return plaintext.clear().retain();
  }

  /** Frees the memory, once the loop has ended. */
  void free() {
    if (buffer != null) {
      buffer.release();
    }
    if (plaintext != null) {
      plaintext.release();
    }
  }
}
