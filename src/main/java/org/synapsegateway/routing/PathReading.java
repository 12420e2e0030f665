// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import java.util.Arrays;
import org.synapsegateway.http.Octets;

/**
 * Decides who may request a path, whichever way the programs between a client and a resource read
 * it.
 *
 * <p>A path may be percent-decoded, as a whole or each segment by itself, and decoded again; a
 * backslash may be a slash; slashes in a row may be one; what follows a semicolon may be no part of
 * its segment (RFC 3986 section 3.3); a decoded {@code ?} or {@code #} may end it; and dot-segments
 * may be resolved (section 5.2.4). Each of these may happen or not, in any order, which gives too
 * many readings to test one by one.
 *
 * <p>So the path is decoded completely, and its segments are read once, with the least number of
 * segments that any reading leaves before each: a slash that came as one parts segments in every
 * reading, any other slash only in some; two dots always lead up; and what follows a semicolon
 * counts only for what it may do, until the next slash that came as one. No reading is missed; an
 * unusual path may be treated as more private than it is. Confined to one thread.
 */
final class PathReading {
  private static final String SYNAPSE = "_synapse";
  private static final String REPLICATION = "replication";
  private static final String CLIENT = "client";

  /** Who may request a path, from all clients to none. */
  enum Access {
    ALL,
    PRIVATE_CLIENTS,
    NOBODY
  }

  private final DecodedPath path;

  /** Segments before the one that is looked at. */
  private final Depth before = new Depth();

  /** Segments between {@code _synapse} and the one that is looked at. */
  private final Depth inside = new Depth();

  /** How many certain slashes, or rows of them, are before the segment that is looked at. */
  private int part;

  private boolean isInside;
  private boolean hasParameters;
  private Access access = Access.ALL;

  PathReading(byte[] bytes, int start, int end) {
    path = new DecodedPath(bytes, start, end);
    if (path.isDecodedTooOften()) {
      access = Access.PRIVATE_CLIENTS;
    }
    for (int slash = 0; slash < path.length(); ) {
      slash = segment(slash);
    }
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
    int before = 0;
    for (int at = behind; at < end; at++) {
      int b = bytes[at];
      if (b == '%') {
        if (at + 2 >= end) {
          return false;
        }
        b = Octets.hex(bytes[at + 1], bytes[at + 2]);
        if (b < 0 || b == '%') {
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

  /** The strictest that any reading asks for. */
  Access access() {
    return access;
  }

  /** How many octets have been looked at. */
  int steps() {
    return path.steps();
  }

  /** Reads the segment after a slash; returns the position of the next slash. */
  private int segment(int slash) {
    int start = path.endOfCertainSlashes(slash); // nothing is said by slashes in a row
    if (start > slash) {
      part++;
      hasParameters = false;
    } else {
      start++;
    }
    int end = path.endOfWord(start);
    if (start < end) {
      word(start, end);
    }
    if (path.isSlash(end)) {
      return end;
    }
    hasParameters = true;
    return path.slash(end);
  }

  private void word(int start, int end) {
    boolean isUp = end == start + 2 && path.isDot(start) && path.isDot(start + 1);
    boolean isHere = end == start + 1 && path.isDot(start);
    boolean isDown = !isUp && !isHere && !hasParameters;
    if (before.least == 0 && path.is(SYNAPSE, start, end)) {
      isInside = true;
      inside.reset();
      demand(isClientNext(end) ? Access.ALL : Access.PRIVATE_CLIENTS);
    } else if (isInside) {
      if (inside.least == 0 && path.is(REPLICATION, start, end)) {
        demand(Access.NOBODY);
      }
      inside.move(isUp, isDown, part);
      if (inside.least == 0) {
        demand(Access.PRIVATE_CLIENTS);
      }
    }
    before.move(isUp, isDown, part);
  }

  private void demand(Access least) {
    access = least.compareTo(access) > 0 ? least : access;
  }

  /** Whether the segment after this slash is {@code client} in every reading. */
  private boolean isClientNext(int slash) {
    int end = slash + 1 + CLIENT.length();
    return path.isCertainSlash(slash)
        && path.isPlainly(CLIENT, slash + 1)
        && (end == path.length() || path.isCertainSlash(end));
  }

  /** The least number of segments that any reading leaves. */
  private static final class Depth {
    private int least;

    /**
     * The part whose segment is counted, which all between two certain slashes are in a reading.
     */
    private int counted = -1;

    private void reset() {
      least = 0;
      counted = -1;
    }

    private void move(boolean isUp, boolean isDown, int part) {
      if (isUp) {
        least = Math.max(0, least - 1);
      } else if (isDown && counted < part) {
        least++;
        counted = part;
      }
    }
  }
}
