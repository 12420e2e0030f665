// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.util.AsciiString;

/**
 * Takes the fields of one field section (RFC 9113 section 8.1), one after the other.
 *
 * <p>A fault is reported at the end: the rest of the section must be decoded first, because the
 * table for later sections depends on it (RFC 7541 section 2.2).
 */
interface Section {
  /** Takes a field as it was sent. */
  void field(AsciiString name, AsciiString value);

  /** The section is too large; its remaining fields are not passed on. */
  void isTooLarge();
}
