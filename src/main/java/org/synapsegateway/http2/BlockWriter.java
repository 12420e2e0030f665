// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.synapsegateway.http.HeadWriter;
import org.synapsegateway.http.Octets;

/**
 * Writes fields as a field block (RFC 7541 section 6), with names of the static table only. Without
 * a dynamic table a connection needs no memory for one, and nothing depends on the client's table.
 * The first block tells the client so: it may lower the size of the table, and then waits for this
 * (section 4.2). Confined to one event loop.
 */
final class BlockWriter implements HeadWriter.Fields {
  private static final int INDEXED = 0x80;
  private static final int INDEX_OF_STATUS = 8;
  private static final int TABLE_SIZE_ZERO = 0x20;

  /** Appendix A; the place of a name, from 15 on, is its index. */
  private static final String NAMES =
      """
      accept-charset accept-encoding accept-language accept-ranges accept
      access-control-allow-origin age allow authorization cache-control content-disposition
      content-encoding content-language content-length content-location content-range content-type
      cookie date etag expect expires from host if-match if-modified-since if-none-match if-range
      if-unmodified-since last-modified link location max-forwards proxy-authenticate
      proxy-authorization range referer refresh retry-after server set-cookie
      strict-transport-security transfer-encoding user-agent vary via www-authenticate
      """;

  private static final int FIRST_NAME = 15;

  /** A name of the static table. */
  private record Name(String lower, int index) {}

  private static final Name[][] BY_LENGTH = new Name[32][0];

  static {
    int index = FIRST_NAME;
    for (String name : NAMES.strip().split("\\s+", -1)) {
      Name[] same = BY_LENGTH[name.length()];
      Name[] grown = Arrays.copyOf(same, same.length + 1);
      grown[same.length] = new Name(name, index++);
      BY_LENGTH[name.length()] = grown;
    }
  }

  @SuppressWarnings("NullAway.Init") // begin() sets it
  private ByteBuf out;

  private boolean hasBegun;

  /** Begins a block. */
  void begin(ByteBuf to) {
    out = to;
    if (!hasBegun) {
      hasBegun = true;
      out.writeByte(TABLE_SIZE_ZERO);
    }
  }

  /** The block is whole. */
  @SuppressWarnings("NullAway") // nothing writes before the next block begins
  void leave() {
    out = null;
  }

  /** Writes the status, from 100 to 599. */
  void status(int status) {
    int index = indexOf(status);
    if (index > 0) {
      out.writeByte(INDEXED | index);
      return;
    }
    out.writeByte(INDEX_OF_STATUS).writeByte(3);
    out.writeCharSequence(Integer.toString(status), StandardCharsets.US_ASCII);
  }

  private static int indexOf(int status) {
    return switch (status) {
      case 200 -> 8;
      case 204 -> 9;
      case 206 -> 10;
      case 304 -> 11;
      case 400 -> 12;
      case 404 -> 13;
      case 500 -> 14;
      default -> 0;
    };
  }

  @Override
  public void field(byte[] bytes, int nameStart, int nameEnd, int valueStart, int valueEnd) {
    int index = indexOf(bytes, nameStart, nameEnd);
    integer(index, 4);
    if (index == 0) {
      integer(nameEnd - nameStart, 7);
      for (int i = nameStart; i < nameEnd; i++) {
        out.writeByte(Octets.fold(bytes[i])); // section 8.2 of RFC 9113
      }
    }
    integer(valueEnd - valueStart, 7);
    out.writeBytes(bytes, valueStart, valueEnd - valueStart);
  }

  private static int indexOf(byte[] bytes, int start, int end) {
    if (end - start < BY_LENGTH.length) {
      for (Name name : BY_LENGTH[end - start]) {
        if (Octets.equalsIgnoreCase(bytes, start, end, name.lower)) {
          return name.index;
        }
      }
    }
    return 0;
  }

  /** RFC 7541 section 5.1; the bits before it are zero. */
  private void integer(int value, int bits) {
    int most = (1 << bits) - 1;
    if (value < most) {
      out.writeByte(value);
      return;
    }
    out.writeByte(most);
    int rest = value - most;
    for (; rest >= 0x80; rest >>>= 7) {
      out.writeByte(rest & 0x7f | 0x80);
    }
    out.writeByte(rest);
  }
}
