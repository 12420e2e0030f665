package org.synapsegateway.http;

/** Character classes of RFC 9110 and RFC 9112 over single bytes, and comparisons on byte ranges. */
public final class Octets {
  private static final byte TOKEN = 1;
  private static final byte VALUE = 2;
  private static final byte TARGET = 4;
  private static final byte[] CLASSES = new byte[256];

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
    }
  }

  private Octets() {}

  /** Whether {@code b} is a tchar (RFC 9110 section 5.6.2). */
  static boolean isToken(byte b) {
    return (CLASSES[b & 0xff] & TOKEN) != 0;
  }

  /**
   * Whether {@code b} may stand in a field value (RFC 9110 section 5.5): visible, SP, HTAB or
   * obs-text.
   */
  static boolean isValue(byte b) {
    return (CLASSES[b & 0xff] & VALUE) != 0;
  }

  /**
   * Whether {@code b} may stand in a request target: anything but controls, SP, DEL and {@code #}.
   *
   * <p>RFC 3986 allows less, but clients send raw {@code |}, <code>{</code> and UTF-8, and
   * Synapse's federation signatures cover them as they are. A fragment is no part of a target (RFC
   * 9112 section 3.2) and would hide the rest of the path from whoever cuts it off.
   */
  static boolean isTarget(byte b) {
    return (CLASSES[b & 0xff] & TARGET) != 0;
  }

  static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** The value of a hexadecimal digit, or -1. */
  public static int hex(byte b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    int lower = b | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
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

  private static int fold(byte b) {
    return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
  }
}
