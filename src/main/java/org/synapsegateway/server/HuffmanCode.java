// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.util.Arrays;

/** A Huffman code as DEFLATE has it, made for how often each symbol occurs (RFC 1951, 3.2.2). */
final class HuffmanCode {
  private static final int SYMBOL_BITS = 9;

  /** How often each symbol occurs. */
  final int[] counts;

  /** The bits of each symbol's code; 0 if it does not occur. */
  final byte[] lengths;

  /** The codes, with the bit first that is sent first. */
  final int[] codes;

  private final int maxLength;

  /** The symbols that occur, with their counts above; the rarest first. */
  private final int[] sorted;

  private final int[] work;
  private final int[] lengthCounts;
  private final int[] nextCodes;

  /**
   * @param counts how often each symbol occurs, whenever it is made
   * @param maxLength the most bits of a code
   */
  HuffmanCode(int[] counts, int maxLength) {
    this.counts = counts;
    this.maxLength = maxLength;
    int symbols = counts.length;
    lengths = new byte[symbols];
    codes = new int[symbols];
    sorted = new int[symbols];
    work = new int[symbols];
    lengthCounts = new int[symbols + 1];
    nextCodes = new int[maxLength + 1];
  }

  /** Makes lengths and codes of the counts. */
  void make() {
    // some decoders do not take a code of one symbol
    for (int symbol = 0, used = used(2); used < 2; symbol++) {
      if (counts[symbol] == 0) {
        counts[symbol] = 1;
        used++;
      }
    }
    int size = sort();
    depths(size);
    Arrays.fill(lengthCounts, 0);
    for (int i = 0; i < size; i++) {
      lengthCounts[work[i]]++;
    }
    limit(size);
    int next = size;
    for (int length = 1; length <= maxLength; length++) {
      for (int i = lengthCounts[length]; i > 0; i--) {
        next--;
        lengths[sorted[next] & (1 << SYMBOL_BITS) - 1] = (byte) length;
      }
    }
    codes();
  }

  /** How many symbols occur, up to a limit. */
  private int used(int most) {
    int used = 0;
    for (int symbol = 0; symbol < counts.length && used < most; symbol++) {
      used += counts[symbol] > 0 ? 1 : 0;
    }
    return used;
  }

  private int sort() {
    int size = 0;
    for (int symbol = 0; symbol < counts.length; symbol++) {
      lengths[symbol] = 0;
      if (counts[symbol] > 0) {
        sorted[size++] = counts[symbol] << SYMBOL_BITS | symbol;
      }
    }
    Arrays.sort(sorted, 0, size);
    for (int i = 0; i < size; i++) {
      work[i] = sorted[i] >>> SYMBOL_BITS;
    }
    return size;
  }

  /**
   * Replaces the sorted counts in {@link #work} by the depths in the tree, in place (Moffat and
   * Katajainen, In-Place Calculation of Minimum-Redundancy Codes, 1995).
   */
  private void depths(int size) {
    final int[] a = work;
    a[0] += a[1];
    int root = 0;
    int leaf = 2;
    for (int next = 1; next < size - 1; next++) {
      if (leaf >= size || a[root] < a[leaf]) {
        a[next] = a[root];
        a[root++] = next;
      } else {
        a[next] = a[leaf++];
      }
      if (leaf >= size || root < next && a[root] < a[leaf]) {
        a[next] += a[root];
        a[root++] = next;
      } else {
        a[next] += a[leaf++];
      }
    }
    a[size - 2] = 0;
    for (int next = size - 3; next >= 0; next--) {
      a[next] = a[a[next]] + 1;
    }
    int available = 1;
    root = size - 2;
    int next = size - 1;
    for (int depth = 0; available > 0; depth++) {
      int used = 0;
      while (root >= 0 && a[root] == depth) {
        used++;
        root--;
      }
      while (available > used) {
        a[next--] = depth;
        available--;
      }
      available = 2 * used;
    }
  }

  /** Shortens codes that are too long, at the cost of others. */
  private void limit(int size) {
    long sum = 0;
    for (int length = maxLength + 1; length < size; length++) {
      lengthCounts[maxLength] += lengthCounts[length];
    }
    for (int length = 1; length <= maxLength && length < lengthCounts.length; length++) {
      sum += (long) lengthCounts[length] << maxLength - length;
    }
    for (; sum > 1L << maxLength; sum--) {
      int length = maxLength - 1;
      while (lengthCounts[length] == 0) {
        length--;
      }
      lengthCounts[maxLength]--;
      lengthCounts[length]--;
      lengthCounts[length + 1] += 2;
    }
  }

  private void codes() {
    int code = 0;
    for (int length = 1; length <= maxLength; length++) {
      nextCodes[length] = code;
      code = code + lengthCounts[length] << 1;
    }
    for (int symbol = 0; symbol < codes.length; symbol++) {
      int length = lengths[symbol];
      if (length > 0) {
        codes[symbol] = Integer.reverse(nextCodes[length]++) >>> 32 - length;
      }
    }
  }

  /** The number of symbols up to the last that occurs. */
  int size() {
    int size = lengths.length;
    while (size > 0 && lengths[size - 1] == 0) {
      size--;
    }
    return size;
  }

  /** The bits of all that occurs. */
  long bits() {
    long sum = 0;
    for (int symbol = 0; symbol < counts.length; symbol++) {
      sum += (long) counts[symbol] * lengths[symbol];
    }
    return sum;
  }
}
