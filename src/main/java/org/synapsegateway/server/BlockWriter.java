// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Writes blocks of DEFLATE (RFC 1951), each from the border of a byte to another, so that nothing
 * is kept between two of them. Confined to one event loop, whose bodies share it.
 */
final class BlockWriter {
  /** The most bytes that a block may stand for. */
  static final int MAX = 32 * 1024;

  /**
   * Marks a token as a match, with its length less 3 in the second byte, then its distance less 1.
   */
  private static final int MATCH = 1 << 31;

  private static final int END_OF_BLOCK = 256;
  private static final int FIRST_LENGTH = 257;
  private static final int MIN_MATCH = 3;
  private static final int MAX_MATCH = 258;

  /** Room for a block that cannot be compressed, with what is written around it. */
  private static final int ROOM = MAX + 64;

  /** The kinds of blocks: bytes as they are, and a Huffman code of its own. */
  private static final int STORED = 0;

  private static final int CODED = 2;
  private static final long LENGTH_OF_NONE = 0xffff_0000L;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** The code of each length of a match (section 3.2.5), from 0. */
  private static final byte[] LENGTH_CODE = new byte[MAX_MATCH - MIN_MATCH + 1];

  private static final int[] LENGTH_BASE = new int[29];
  private static final int[] LENGTH_EXTRA = new int[29];
  private static final int[] DISTANCE_BASE = new int[30];
  private static final int[] DISTANCE_EXTRA = new int[30];

  static {
    int next = 0;
    for (int code = 0; code < 28; code++) {
      LENGTH_BASE[code] = next;
      LENGTH_EXTRA[code] = code < 8 ? 0 : code / 4 - 1;
      int end = next + (1 << LENGTH_EXTRA[code]);
      Arrays.fill(LENGTH_CODE, next, Math.min(end, LENGTH_CODE.length), (byte) code);
      next = end;
    }
    LENGTH_BASE[28] = MAX_MATCH - MIN_MATCH;
    LENGTH_CODE[MAX_MATCH - MIN_MATCH] = 28;
    next = 0;
    for (int code = 0; code < 30; code++) {
      DISTANCE_BASE[code] = next;
      DISTANCE_EXTRA[code] = code < 4 ? 0 : code / 2 - 1;
      next += 1 << DISTANCE_EXTRA[code];
    }
  }

  /** The block: bytes, and matches as {@link #match} has them. */
  final int[] tokens = new int[MAX];

  /** How often the block has each byte, each code of a length, and each code of a distance. */
  final int[] literalCounts = new int[286];

  private final int[] distanceCounts = new int[30];
  private final HuffmanCode literals = new HuffmanCode(literalCounts, 15);
  private final HuffmanCode distances = new HuffmanCode(distanceCounts, 15);
  private final CodeLengths codeLengths = new CodeLengths();

  private final byte[] out = new byte[ROOM];
  private int size;
  private long bits;
  private int bitCount;

  /**
   * Makes a block of the first tokens; {@link #moveTo} takes it.
   *
   * @param from what they stand for, if that is shorter
   * @param last whether the body ends with it
   * @return its size
   */
  int write(int count, byte[] from, int start, int length, boolean last) {
    literals.make();
    distances.make();
    long coded = codeLengths.make(literals, distances) + literals.bits() + distances.bits();
    if ((coded + extraBits()) / 8 < length) {
      put((last ? 1 : 0) | CODED << 1, 3);
      codeLengths.write(this);
      writeTokens(count);
      if (!last) {
        // an empty block leads to the border of a byte
        put(STORED, 3);
        finishByte();
        putLong(LENGTH_OF_NONE, 4);
      }
    } else {
      put((last ? 1 : 0) | STORED << 1, 3);
      finishByte();
      putLong(length | (long) (~length & 0xffff) << 16, 4);
      System.arraycopy(from, start, out, size, length);
      size += length;
    }
    finishByte();
    return size;
  }

  /** Moves the block to where it is sent from. */
  void moveTo(ByteBuf to) {
    to.writeBytes(out, 0, size);
    size = 0;
  }

  /** Begins a block, without what is left of one that nobody took. */
  void begin() {
    size = 0;
    bits = 0;
    bitCount = 0;
    Arrays.fill(literalCounts, 0);
    Arrays.fill(distanceCounts, 0);
    literalCounts[END_OF_BLOCK] = 1;
  }

  /** A token of a match, counted. */
  int match(int length, int distance) {
    literalCounts[FIRST_LENGTH + LENGTH_CODE[length - MIN_MATCH]]++;
    distanceCounts[distanceCode(distance - 1)]++;
    return MATCH | length - MIN_MATCH << 16 | distance - 1;
  }

  /** The code of a distance, from 0. */
  private static int distanceCode(int distance) {
    if (distance < 4) {
      return distance;
    }
    int log = 31 - Integer.numberOfLeadingZeros(distance);
    return 2 * log + (distance >>> log - 1 & 1);
  }

  private long extraBits() {
    long sum = 0;
    for (int code = 0; code < LENGTH_EXTRA.length; code++) {
      sum += (long) literalCounts[FIRST_LENGTH + code] * LENGTH_EXTRA[code];
    }
    for (int code = 0; code < DISTANCE_EXTRA.length; code++) {
      sum += (long) distanceCounts[code] * DISTANCE_EXTRA[code];
    }
    return sum;
  }

  /** The state is in local variables, which the compiler keeps in registers. */
  private void writeTokens(int count) {
    byte[] to = out;
    int[] literalCodes = literals.codes;
    byte[] literalLengths = literals.lengths;
    int[] distanceCodes = distances.codes;
    byte[] distanceLengths = distances.lengths;
    long pending = bits;
    int pendingCount = bitCount;
    int at = size;
    for (int i = 0; i < count; i++) {
      int token = tokens[i];
      if (token >= 0) {
        pending |= (long) literalCodes[token] << pendingCount;
        pendingCount += literalLengths[token];
      } else {
        int length = token >>> 16 & 0xff;
        int code = LENGTH_CODE[length];
        pending |= (long) literalCodes[FIRST_LENGTH + code] << pendingCount;
        pendingCount += literalLengths[FIRST_LENGTH + code];
        pending |= (long) (length - LENGTH_BASE[code]) << pendingCount;
        pendingCount += LENGTH_EXTRA[code];
        int distance = token & 0xffff;
        code = distanceCode(distance);
        pending |= (long) distanceCodes[code] << pendingCount;
        pendingCount += distanceLengths[code];
        pending |= (long) (distance - DISTANCE_BASE[code]) << pendingCount;
        pendingCount += DISTANCE_EXTRA[code];
      }
      LONGS.set(to, at, pending);
      at += pendingCount >>> 3;
      pending >>>= pendingCount & ~7;
      pendingCount &= 7;
    }
    bits = pending;
    bitCount = pendingCount;
    size = at;
    put(literalCodes[END_OF_BLOCK], literalLengths[END_OF_BLOCK]);
  }

  /** Writes some bits, 32 at most. */
  void put(int value, int count) {
    bits |= (long) value << bitCount;
    bitCount += count;
    LONGS.set(out, size, bits);
    size += bitCount >>> 3;
    bits >>>= bitCount & ~7;
    bitCount &= 7;
  }

  private void putLong(long value, int bytes) {
    LONGS.set(out, size, value);
    size += bytes;
  }

  private void finishByte() {
    if (bitCount > 0) {
      put(0, Byte.SIZE - bitCount);
    }
  }
}
