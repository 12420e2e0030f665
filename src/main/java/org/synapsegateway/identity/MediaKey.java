// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import java.nio.charset.StandardCharsets;
import org.synapsegateway.http.RequestHead;

/**
 * The file that a download or thumbnail is made from: what follows {@code /download/} or {@code
 * /thumbnail/} in the path, up to the file's name, which counts for nothing.
 *
 * <p>That is {@code server/id} in the client API (Matrix specification, "Content repository") and
 * the id alone in the federation API.
 */
public final class MediaKey {
  private static final byte[] DOWNLOAD = "/download/".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] THUMBNAIL = "/thumbnail/".getBytes(StandardCharsets.US_ASCII);

  private MediaKey() {}

  /** The file as the path names it; {@link Slice#EMPTY} if it names none. */
  public static Slice find(RequestHead head) {
    byte[] b = head.bytes();
    int pathEnd = head.pathEnd();
    for (int at = head.pathStart(); at < pathEnd; at++) {
      int from = at + lengthOfVerb(b, at, pathEnd);
      if (from > at) {
        int afterFirst = endOfSegment(b, from, pathEnd);
        return Slice.of(b, from, endOfSegment(b, Math.min(afterFirst + 1, pathEnd), pathEnd));
      }
    }
    return Slice.EMPTY;
  }

  private static int lengthOfVerb(byte[] b, int at, int end) {
    return startsWith(b, at, end, DOWNLOAD)
        ? DOWNLOAD.length
        : startsWith(b, at, end, THUMBNAIL) ? THUMBNAIL.length : 0;
  }

  private static boolean startsWith(byte[] b, int at, int end, byte[] text) {
    if (end - at < text.length) {
      return false;
    }
    for (int i = 0; i < text.length; i++) {
      if (b[at + i] != text[i]) {
        return false;
      }
    }
    return true;
  }

  private static int endOfSegment(byte[] b, int at, int end) {
    int to = at;
    while (to < end && b[to] != '/') {
      to++;
    }
    return to;
  }
}
