// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import org.synapsegateway.http.Octets;

/**
 * Percent-decoding as Synapse does it: Python's {@code urllib.parse.unquote_to_bytes}, which leaves
 * a percent sign without two hexadecimal digits as it is, and decodes nothing twice.
 */
final class PercentCoding {
  private PercentCoding() {}

  /** A path segment, decoded; the same array where there is nothing to decode. */
  static Slice decodeSegment(byte[] b, int start, int end) {
    return decode(b, start, end, false);
  }

  /** The name or value of a query argument, decoded: a plus sign is a space. */
  static Slice decodeArgument(byte[] b, int start, int end) {
    return decode(b, start, end, true);
  }

  /** Whether the name of a query argument, decoded, is this ASCII text. */
  static boolean isArgument(byte[] b, int start, int end, String name) {
    int at = start;
    for (int i = 0; i < name.length(); i++) {
      if (at >= end) {
        return false;
      }
      int octet;
      if (isEscape(b, at, end)) {
        octet = Octets.hex(b[at + 1], b[at + 2]);
        at += 3;
      } else {
        octet = b[at] == '+' ? ' ' : b[at];
        at++;
      }
      if (octet != name.charAt(i)) {
        return false;
      }
    }
    return at == end;
  }

  private static Slice decode(byte[] b, int start, int end, boolean plusIsSpace) {
    int at = start;
    while (at < end && b[at] != '%' && !(plusIsSpace && b[at] == '+')) {
      at++;
    }
    if (at == end) {
      return Slice.of(b, start, end);
    }
    byte[] decoded = new byte[end - start];
    int length = at - start;
    System.arraycopy(b, start, decoded, 0, length);
    while (at < end) {
      if (isEscape(b, at, end)) {
        decoded[length++] = (byte) Octets.hex(b[at + 1], b[at + 2]);
        at += 3;
      } else {
        decoded[length++] = plusIsSpace && b[at] == '+' ? (byte) ' ' : b[at];
        at++;
      }
    }
    return Slice.of(decoded, 0, length);
  }

  private static boolean isEscape(byte[] b, int at, int end) {
    return b[at] == '%' && at + 2 < end && Octets.hex(b[at + 1], b[at + 2]) >= 0;
  }
}
