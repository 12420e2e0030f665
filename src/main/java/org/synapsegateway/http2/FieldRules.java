// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.Octets;

/**
 * The rules for one field that make a message malformed (RFC 9113 sections 8.2.1 and 8.2.2).
 *
 * <p>They apply to all fields, in heads and in trailers, because each becomes a line of HTTP/1.1: a
 * name or a value that contains the end of a line would become two lines.
 */
final class FieldRules {
  private static final AsciiString TE = AsciiString.cached("te");

  /** Fields that concern a connection of HTTP/1.1, and have no meaning in HTTP/2. */
  private static final AsciiString[] OF_CONNECTIONS = {
    AsciiString.cached("connection"),
    AsciiString.cached("keep-alive"),
    AsciiString.cached("proxy-connection"),
    AsciiString.cached("transfer-encoding"),
    AsciiString.cached("upgrade"),
  };

  private FieldRules() {}

  /** Whether the name is that of a pseudo-header field. */
  static boolean isPseudo(AsciiString name) {
    return !name.isEmpty() && name.byteAt(0) == ':';
  }

  /** What is wrong with a field that is no pseudo-header field; null if nothing is. */
  static @Nullable String fault(AsciiString name, AsciiString value) {
    int bad = indexOfNoName(name);
    if (bad < name.length() || name.isEmpty()) {
      return "byte " + bad + " of a field's name is not allowed";
    }
    if (indexOfNoValue(value) < value.length()) {
      return "byte " + indexOfNoValue(value) + " of a field's value is not allowed";
    }
    if (isBlankAround(value)) {
      return "white space around a field's value";
    }
    for (AsciiString each : OF_CONNECTIONS) {
      if (name.equals(each)) {
        return "a field of HTTP/1.1 connections: " + each;
      }
    }
    return name.equals(TE) && !value.contentEqualsIgnoreCase("trailers")
        ? "te is not \"trailers\""
        : null;
  }

  /** The first byte that a name must not have; a name is a token in lower case. */
  private static int indexOfNoName(AsciiString name) {
    int at = 0;
    while (at < name.length() && isName(name.byteAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isName(byte b) {
    return Octets.isToken(b) && !(b >= 'A' && b <= 'Z');
  }

  private static int indexOfNoValue(AsciiString value) {
    int at = 0;
    while (at < value.length() && Octets.isValue(value.byteAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isBlankAround(AsciiString value) {
    return !value.isEmpty()
        && (Octets.isBlank(value.byteAt(0)) || Octets.isBlank(value.byteAt(value.length() - 1)));
  }
}
