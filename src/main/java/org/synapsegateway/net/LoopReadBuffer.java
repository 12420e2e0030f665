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
 * <p>Nearly every read is consumed before the next one, so one large buffer, which stays in the
 * CPU's cache, serves for all. If a reader keeps a part of it, the whole buffer stays in use and
 * the loop takes another one; so small parts should be copied ({@link #kept}). Little is read at a
 * time while many bytes wait, while the memory for replies is scarce, or while the loop's turn is
 * over, because then new bytes would have to wait too. Confined to one event loop.
 */
public final class LoopReadBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
  /** Room for a reply of 64 KiB with its head, and for most of what a UNIX socket holds. */
  static final int SIZE = 128 * 1024;

  /**
   * Room for one read, for a record that began before it, and for one more, which a TLS engine
   * demands.
   */
  private static final int PLAINTEXT_SIZE = SIZE + 64 * 1024;

  /**
   * The size of a read while the turn is over, when its bytes wait for the next one, and while
   * clients take little of their replies: what is read for one more of them waits for long.
   */
  static final int SOME = 32 * 1024;

  /** The size of a read while many bytes wait. */
  static final int LITTLE = 8 * 1024;

  /** The least size of a read, while there is no room for more. */
  static final int LEAST = 256;

  /** Netty's default for the reads of one connection before other connections have their turn. */
  private static final int READS_IN_TURN = 16;

  private final Backlog backlog;
  private final SharedBudget replies;
  private final Turns turns;
  private @Nullable ByteBuf buffer;
  private @Nullable ByteBuf plaintext;

  /**
   * @param replies the memory for replies that wait
   */
  LoopReadBuffer(Backlog backlog, SharedBudget replies, Turns turns) {
    super(READS_IN_TURN);
    this.backlog = backlog;
    this.replies = replies;
    this.turns = turns;
  }

  @Override
  @SuppressWarnings("deprecation") // the interface has no other handle
  public Handle newHandle() {
    return newHandle(null);
  }

  /**
   * @param spliced whose bytes may be spliced; null if they never are
   */
  @SuppressWarnings("deprecation") // the interface has no other handle
  Handle newHandle(@Nullable Inlet spliced) {
    return new MaxMessageHandle() {
      @Override
      public int guess() {
        return isSpliced() ? LITTLE : size();
      }

      @Override
      public ByteBuf allocate(ByteBufAllocator allocator) {
        return isSpliced() ? allocator.ioBuffer(LITTLE, LITTLE) : next(allocator);
      }

      private boolean isSpliced() {
        return spliced != null && spliced.isSpliced();
      }
    };
  }

  /**
   * Keeps what was read for later: in its buffer if it fills a good part of that, else as a copy,
   * so that a small piece does not hold a large buffer.
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
    if (backlog.isHigh()) {
      return backlog.readSize(LEAST, LITTLE);
    }
    return turns.isOver() || replies.isScarce() ? SOME : SIZE;
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

  /** The buffer for the decrypted bytes of one read, shared in the same way. */
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
