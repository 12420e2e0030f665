// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.util.Arrays;

/** Writes the codes of a block: their lengths, in a code of their own (RFC 1951, 3.2.7). */
final class CodeLengths {
  /** The order in which the lengths of that code are written: rare ones last. */
  private static final byte[] ORDER = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
  };

  /** The last length once more, 3 to 6 times; no code, 3 to 10 and 11 to 138 times. */
  private static final int REPEAT = 16;

  private static final int FEW_ZEROS = 17;
  private static final int MANY_ZEROS = 18;
  private static final int[] EXTRA_BITS = {2, 3, 7};

  private static final int MIN_LITERALS = 257;
  private static final int MIN_LENGTHS = 4;

  private final HuffmanCode code = new HuffmanCode(new int[ORDER.length], 7);
  private final byte[] lengths = new byte[286 + 30];

  /** A length, or a repetition with how often beside. */
  private final byte[] symbols = new byte[286 + 30];

  private final byte[] extras = new byte[286 + 30];
  private int count;
  private int literalCount;
  private int distanceCount;
  private int ordered;

  /** Makes it for two codes; returns how many bits it has. */
  int make(HuffmanCode literals, HuffmanCode distances) {
    literalCount = Math.max(MIN_LITERALS, literals.size());
    distanceCount = Math.max(1, distances.size());
    System.arraycopy(literals.lengths, 0, lengths, 0, literalCount);
    System.arraycopy(distances.lengths, 0, lengths, literalCount, distanceCount);
    shorten(literalCount + distanceCount);
    Arrays.fill(code.counts, 0);
    int bits = 14;
    for (int i = 0; i < count; i++) {
      code.counts[symbols[i]]++;
      bits += symbols[i] < REPEAT ? 0 : EXTRA_BITS[symbols[i] - REPEAT];
    }
    code.make();
    ordered = ORDER.length;
    while (ordered > MIN_LENGTHS && code.lengths[ORDER[ordered - 1]] == 0) {
      ordered--;
    }
    return bits + 3 * ordered + (int) code.bits();
  }

  private void shorten(int size) {
    count = 0;
    for (int i = 0; i < size; ) {
      byte length = lengths[i];
      int end = i + 1;
      while (end < size && lengths[end] == length) {
        end++;
      }
      if (length == 0) {
        zeros(end - i);
      } else {
        add(length, 0);
        repeat(length, end - i - 1);
      }
      i = end;
    }
  }

  private void zeros(int times) {
    int left = times;
    while (left >= 3) {
      int now = Math.min(left, 138);
      add(now > 10 ? MANY_ZEROS : FEW_ZEROS, now - (now > 10 ? 11 : 3));
      left -= now;
    }
    for (; left > 0; left--) {
      add(0, 0);
    }
  }

  private void repeat(byte length, int times) {
    int left = times;
    while (left >= 3) {
      int now = Math.min(left, 6);
      add(REPEAT, now - 3);
      left -= now;
    }
    for (; left > 0; left--) {
      add(length, 0);
    }
  }

  private void add(int symbol, int extra) {
    symbols[count] = (byte) symbol;
    extras[count] = (byte) extra;
    count++;
  }

  void write(BlockWriter out) {
    out.put(literalCount - MIN_LITERALS, 5);
    out.put(distanceCount - 1, 5);
    out.put(ordered - MIN_LENGTHS, 4);
    for (int i = 0; i < ordered; i++) {
      out.put(code.lengths[ORDER[i]], 3);
    }
    for (int i = 0; i < count; i++) {
      int symbol = symbols[i];
      out.put(code.codes[symbol], code.lengths[symbol]);
      if (symbol >= REPEAT) {
        out.put(extras[i], EXTRA_BITS[symbol - REPEAT]);
      }
    }
  }
}
