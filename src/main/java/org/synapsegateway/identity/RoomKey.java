// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import org.synapsegateway.http.RequestHead;

/**
 * The room that a request is about: the first segment of its path that is a room's id or alias.
 *
 * <p>In every path of the client, federation and admin APIs the room comes before all segments that
 * a client may choose freely. So it is found by its sigil: {@code !} for an id, which since room
 * version 12 has no {@code :server} (MSC4291), {@code #} for an alias. The path is split into
 * segments before they are decoded, so that a room has one key, however its name is encoded. The
 * query names no room.
 */
public final class RoomKey {
  private RoomKey() {}

  /** The room's id or alias, decoded; {@link Slice#EMPTY} if the path names no room. */
  public static Slice find(RequestHead head) {
    byte[] b = head.bytes();
    int pathEnd = head.pathEnd();
    int at = head.pathStart();
    while (at < pathEnd) {
      int end = at;
      while (end < pathEnd && b[end] != '/') {
        end++;
      }
      if (isRoom(b, at, end)) {
        return PercentCoding.decodeSegment(b, at, end);
      }
      at = end + 1;
    }
    return Slice.EMPTY;
  }

  /** Whether a segment begins with a room's sigil, plain or encoded as %21 or %23. */
  private static boolean isRoom(byte[] b, int start, int end) {
    if (start == end) {
      return false;
    }
    if (b[start] == '!') {
      return true;
    }
    int digit = start + 2 < end && b[start] == '%' && b[start + 1] == '2' ? b[start + 2] : 0;
    return digit == '1' || digit == '3';
  }
}
