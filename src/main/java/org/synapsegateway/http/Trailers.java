// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The trailer section of one body (RFC 9110 section 6.5), of which those fields stay that {@link
 * TrailerField} lets go on. Confined to one event loop.
 */
public final class Trailers {
  /** How many bytes of trailers one body may have, which are kept until the last has come. */
  private static final int MAX_BYTES = 4 * 1024;

  private static final String TOO_LARGE = "trailers are larger than " + MAX_BYTES + " bytes";

  private byte[] line = new byte[32];
  private int length;
  private int bytes;
  private boolean whole;
  private @Nullable StringBuilder fields;

  /** Whether the empty line has come that ends them. */
  boolean isWhole() {
    return whole;
  }

  /** The fields to forward, each with its CRLF; null if there are none. */
  public @Nullable String fields() {
    return fields == null ? null : fields.toString();
  }

  /** Adds a byte; returns what is wrong with it, or null. */
  @Nullable String add(byte b) {
    bytes++;
    if (bytes > MAX_BYTES) {
      return TOO_LARGE;
    }
    if (b != '\n') {
      if (length == line.length) {
        line = Arrays.copyOf(line, 2 * length);
      }
      line[length++] = b;
      return null;
    }
    int end = length - 1;
    length = 0;
    if (end < 0 || line[end] != '\r') {
      return "a trailer line does not end with CRLF";
    }
    whole = end == 0;
    return whole ? null : addField(end);
  }

  private @Nullable String addField(int end) {
    int colon = 0;
    while (colon < end && Octets.isToken(line[colon])) {
      colon++;
    }
    if (colon == 0 || colon == end || line[colon] != ':') {
      return "a trailer line is not a field";
    }
    for (int i = colon + 1; i < end; i++) {
      if (!Octets.isValue(line[i])) {
        return "a trailer field holds a control character";
      }
    }
    if (TrailerField.goesOn(line, 0, colon)) {
      keep(new String(line, 0, end, StandardCharsets.ISO_8859_1));
    }
    return null;
  }

  private void keep(String field) {
    if (fields == null) {
      fields = new StringBuilder();
    }
    fields.append(field).append("\r\n");
  }

  /**
   * Adds a field that has not come as a line, and whose name and value may stand in one; returns
   * what is wrong with it, or null.
   */
  public @Nullable String add(AsciiString name, AsciiString value) {
    bytes += name.length() + value.length() + 4;
    if (bytes > MAX_BYTES) {
      return TOO_LARGE;
    }
    int start = name.arrayOffset();
    if (TrailerField.goesOn(name.array(), start, start + name.length())) {
      keep(name + ": " + value);
    }
    return null;
  }
}
