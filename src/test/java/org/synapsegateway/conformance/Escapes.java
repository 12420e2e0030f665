// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

/**
 * Bytes written as printable text.
 *
 * <p>{@code \r \n \t \\ \s} (space), {@code \xHH} (one byte), {@code \(N*text)} (text N times).
 */
final class Escapes {
  private Escapes() {}

  /** Whether the text ends with a backslash that stands for itself in no escape. */
  static boolean endsWithBackslash(String text) {
    int at = text.length();
    while (at > 0 && text.charAt(at - 1) == '\\') {
      at--;
    }
    return (text.length() - at) % 2 == 1;
  }

  /** The bytes, one char each, that the text stands for. */
  static String decode(String text) {
    StringBuilder bytes = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c >= 0x7f || c < ' ') {
        throw new IllegalArgumentException("write \\xHH for what is not printable ASCII: " + text);
      }
      if (c != '\\') {
        bytes.append(c);
        continue;
      }
      if (at == text.length()) {
        throw new IllegalArgumentException("a backslash at the end of " + text);
      }
      char kind = text.charAt(at++);
      switch (kind) {
        case 'r' -> bytes.append('\r');
        case 'n' -> bytes.append('\n');
        case 't' -> bytes.append('\t');
        case 's' -> bytes.append(' ');
        case '\\' -> bytes.append('\\');
        case 'x' -> {
          bytes.append((char) Integer.parseInt(text.substring(at, at + 2), 16));
          at += 2;
        }
        case '(' -> {
          int star = text.indexOf('*', at);
          int end = text.indexOf(')', at);
          int times = Integer.parseInt(text.substring(at, star));
          bytes.append(decode(text.substring(star + 1, end)).repeat(times));
          at = end + 1;
        }
        default -> throw new IllegalArgumentException("unknown escape \\" + kind + " in " + text);
      }
    }
    return bytes.toString();
  }
}
