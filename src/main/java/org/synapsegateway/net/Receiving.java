package org.synapsegateway.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * The memory that all connections of one event loop read into, one after the other.
 *
 * <p>Nearly every read is used up before the next one, so that one buffer, large and warm, serves
 * for all of them. Whoever keeps a part of what was read keeps all of the buffer, and the loop
 * takes another one; so nobody should keep a small part for long. Confined to one event loop.
 */
public final class Receiving extends DefaultMaxMessagesRecvByteBufAllocator {
  /** A reply of 64 KiB with its head, and the better part of what a UNIX socket holds. */
  static final int SIZE = 128 * 1024;

  /** As many as Netty reads by default before other connections have their turn. */
  private static final int READS_IN_TURN = 16;

  private ByteBuf buffer;

  Receiving() {
    super(READS_IN_TURN);
  }

  @Override
  @SuppressWarnings("deprecation") // the interface has no other handle
  public Handle newHandle() {
    return new MaxMessageHandle() {
      @Override
      public int guess() {
        return SIZE;
      }

      @Override
      public ByteBuf allocate(ByteBufAllocator allocator) {
        return next(allocator);
      }
    };
  }

  /**
   * The rest of what was read, for later: in its buffer if it fills a good part of it, else in one
   * of its own size.
   */
  public static ByteBuf kept(ByteBuf rest) {
    int size = rest.readableBytes();
    if (size >= rest.capacity() / 4) {
      return rest;
    }
    ByteBuf copy = rest.alloc().ioBuffer(size).writeBytes(rest);
    rest.release();
    return copy;
  }

  private ByteBuf next(ByteBufAllocator allocator) {
    if (buffer == null) {
      buffer = allocator.ioBuffer(SIZE, SIZE);
    } else if (buffer.refCnt() > 1) {
      buffer.release();
      buffer = allocator.ioBuffer(SIZE, SIZE);
    }
    return buffer.clear().retain();
  }

  /** Frees the memory, once the loop has ended. */
  void free() {
    if (buffer != null) {
      buffer.release();
    }
  }
}
