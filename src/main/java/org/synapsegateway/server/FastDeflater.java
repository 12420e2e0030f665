// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Compresses one body fast (DEFLATE, RFC 1951): JSON in little more than half the time of zlib at
 * its first level, to the same size.
 *
 * <p>It looks for a repetition at one place only, the last one where four bytes had the same hash,
 * and seldom where it has found none for long. Confined to one event loop.
 */
final class FastDeflater {
  /** How far back a repetition may be. */
  private static final int WINDOW = 32 * 1024;

  private static final int MIN_MATCH = 4;
  private static final int MAX_MATCH = 258;

  /** What is read at once, and no further than the last byte. */
  private static final int STEP = Long.BYTES;

  private static final int HASH_BITS = 14;

  /** After so many bytes without a repetition one more byte is passed over (as a power of 2). */
  private static final int MISS_BITS = 3;

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final BlockWriter writer;

  /** The window before the block, and the block. */
  private final byte[] bytes = new byte[WINDOW + BlockWriter.MAX];

  /** Where the last four bytes of each hash were, counted from the first byte ever compressed. */
  private final int[] places = new int[1 << HASH_BITS];

  /** What the first byte is counted as. */
  private int base;

  private int blockStart;
  private int end;
  private int total;

  FastDeflater(BlockWriter writer) {
    this.writer = writer;
  }

  /** Begins another body. */
  void reset() {
    base += end; // so that places in the body before are none in this one
    blockStart = 0;
    end = 0;
    total = 0;
  }

  /** How many more bytes the block takes. */
  int room() {
    return blockStart + BlockWriter.MAX - end;
  }

  /** Whether nothing waits to be compressed. */
  boolean isEmpty() {
    return end == blockStart;
  }

  /** Adds bytes to the block, for which there must be {@link #room()}. */
  void add(ByteBuf in, int size) {
    in.readBytes(bytes, end, size);
    end += size;
    total += size;
  }

  /** How many bytes of the body have been added, modulo 2^32. */
  int total() {
    return total;
  }

  /**
   * Compresses the block; {@link #moveTo} takes the outcome.
   *
   * @param last whether the body ends with it
   * @return the size of the outcome
   */
  int compress(boolean last) {
    int size = writer.write(find(), bytes, blockStart, end - blockStart, last);
    int gone = Math.max(0, end - WINDOW);
    System.arraycopy(bytes, gone, bytes, 0, end - gone);
    base += gone;
    end -= gone;
    blockStart = end;
    return size;
  }

  /** Moves what has been compressed to where it is sent from. */
  void moveTo(ByteBuf to) {
    writer.moveTo(to);
  }

  /** Finds the repetitions of the block; returns how many tokens it has. */
  private int find() {
    byte[] text = bytes;
    int[] table = places;
    int[] tokens = writer.tokens;
    int[] counts = writer.literalCounts;
    writer.begin();
    int count = 0;
    int misses = 0;
    int at = blockStart;
    int last = end - STEP;
    while (at < last) {
      int next = (int) INTS.get(text, at);
      int hash = hash(next);
      int before = table[hash] - base;
      table[hash] = base + at;
      // the place may be out of date, but never the bytes
      if (before >= 0
          && before < at
          && at - before <= WINDOW
          && (int) INTS.get(text, before) == next) {
        int length = length(text, before, at);
        tokens[count++] = writer.match(length, at - before);
        at += length;
        misses = 0;
        if (at < last) {
          table[hash((int) INTS.get(text, at - 2))] = base + at - 2;
        }
      } else {
        int missed = Math.min(last, at + 1 + (misses++ >> MISS_BITS));
        do {
          int literal = text[at++] & 0xff;
          tokens[count++] = literal;
          counts[literal]++;
        } while (at < missed);
      }
    }
    while (at < end) {
      int literal = text[at++] & 0xff;
      tokens[count++] = literal;
      counts[literal]++;
    }
    return count;
  }

  private static int hash(int next) {
    return next * 0x9E3779B1 >>> 32 - HASH_BITS;
  }

  private int length(byte[] text, int before, int at) {
    int most = Math.min(MAX_MATCH, end - at);
    int length = MIN_MATCH;
    while (length + STEP <= most) {
      long differs = (long) LONGS.get(text, before + length) ^ (long) LONGS.get(text, at + length);
      if (differs != 0) {
        return length + Long.numberOfTrailingZeros(differs) / Byte.SIZE;
      }
      length += STEP;
    }
    while (length < most && text[before + length] == text[at + length]) {
      length++;
    }
    return length;
  }
}
