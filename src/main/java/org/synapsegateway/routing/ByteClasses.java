package org.synapsegateway.routing;

import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The bytes sorted into classes that no pattern tells apart, so that a state needs one transition a
 * class.
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
      Map<Integer, Integer> split = new HashMap<>();
      for (int b = 0; b < 256; b++) {
        int part = classOf[b] * 2 + (set.get(b) ? 1 : 0);
        classOf[b] = (char) (int) split.computeIfAbsent(part, p -> split.size());
      }
      classes = split.size();
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

  /** A byte of the class, a printable one if there is any, for examples. */
  byte example(int byteClass) {
    int found = -1;
    for (int b = 0; b < 256; b++) {
      boolean printable = b > ' ' && b <= '~';
      boolean letter = b >= 'a' && b <= 'z';
      if (classOf[b] == byteClass
          && (found < 0
              || printable && (found <= ' ' || found > '~')
              || letter && !(found >= 'a' && found <= 'z'))) {
        found = b;
      }
    }
    return (byte) found;
  }
}
