// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.wire;

import java.nio.charset.StandardCharsets;

/** Bytes as text, one char a byte (ISO-8859-1), and that text as something to look at. */
public final class Text {
  private static final int MAX_SHOWN = 600;

  private Text() {}

  /** The bytes that the text stands for. */
  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The text with every byte visible, cut in the middle if it is long. */
  public static String show(String text) {
    if (text.length() > MAX_SHOWN) {
      int half = MAX_SHOWN / 2;
      return show(text.substring(0, half))
          + " ..("
          + (text.length() - 2 * half)
          + " bytes).. "
          + show(text.substring(text.length() - half));
    }
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\r' -> shown.append("\\r");
        case '\n' -> shown.append("\\n");
        case '\t' -> shown.append("\\t");
        case '\\' -> shown.append("\\\\");
        default -> {
          if (c >= ' ' && c < 0x7f) {
            shown.append(c);
          } else {
            shown.append(String.format("\\x%02x", (int) c));
          }
        }
      }
    }
    return shown.toString();
  }
}
