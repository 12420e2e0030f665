// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.synapsegateway.http.Octets;

/**
 * All ways in which programs between a client and a resource might read one path, one at a time.
 *
 * <p>A path may be percent-decoded, as a whole or each segment by itself, and decoded again; a
 * backslash may be a slash; slashes in a row may be one; what follows a semicolon may be no part of
 * its segment (RFC 3986 section 3.3); and dot-segments may be resolved (section 5.2.4). Each of
 * these may be so or not, and happen in any order. Confined to one thread.
 */
final class ExhaustiveReading {
  private static final int MAX_DECODINGS = 4;

  /** How long all readings of a path may be together: far more than honest ones are. */
  private static final int MAX_BYTES = 256 * 1024;

  private static final int COST_OF_ANY = 64;

  private final Set<String> known = new HashSet<>();
  private final Deque<String> waiting = new ArrayDeque<>();
  private final List<String> read = new ArrayList<>();
  private int bytesLeft = MAX_BYTES;
  private int decodings;
  private boolean unfinished;
  private String path;

  ExhaustiveReading(byte[] bytes, int start, int end) {
    enter(new String(bytes, start, end - start, StandardCharsets.ISO_8859_1));
  }

  /** Turns to the next reading; returns false if there is none. */
  boolean next() {
    if (waiting.isEmpty()) {
      decode();
    }
    path = waiting.poll();
    if (path == null) {
      return false;
    }
    read.add(path);
    enter(path.replace('\\', '/'));
    enter(merged(path));
    enter(withoutParameters(path));
    enter(resolved(path));
    return true;
  }

  /** The first segment as it is read now; empty if there is none. */
  String first() {
    return segment(path, 0);
  }

  /** The second segment as it is read now; empty if there is none. */
  String second() {
    return segment(path, path.indexOf('/') + 1);
  }

  /** Whether there would be more readings, though there have been too many for an honest path. */
  boolean isUnfinished() {
    return unfinished;
  }

  private void enter(String reading) {
    if (!known.contains(reading)) {
      bytesLeft -= reading.length() + COST_OF_ANY;
      if (bytesLeft < 0) {
        unfinished = true;
      } else {
        known.add(reading);
        waiting.add(reading);
      }
    }
  }

  /** The segment behind the first slash at or after an index. */
  private static String segment(String path, int from) {
    int slash = path.indexOf('/', from);
    int end = path.indexOf('/', slash + 1);
    return slash < 0 ? "" : path.substring(slash + 1, end < 0 ? path.length() : end);
  }

  // ---- rewrites; each gives the same string if it changes nothing

  private static String merged(String path) {
    if (!path.contains("//")) {
      return path;
    }
    StringBuilder out = new StringBuilder(path.length());
    for (int at = 0; at < path.length(); at++) {
      if (path.charAt(at) != '/' || at == 0 || path.charAt(at - 1) != '/') {
        out.append(path.charAt(at));
      }
    }
    return out.toString();
  }

  private static String withoutParameters(String path) {
    if (path.indexOf(';') < 0) {
      return path;
    }
    StringBuilder out = new StringBuilder(path.length());
    boolean parameters = false;
    for (int at = 0; at < path.length(); at++) {
      char c = path.charAt(at);
      parameters = c == ';' || parameters && c != '/';
      if (!parameters) {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static String resolved(String path) {
    if (!path.contains("/.")) {
      return path;
    }
    Deque<String> segments = new ArrayDeque<>();
    int slash = path.indexOf('/');
    while (slash >= 0) {
      int end = path.indexOf('/', slash + 1);
      String segment = path.substring(slash + 1, end < 0 ? path.length() : end);
      if (segment.equals("..")) {
        segments.pollLast();
      } else if (!segment.equals(".")) {
        segments.add(segment);
      }
      slash = end;
    }
    return "/" + String.join("/", segments);
  }

  // ---- percent-decoding

  /** Decodes what has been read so far once more, unless that was done often enough. */
  private void decode() {
    List<String> before = List.copyOf(read);
    read.clear();
    for (String reading : before) {
      if (decodings < MAX_DECODINGS) {
        enter(decoded(reading, false));
        enter(decoded(reading, true));
      } else {
        unfinished |= !decoded(reading, false).equals(reading);
      }
    }
    decodings++;
  }

  private static String decoded(String path, boolean bySegments) {
    if (path.indexOf('%') < 0) {
      return path;
    }
    StringBuilder out = new StringBuilder(path.length());
    for (int at = 0; at < path.length(); at++) {
      char c = path.charAt(at);
      int octet =
          c == '%' && at + 2 < path.length()
              ? escaped((byte) path.charAt(at + 1), (byte) path.charAt(at + 2))
              : -1;
      if (octet < 0 || bySegments && (octet == '/' || octet == '\\')) {
        out.append(c);
      } else {
        out.append((char) octet);
        at += 2;
      }
    }
    return out.toString();
  }

  /** The octet for which two hexadecimal digits stand, or -1 if they are none. */
  private static int escaped(byte high, byte low) {
    return Octets.hex(high) < 0 || Octets.hex(low) < 0
        ? -1
        : Octets.hex(high) << 4 | Octets.hex(low);
  }
}
