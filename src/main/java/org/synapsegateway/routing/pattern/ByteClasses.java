// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing.pattern;

import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Classes of bytes that no pattern distinguishes, so that a state needs one transition a class.
 *
 * <p>Immutable.
 */
final class ByteClasses {
  private final char[] classOf = new char[256];
  private final int count;

  /**
   * @param sets all sets of bytes that the patterns know
   */
  ByteClasses(Collection<BitSet> sets) {
    int classes = 1;
    for (BitSet set : sets) {
      // each class falls into those of its bytes that are in the set and those that are not
      int[] parts = new int[classes * 2];
      classes = 0;
      for (int b = 0; b < 256; b++) {
        int part = classOf[b] * 2 + (set.get(b) ? 1 : 0);
        if (parts[part] == 0) {
          parts[part] = ++classes;
        }
        classOf[b] = (char) (parts[part] - 1);
      }
    }
    count = classes;
  }

  int count() {
    return count;
  }

  /** The class of each byte. */
  char[] table() {
    return classOf;
  }

  /** The classes that make up a set of bytes. */
  BitSet of(BitSet bytes) {
    BitSet classes = new BitSet(count);
    bytes.stream().forEach(b -> classes.set(classOf[b]));
    return classes;
  }

  /**
   * One byte of each class, for examples: a letter if possible, and none for a class of bytes that
   * a path may not have (RFC 9112 section 3.2).
   */
  byte[] examples() {
    Map<Integer, Byte> examples = new LinkedHashMap<>();
    IntStream.concat(IntStream.rangeClosed('a', 'z'), IntStream.rangeClosed('!', 255))
        .filter(b -> b != '#' && b != '?' && b != 0x7f)
        .forEach(b -> examples.putIfAbsent((int) classOf[b], (byte) b));
    byte[] bytes = new byte[examples.size()];
    int count = 0;
    for (byte b : examples.values()) {
      bytes[count++] = b;
    }
    return bytes;
  }
}
