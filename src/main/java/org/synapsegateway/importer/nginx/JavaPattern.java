// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.BitSet;

/** A pattern as {@link java.util.regex.Pattern} writes it. */
final class JavaPattern {
  private JavaPattern() {}

  static String of(Pcre.Part part) {
    if (part instanceof Pcre.OneOf one) {
      return javaClass(one.bytes());
    }
    if (part instanceof Pcre.Sequence sequence) {
      StringBuilder java = new StringBuilder();
      sequence.parts().forEach(each -> java.append(of(each)));
      return java.toString();
    }
    if (part instanceof Pcre.Choice choice) {
      return String.join("|", choice.branches().stream().map(JavaPattern::of).toList());
    }
    if (part instanceof Pcre.Group group) {
      return group.opening() + of(group.part()) + ")";
    }
    if (part instanceof Pcre.Repeat repeat) {
      return "(?:"
          + of(repeat.part())
          + "){"
          + repeat.least()
          + ","
          + (repeat.most() < 0 ? "" : repeat.most())
          + "}"
          + repeat.manner();
    }
    if (part instanceof Pcre.Other other) {
      return other.java();
    }
    return part instanceof Pcre.Start ? "^" : "$";
  }

  private static String javaClass(BitSet bytes) {
    if (bytes.isEmpty()) {
      return "(?!)";
    }
    StringBuilder java = new StringBuilder("[");
    for (int first = bytes.nextSetBit(0); first >= 0; ) {
      int end = bytes.nextClearBit(first);
      java.append("\\x%02x-\\x%02x".formatted(first, end - 1));
      first = bytes.nextSetBit(end);
    }
    return java.append(']').toString();
  }
}
