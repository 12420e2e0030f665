// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Character classes of RFC 9110 and RFC 9112 over single bytes, and comparisons on byte ranges. */
public final class Octets {
  private static final byte TOKEN = 1;
  private static final byte VALUE = 2;
  private static final byte TARGET = 4;
  private static final byte[] CLASSES = new byte[256];
  private static final byte[] HEX = new byte[256];

  static {
    for (int c = 0; c < 256; c++) {
      boolean letterOrDigit = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      if (letterOrDigit || "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
        CLASSES[c] |= TOKEN;
      }
      if (c == '\t' || c >= ' ' && c != 0x7f) {
        CLASSES[c] |= VALUE;
      }
      if (c > ' ' && c != 0x7f && c != '#') {
        CLASSES[c] |= TARGET;
      }
      HEX[c] = (byte) (c < 0x80 ? Character.digit(c, 16) : -1);
    }
  }

  /** Eight bytes of an array at once, the first one lowest. */
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  private Octets() {}

  /** The first line feed in {@code bytes[start, end)}, or {@code end}. */
  static int lineFeed(byte[] bytes, int start, int end) {
    int at = start;
    for (; at <= end - Long.BYTES; at += Long.BYTES) {
      long word = (long) WORDS.get(bytes, at);
      long found = zeros(word ^ ONES * '\n');
      if (found != 0) {
        return at + (Long.numberOfTrailingZeros(found) >> 3);
      }
    }
    while (at < end && bytes[at] != '\n') {
      at++;
    }
    return at;
  }

  /** The first byte in {@code bytes[start, end)} that is not {@link #isValue}, or {@code end}. */
  static int valueEnd(byte[] bytes, int start, int end) {
    int at = start;
    for (; at <= end - Long.BYTES; at += Long.BYTES) {
      long word = (long) WORDS.get(bytes, at);
      // controls, of which HTAB is one, and DEL
      if (((word - ONES * ' ') & ~word & HIGHS) != 0 || zeros(word ^ ONES * 0x7f) != 0) {
        break;
      }
    }
    while (at < end && isValue(bytes[at])) {
      at++;
    }
    return at;
  }

  /** The high bits of the bytes that are zero; exact for the lowest of them. */
  private static long zeros(long word) {
    return (word - ONES) & ~word & HIGHS;
  }

  /** Whether {@code b} is a tchar (RFC 9110 section 5.6.2). */
  public static boolean isToken(byte b) {
    return (CLASSES[b & 0xff] & TOKEN) != 0;
  }

  /** Where the first character of a text is that no token has; -1 if all may be in one. */
  static int indexOfNoToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > '~' || !isToken((byte) text.charAt(i))) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Whether {@code b} may stand in a field value (RFC 9110 section 5.5): visible, SP, HTAB or
   * obs-text.
   */
  public static boolean isValue(byte b) {
    return (CLASSES[b & 0xff] & VALUE) != 0;
  }

  /**
   * Whether {@code b} may stand in a request target: anything but controls, SP, DEL and {@code #}.
   *
   * <p>RFC 3986 allows less, but clients send raw {@code |}, <code>{</code> and UTF-8, and
   * Synapse's federation signatures cover them as they are. A fragment is no part of a target (RFC
   * 9112 section 3.2) and would hide the rest of the path from whoever cuts it off.
   */
  public static boolean isTarget(byte b) {
    return (CLASSES[b & 0xff] & TARGET) != 0;
  }

  public static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  public static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** The value of a hexadecimal digit, or -1. */
  public static int hex(byte b) {
    return HEX[b & 0xff];
  }

  /** The octet of two hexadecimal digits, or -1 if they are none. */
  public static int hex(byte high, byte low) {
    int first = hex(high);
    int second = hex(low);
    return (first | second) < 0 ? -1 : first << 4 | second;
  }

  /**
   * Whether {@code bytes[start, end)} is {@code lower}, which holds lower-case ASCII, in whatever
   * case.
   */
  public static boolean equalsIgnoreCase(byte[] bytes, int start, int end, String lower) {
    if (end - start != lower.length()) {
      return false;
    }
    for (int i = 0; i < lower.length(); i++) {
      if (fold(bytes[start + i]) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** A letter of ASCII in lower case, and anything else as it is. */
  public static int fold(byte b) {
    return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
  }
}
