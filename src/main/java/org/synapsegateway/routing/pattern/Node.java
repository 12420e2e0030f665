// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing.pattern;

import java.util.BitSet;
import java.util.List;

/** The syntax tree of a pattern line. Not changed once it is made. */
sealed interface Node {
  /** One byte out of a set. */
  record OneOf(BitSet bytes) implements Node {}

  /** The parts in sequence; without parts, the empty text. */
  record Sequence(List<Node> parts) implements Node {}

  /** One branch out of several. */
  record Choice(List<Node> branches) implements Node {}

  /** A part that may be absent, may come again, or both. */
  record Repeat(Node part, boolean optional, boolean again) implements Node {}

  /** The end of the path, which is no byte. */
  record End() implements Node {}

  /** The bytes of an ASCII text. */
  static Node text(String ascii) {
    return new Sequence(ascii.chars().mapToObj(c -> (Node) oneOf(c, c)).toList());
  }

  /** A byte from one to another, both included. */
  static OneOf oneOf(int first, int last) {
    BitSet bytes = new BitSet(256);
    bytes.set(first, last + 1);
    return new OneOf(bytes);
  }
}
