// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import org.synapsegateway.http.Field;
import org.synapsegateway.http.Octets;
import org.synapsegateway.http.RequestHead;

/**
 * The server that sent a federation request: {@code origin} in {@code Authorization: X-Matrix}.
 *
 * <p>Synapse keeps the transactions in progress, and its replies to them, by origin in each
 * process's memory (synapse/federation/federation_server.py), so one server's requests belong to
 * one worker. The grammar is that of {@code _parse_auth_header} in
 * synapse/federation/transport/server/_base.py, commas in quotes included: they part parameters,
 * too. The signature is Synapse's business. Never fails; what is malformed has no origin.
 */
public final class OriginKey {
  private static final String SCHEME = "X-Matrix";

  /** RFC 1035 section 2.3.4 for a name, and room for a port. */
  private static final int MAX_LENGTH = 255 + 6;

  private OriginKey() {}

  /** The server's name as it was sent; {@link Slice#EMPTY} if there is none. */
  public static Slice find(RequestHead head) {
    Slice origin = Slice.EMPTY;
    int line = head.find(Field.AUTHORIZATION, 0);
    while (line >= 0) {
      Slice value = Slice.of(head.bytes(), head.valueStart(line), head.valueEnd(line));
      if (value.startsWith(SCHEME)) {
        // servers with several keys send one field for each; Synapse takes the last one's origin
        origin = origin(value);
      }
      line = head.find(Field.AUTHORIZATION, line + 1);
    }
    return origin;
  }

  private static Slice origin(Slice value) {
    int at = SCHEME.length();
    if (at == value.length() || value.at(at) != ' ') {
      return Slice.EMPTY;
    }
    while (at < value.length() && value.at(at) == ' ') {
      at++;
    }
    Slice origin = Slice.EMPTY;
    while (at < value.length()) {
      int comma = value.indexOf(',', at);
      int end = comma < 0 ? value.length() : comma;
      Slice parameter = value.part(at, withoutBlanks(value, at, end));
      if (isOrigin(parameter)) {
        origin = parameter.part("origin=".length(), parameter.length());
      }
      at = end + 1;
      while (at < value.length() && isBlank(value.at(at))) {
        at++;
      }
    }
    origin = unquoted(origin);
    return isServerName(origin) ? origin : Slice.EMPTY;
  }

  private static boolean isOrigin(Slice parameter) {
    int equals = parameter.indexOf('=', 0);
    return equals >= 0
        && Octets.equalsIgnoreCase(
            parameter.array(), parameter.start(), parameter.start() + equals, "origin");
  }

  private static int withoutBlanks(Slice value, int start, int end) {
    int to = end;
    while (to > start && isBlank(value.at(to - 1))) {
      to--;
    }
    return to;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /** A value that begins with a quote loses its first and last byte, and backslashes in between. */
  private static Slice unquoted(Slice value) {
    if (value.isEmpty() || value.at(0) != '"') {
      return value;
    }
    Slice inner = value.part(1, value.length() - 1);
    if (inner.indexOf('\\', 0) < 0) {
      return inner;
    }
    byte[] plain = new byte[inner.length()];
    int length = 0;
    for (int i = 0; i < inner.length(); i++) {
      if (inner.at(i) == '\\' && i + 1 < inner.length()) {
        i++;
      }
      plain[length++] = inner.at(i);
    }
    return Slice.of(plain, 0, length);
  }

  /** Whether these could be a host and port: Synapse refuses anything else. */
  private static boolean isServerName(Slice name) {
    for (int i = 0; i < name.length(); i++) {
      byte b = name.at(i);
      boolean letterOrDigit = b >= '0' && b <= '9' || (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
      if (!letterOrDigit && b != '.' && b != '-' && b != ':' && b != '[' && b != ']') {
        return false;
      }
    }
    return name.length() <= MAX_LENGTH;
  }
}
