// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import java.nio.charset.StandardCharsets;
import org.synapsegateway.http.Octets;

/** The trailer fields of a reply as a field block. */
final class TrailerBlock implements FieldBlock {
  private final byte[] lines;

  /**
   * @param lines as a body's sink gets them: whole lines that have been checked
   */
  TrailerBlock(String lines) {
    this.lines = lines.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void write(BlockWriter to) {
    int at = 0;
    while (at < lines.length) {
      int nameStart = at;
      int nameEnd = indexOf(':', nameStart);
      int lineEnd = indexOf('\r', nameEnd);
      int valueStart = nameEnd + 1;
      while (valueStart < lineEnd && Octets.isBlank(lines[valueStart])) {
        valueStart++;
      }
      int valueEnd = lineEnd;
      while (valueEnd > valueStart && Octets.isBlank(lines[valueEnd - 1])) {
        valueEnd--;
      }
      to.field(lines, nameStart, nameEnd, valueStart, valueEnd);
      at = lineEnd + 2;
    }
  }

  private int indexOf(char c, int from) {
    int at = from;
    while (lines[at] != c) {
      at++;
    }
    return at;
  }
}
