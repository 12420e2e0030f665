package org.synapsegateway.routing;

import java.util.Arrays;
import org.synapsegateway.http.Octets;

/**
 * A path, percent-decoded until nothing is left to decode, with how often each octet was decoded.
 *
 * <p>That takes one step for each octet of the path and one for each escape: two escapes never
 * overlap, so the order in which they are decoded is of no consequence, and the end of what has
 * been decoded so far is the only place where the next octet can complete one. Confined to one
 * thread.
 */
final class DecodedPath {
  /** More often than by honest programs. */
  private static final int MOST_DECODINGS = 4;

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

  private final byte[] octets;
  private final byte[] decodings;
  private final int length;
  private boolean tooOften;
  private int steps;

  DecodedPath(byte[] bytes, int start, int end) {
    octets = Arrays.copyOfRange(bytes, start, end);
    decodings = new byte[end - start];
    // what comes before the first escape is as it is
    int decoded = Math.min(firstEscape() + 2, octets.length);
    for (int at = decoded; at < octets.length; at++) {
      octets[decoded] = octets[at];
      decodings[decoded] = 0;
      decoded++;
      while (decoded > 2 && octets[decoded - 3] == '%' && decodeBefore(decoded)) {
        decoded -= 2;
      }
    }
    length = decoded;
    steps += octets.length;
  }

  private int firstEscape() {
    int at = 0;
    while (at < octets.length && octets[at] != '%') {
      at++;
    }
    return at;
  }

  /** Replaces the three octets before an index by the one that they stand for, if they do. */
  private boolean decodeBefore(int end) {
    int octet = escaped(octets[end - 2], octets[end - 1]);
    if (octet < 0) {
      return false;
    }
    int times = Math.max(decodings[end - 3], Math.max(decodings[end - 2], decodings[end - 1])) + 1;
    tooOften |= times > MOST_DECODINGS;
    octets[end - 3] = (byte) octet;
    decodings[end - 3] = (byte) Math.min(times, MOST_DECODINGS);
    steps++;
    return true;
  }

  int length() {
    return length;
  }

  /** Whether a slash is here that is one in every reading. */
  boolean isCertainSlash(int at) {
    return at < length && octets[at] == '/' && decodings[at] == 0;
  }

  boolean isDot(int at) {
    return octets[at] == '.';
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

  /** Whether a word stands here, written in whatever case; it is given in lower case. */
  boolean is(String lower, int start, int end) {
    return Octets.equalsIgnoreCase(octets, start, end, lower);
  }

  /** Whether a word stands here just so, and came as it is. */
  boolean isPlainly(String word, int start) {
    if (start + word.length() > length) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (octets[start + i] != word.charAt(i) || decodings[start + i] > 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether something in it has been decoded more often than honest programs encode. */
  boolean isDecodedTooOften() {
    return tooOften;
  }

  /** How many octets have been looked at so far, one that an escape stands for among them. */
  int steps() {
    return steps;
  }

  /** The octet for which two hexadecimal digits stand, or -1 if they are none. */
  static int escaped(byte high, byte low) {
    return Octets.hex(high) < 0 || Octets.hex(low) < 0
        ? -1
        : Octets.hex(high) << 4 | Octets.hex(low);
  }
}
