package org.synapsegateway.routing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.synapsegateway.http.Octets;

/**
 * All ways in which programs between a client and a resource might read one path, one at a time.
 *
 * <p>A path may be percent-decoded, and decoded again; a backslash may be a slash; slashes in a row
 * may be one; what follows a semicolon may be no part of its segment (RFC 3986 section 3.3); and
 * dot-segments may be resolved (section 5.2.4). Each of these may be so or not, by itself. Confined
 * to one thread.
 */
final class PathReading {
  private static final int MOST_DECODINGS = 4;

  private static final int BACKSLASHES = 1;
  private static final int MERGED = 2;
  private static final int WITHOUT_PARAMETERS = 4;
  private static final int RESOLVED = 8;
  private static final int ALL_HABITS = 15;

  private byte[] path;
  private boolean encoded = true;
  private int decodings;
  private int habits = -1;
  private final int[] starts = new int[2];
  private final int[] ends = new int[2];
  private int depth;

  PathReading(byte[] bytes, int start, int end) {
    path = Arrays.copyOfRange(bytes, start, end);
  }

  /**
   * Whether every reading of a path begins with a directory, which ends with a slash: the path
   * itself does, it can be decoded only once, and it has nowhere the two dots that lead out again.
   */
  static boolean isAlwaysUnder(byte[] directory, byte[] bytes, int start, int end) {
    int behind = start + directory.length;
    if (end < behind || !Arrays.equals(bytes, start, behind, directory, 0, directory.length)) {
      return false;
    }
    byte before = 0;
    for (int at = behind; at < end; at++) {
      byte b = bytes[at];
      if (b == '%') {
        b = decoded(bytes, at, end);
        if (b == '%') {
          return false;
        }
        at += 2;
      }
      if (b == '.' && before == '.') {
        return false;
      }
      before = b;
    }
    return true;
  }

  /** Turns to the next reading; returns false if there is none. */
  boolean next() {
    habits++;
    if (habits > ALL_HABITS) {
      habits = 0;
      if (!decode()) {
        return false;
      }
    }
    read();
    return true;
  }

  /** The first segment as it is read now; empty if there is none. */
  String first() {
    return segment(0);
  }

  /** The second segment as it is read now; empty if there is none. */
  String second() {
    return segment(1);
  }

  /** Whether the last reading could still be decoded. */
  boolean isEncoded() {
    return encoded;
  }

  private String segment(int number) {
    return depth <= number
        ? ""
        : new String(
            path, starts[number], ends[number] - starts[number], StandardCharsets.ISO_8859_1);
  }

  private void read() {
    depth = 0;
    int start = 0;
    for (int at = 0; at <= path.length; at++) {
      if (at == path.length || isSlash(path[at])) {
        // what stands before the first slash is no segment
        if (start > 0) {
          enter(start, at);
        }
        start = at + 1;
      }
    }
  }

  private boolean isSlash(byte b) {
    return b == '/' || b == '\\' && (habits & BACKSLASHES) != 0;
  }

  private void enter(int start, int slash) {
    int end = slash;
    if ((habits & WITHOUT_PARAMETERS) != 0) {
      end = start;
      while (end < slash && path[end] != ';') {
        end++;
      }
    }
    if ((habits & MERGED) != 0 && start == end) {
      return;
    }
    if ((habits & RESOLVED) != 0 && isDots(start, end)) {
      depth = end - start == 2 ? Math.max(depth - 1, 0) : depth;
      return;
    }
    if (depth < starts.length) {
      starts[depth] = start;
      ends[depth] = end;
    }
    depth++;
  }

  private boolean isDots(int start, int end) {
    int length = end - start;
    return (length == 1 || length == 2) && path[start] == '.' && path[end - 1] == '.';
  }

  // ---- percent-decoding

  /** Decodes the path once more; returns false if that changes nothing or was done often enough. */
  private boolean decode() {
    byte[] out = new byte[path.length];
    int length = 0;
    for (int at = 0; at < path.length; at++) {
      byte b = decoded(path, at, path.length);
      at += path[at] == '%' && isEscape(path, at, path.length) ? 2 : 0;
      out[length++] = b;
    }
    encoded = length < path.length;
    if (!encoded || decodings == MOST_DECODINGS) {
      return false;
    }
    decodings++;
    path = Arrays.copyOf(out, length);
    return true;
  }

  /** The byte at an index, or what the escape there stands for; an invalid escape is a "%". */
  private static byte decoded(byte[] bytes, int at, int end) {
    return bytes[at] == '%' && isEscape(bytes, at, end)
        ? (byte) (Octets.hex(bytes[at + 1]) << 4 | Octets.hex(bytes[at + 2]))
        : bytes[at];
  }

  private static boolean isEscape(byte[] bytes, int at, int end) {
    return at + 2 < end && Octets.hex(bytes[at + 1]) >= 0 && Octets.hex(bytes[at + 2]) >= 0;
  }
}
