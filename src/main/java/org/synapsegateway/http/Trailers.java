package org.synapsegateway.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The trailer section of one chunked body (RFC 9112 section 7.1.2), of which those fields stay that
 * {@link TrailerField} lets go on. Confined to one event loop.
 */
final class Trailers {
  /** How many bytes of trailers one body may have, which are kept until the last has come. */
  private static final int MAX_BYTES = 4 * 1024;

  private byte[] line = new byte[32];
  private int length;
  private int bytes;
  private boolean whole;
  private @Nullable StringBuilder fields;

  /** Whether the empty line has come that ends them. */
  boolean isWhole() {
    return whole;
  }

  /** The fields that go on, each with its CRLF; null if there are none. */
  @Nullable String fields() {
    return fields == null ? null : fields.toString();
  }

  /** Adds a byte; returns what is wrong with it, or null. */
  @Nullable String add(byte b) {
    if (++bytes > MAX_BYTES) {
      return "trailers are larger than " + MAX_BYTES + " bytes";
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
      if (fields == null) {
        fields = new StringBuilder();
      }
      fields.append(new String(line, 0, end, StandardCharsets.ISO_8859_1)).append("\r\n");
    }
    return null;
  }
}
