// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import java.util.Locale;

/**
 * The rules that decide where a message ends and whom it is for, one method a rule.
 *
 * <p>Each refuses what two recipients could read differently: that difference is how requests are
 * smuggled past a proxy.
 */
final class FramingRules {
  private static final int MAX_PORT = 65_535;

  private FramingRules() {}

  /**
   * RFC 9112 section 3.2: exactly one Host in HTTP/1.1, at most one in HTTP/1.0, and it must be a
   * host with an optional port.
   */
  static void checkHost(RequestHead head) throws HttpException {
    int line = head.find(Field.HOST, 0);
    if (line < 0) {
      if (head.minorVersion() > 0) {
        throw head.bad("no Host field");
      }
      return;
    }
    if (head.find(Field.HOST, line + 1) >= 0) {
      throw head.bad("more than one Host field");
    }
    if (!isHost(head.bytes(), head.valueStart(line), head.valueEnd(line))) {
      throw head.bad("the Host field is not a host and port");
    }
  }

  /**
   * RFC 9112 section 6.3: one Content-Length of digits, or none; -1 if none.
   *
   * <p>A repeated field is refused even where all values agree, which the RFC allows.
   */
  static long contentLength(Head head) throws HttpException {
    int line = head.find(Field.CONTENT_LENGTH, 0);
    if (line < 0) {
      return -1;
    }
    if (head.find(Field.CONTENT_LENGTH, line + 1) >= 0) {
      throw head.bad("more than one Content-Length field");
    }
    if (head.find(Field.TRANSFER_ENCODING, 0) >= 0) {
      throw head.bad("both Content-Length and Transfer-Encoding");
    }
    byte[] b = head.bytes();
    int end = head.valueEnd(line);
    int digits = end - head.valueStart(line);
    if (digits == 0 || digits > 18) {
      throw head.bad("Content-Length has " + digits + " digits");
    }
    long value = 0;
    for (int i = head.valueStart(line); i < end; i++) {
      if (!Octets.isDigit(b[i])) {
        throw head.bad("Content-Length is not a number");
      }
      value = value * 10 + b[i] - '0';
    }
    return value;
  }

  /** RFC 9112 section 6.1: a Transfer-Encoding is {@code chunked}, once, and never in HTTP/1.0. */
  static boolean chunked(Head head) throws HttpException {
    int line = head.find(Field.TRANSFER_ENCODING, 0);
    if (line < 0) {
      return false;
    }
    if (head.minorVersion() == 0) {
      throw head.bad("Transfer-Encoding in HTTP/1.0");
    }
    if (head.find(Field.TRANSFER_ENCODING, line + 1) >= 0) {
      throw head.bad("more than one Transfer-Encoding field");
    }
    int start = head.valueStart(line);
    int end = head.valueEnd(line);
    if (Octets.equalsIgnoreCase(head.bytes(), start, end, "chunked")) {
      return true;
    }
    String codings = head.text(start, end).toLowerCase(Locale.ROOT);
    if (head instanceof RequestHead
        && codings.matches("(gzip|x-gzip|deflate|compress|x-compress)[ \t]*,[ \t]*chunked")) {
      throw new HttpException(Failure.NOT_IMPLEMENTED, "a transfer coding other than chunked");
    }
    throw head.bad("Transfer-Encoding is not \"chunked\"");
  }

  /**
   * Whether the range is {@code uri-host [":" port]} (RFC 3986 section 3.2), without user
   * information.
   */
  static boolean isHost(byte[] b, int start, int end) {
    int at = start;
    if (at < end && b[at] == '[') {
      at++;
      while (at < end && b[at] != ']') {
        if (Octets.hex(b[at]) < 0 && b[at] != ':' && b[at] != '.') {
          return false;
        }
        at++;
      }
      if (at == end || at == start + 1) {
        return false;
      }
      at++;
    } else {
      while (at < end && b[at] != ':') {
        if (!isRegName(b[at])) {
          return false;
        }
        at++;
      }
    }
    if (at == end) {
      return true;
    }
    if (b[at] != ':') {
      return false;
    }
    return isPort(b, at + 1, end);
  }

  /** Whether it is a port that TCP has, or none (RFC 3986 section 3.2.3). */
  private static boolean isPort(byte[] b, int start, int end) {
    int port = 0;
    for (int at = start; at < end; at++) {
      if (!Octets.isDigit(b[at])) {
        return false;
      }
      port = port * 10 + b[at] - '0';
      if (port > MAX_PORT) {
        return false;
      }
    }
    return true;
  }

  private static boolean isRegName(byte b) {
    return b >= 'a' && b <= 'z'
        || b >= 'A' && b <= 'Z'
        || Octets.isDigit(b)
        || "-._~%!$&'()*+,;=".indexOf(b) >= 0;
  }
}
