// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import org.synapsegateway.http.Octets;

/**
 * A path, percent-decoded until nothing is left to decode, with how often each octet was decoded.
 *
 * <p>That takes one step for each octet of the path and one for each escape: two escapes never
 * overlap, so the order in which they are decoded is of no consequence. One that came as it is is
 * decoded when it is read; then the end of what has been decoded so far is the only place where the
 * next octet can complete another. Confined to one thread.
 */
final class DecodedPath {
  /** More often than by honest programs. */
  private static final int MAX_DECODINGS = 4;

  private static final int ONCE = 1 << Byte.SIZE;

  private static final byte SLASH = 1;
  private static final byte END_OF_WORD = 2;
  private static final byte[] KINDS = new byte[256];

  static {
    KINDS['/'] = SLASH;
    KINDS['\\'] = SLASH;
    KINDS[';'] = END_OF_WORD;
    KINDS['?'] = END_OF_WORD;
    KINDS['#'] = END_OF_WORD;
  }

  /** The octets; above its eight bits, each has how often it was decoded. */
  private final char[] octets;

  private final int length;
  private boolean tooOften;
  private int steps;

  DecodedPath(byte[] bytes, int start, int end) {
    octets = new char[end - start];
    int decoded = 0;
    int open = 0; // up to this length, what is decoded may end with an escape
    for (int at = start; at < end; at++) {
      int octet = bytes[at] & 0xff;
      if (octet == '%') {
        int escaped = at + 2 < end ? Octets.hex(bytes[at + 1], bytes[at + 2]) : -1;
        octet = escaped < 0 ? octet : ONCE | escaped;
        at += escaped < 0 ? 0 : 2;
        open = decoded + 3;
      }
      octets[decoded] = (char) octet;
      decoded++;
      while (decoded <= open && decodeBefore(decoded)) {
        decoded -= 2;
        open = decoded + 2;
      }
    }
    length = decoded;
    steps += octets.length;
  }

  /**
   * Replaces the three octets before an index by the octet that they encode, if they encode one.
   */
  private boolean decodeBefore(int end) {
    if (end < 3 || (byte) octets[end - 3] != '%') {
      return false;
    }
    int octet = Octets.hex((byte) octets[end - 2], (byte) octets[end - 1]);
    if (octet < 0) {
      return false;
    }
    int times =
        Math.max(
                octets[end - 3] >> Byte.SIZE,
                Math.max(octets[end - 2] >> Byte.SIZE, octets[end - 1] >> Byte.SIZE))
            + 1;
    tooOften |= times > MAX_DECODINGS;
    octets[end - 3] = (char) (Math.min(times, MAX_DECODINGS) << Byte.SIZE | octet);
    steps++;
    return true;
  }

  int length() {
    return length;
  }

  /** Whether a slash is here that is one in every reading. */
  boolean isCertainSlash(int at) {
    return at < length && octets[at] == '/';
  }

  /** Where slashes in a row end that are some in every reading; here, if none is. */
  int endOfCertainSlashes(int start) {
    int at = start;
    while (isCertainSlash(at)) {
      at++;
    }
    steps += at - start;
    return at;
  }

  /** Whether something is here that may part segments. */
  boolean isSlash(int at) {
    return at < length && KINDS[octets[at] & 0xff] == SLASH;
  }

  boolean isDot(int at) {
    return (byte) octets[at] == '.';
  }

  /** Where the word that begins here ends: at what may part segments, or end one. */
  int endOfWord(int start) {
    int at = start;
    while (at < length && KINDS[octets[at] & 0xff] == 0) {
      at++;
    }
    steps += at - start + 1;
    return at;
  }

  /** The next octet that may part segments. */
  int slash(int start) {
    int at = start;
    while (at < length && KINDS[octets[at] & 0xff] != SLASH) {
      at++;
    }
    steps += at - start + 1;
    return at;
  }

  /** Whether a word is here, in any case. */
  boolean is(String lower, int start, int end) {
    if (end - start != lower.length()) {
      return false;
    }
    for (int i = 0; i < lower.length(); i++) {
      if (Octets.fold((byte) octets[start + i]) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a word is here in the same case, and was not encoded. */
  boolean isPlainly(String word, int start) {
    if (start + word.length() > length) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (octets[start + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether something in it has been decoded more often than honest programs encode. */
  boolean isDecodedTooOften() {
    return tooOften;
  }

  /** The number of octets read so far; an escape counts as one. */
  int steps() {
    return steps;
  }
}
