// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.util.AsciiString;

/**
 * Takes the fields of one field section (RFC 9113 section 8.1), one after the other.
 *
 * <p>What is wrong with them is told in the end: the rest of the section must be decoded
 * nevertheless, because the table of later ones depends on it (RFC 7541 section 2.2).
 */
interface Section {
  /** Takes a field as it was sent. */
  void field(AsciiString name, AsciiString value);

  /** The section is larger than any may be, and the rest of its fields does not come. */
  void isTooLarge();
}
