// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import org.synapsegateway.net.Bits;

/**
 * The field that carries a request's id to the worker, for its log: Synapse's {@code
 * request_id_header}.
 *
 * <p>The gateway makes the id, unless a trusted proxy sends one. Ids of other peers are ignored,
 * because a client could forge the id of another request. Immutable.
 */
public final class RequestIdField {
  private static final int MAX_LENGTH = 64;
  private static final long SEED = new SecureRandom().nextLong();

  private final String lowerName;
  private final byte[] start;

  /**
   * @param name a name that means nothing to the gateway, for instance X-Request-Id
   * @throws IllegalArgumentException if it is another one, or no name of a field
   */
  public RequestIdField(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    for (byte b : bytes) {
      demand(Octets.isToken(b), name);
    }
    demand(bytes.length > 0 && Field.of(bytes, 0, bytes.length) == Field.OTHER, name);
    lowerName = name.toLowerCase(Locale.ROOT);
    start = (name + ": ").getBytes(StandardCharsets.US_ASCII);
  }

  private static void demand(boolean fulfilled, String name) {
    if (!fulfilled) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is no field of its own; write for example X-Request-Id");
    }
  }

  /**
   * The id of a request.
   *
   * @param believed whether an id that it brings counts
   * @param unique a number that no other request of this process has
   */
  public String id(RequestHead head, boolean believed, long unique) {
    int line = believed ? head.find(lowerName, 0) : -1;
    if (line >= 0 && isFit(head, head.valueStart(line), head.valueEnd(line))) {
      return head.value(line);
    }
    return HexFormat.of().toHexDigits(Bits.scatter(SEED + unique));
  }

  private static boolean isFit(Head head, int from, int to) {
    boolean fit = to > from && to - from <= MAX_LENGTH;
    for (int i = from; fit && i < to; i++) {
      fit = Octets.isToken(head.bytes()[i]);
    }
    return fit;
  }

  /** Whether a line of a head has this name. */
  boolean isAt(Head head, int line) {
    return head.nameEnd(line) - head.nameStart(line) == lowerName.length()
        && Octets.equalsIgnoreCase(
            head.bytes(), head.nameStart(line), head.nameEnd(line), lowerName);
  }

  /** Writes the field. */
  void write(ByteBuf out, String id) {
    out.writeBytes(start);
    out.writeCharSequence(id, StandardCharsets.US_ASCII);
    HeadWriter.crlf(out);
  }
}
