// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.BitSet;
import java.util.List;

/**
 * The syntax tree of a regular expression as PCRE reads it, one char a byte. From it come the
 * expression that Java runs ({@link JavaPattern}) and, for a pattern that is regular in the strict
 * sense, request lines ({@link PatternLines}).
 */
final class Pcre {
  private Pcre() {}

  /** A part of a pattern. */
  sealed interface Part {}

  /** One byte of a set. */
  record OneOf(BitSet bytes) implements Part {}

  /** One part behind the other. */
  record Sequence(List<Part> parts) implements Part {}

  /** One of several. */
  record Choice(List<Part> branches) implements Part {}

  /**
   * A group.
   *
   * @param opening how Java writes it
   * @param regular whether it is regular in the strict sense
   */
  record Group(String opening, Part part, boolean regular) implements Part {}

  /**
   * A repeat.
   *
   * @param most -1 for any number
   * @param manner {@code ?} if it is lazy, {@code +} if it is possessive
   */
  record Repeat(Part part, int least, int most, String manner) implements Part {}

  /** The beginning of the text. */
  record Start() implements Part {}

  /** The end of the text. */
  record End() implements Part {}

  /** What is not regular, as Java writes it: a word's edge, a back reference. */
  record Other(String java) implements Part {}
}
