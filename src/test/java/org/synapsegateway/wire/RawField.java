// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.wire;

/**
 * One field line as it was on the wire.
 *
 * @param line the whole line without its CRLF
 * @param name the name, in the sender's case
 * @param value the value without the white space around it
 */
public record RawField(String line, String name, String value) {
  /** Reads a field line, strictly: a token, a colon, and no control character but HTAB. */
  static RawField of(String line) throws MalformedException {
    int colon = line.indexOf(':');
    if (colon <= 0 || !isToken(line.substring(0, colon))) {
      throw new MalformedException("no field name in \"" + Text.show(line) + "\"");
    }
    for (int i = colon + 1; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c < ' ' && c != '\t' || c == 0x7f) {
        throw new MalformedException("a control character in \"" + Text.show(line) + "\"");
      }
    }
    int from = colon + 1;
    int to = line.length();
    while (from < to && isBlank(line.charAt(from))) {
      from++;
    }
    while (to > from && isBlank(line.charAt(to - 1))) {
      to--;
    }
    return new RawField(line, line.substring(0, colon), line.substring(from, to));
  }

  static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letterOrDigit = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      if (!letterOrDigit && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}
