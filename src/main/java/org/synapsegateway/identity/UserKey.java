// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import org.synapsegateway.http.Field;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.http.Span;

/**
 * The part of a request that identifies its user: {@code $mxid_localpart} of an nginx before
 * workers.
 *
 * <p>Of a token {@code syt_<base64 localpart>_...} it is the base64 part, not decoded (Synapse
 * makes such tokens in synapse/handlers/auth.py); of any other token it is the whole. It is looked
 * for in Authorization, and in the {@code access_token} argument only if there is no Authorization:
 * the two maps of Synapse's docs/workers.md, read as nginx reads them. One thing differs: nginx
 * takes {@code Bearer} for a part of other tokens, so that one token has two keys there.
 */
public final class UserKey {
  private static final byte[] BEARER = {'B', 'e', 'a', 'r', 'e', 'r', ' '};
  private static final byte[] BEARER_SYT = {'B', 'e', 'a', 'r', 'e', 'r', ' ', 's', 'y', 't', '_'};
  private static final byte[] SYT = {'s', 'y', 't', '_'};
  private static final byte[] NOTHING = {};

  private UserKey() {}

  /** The range of the key in the head's bytes; {@link Span#EMPTY} if the request names no user. */
  public static long find(RequestHead head) {
    int line = head.find(Field.AUTHORIZATION, 0);
    if (line >= 0 && head.valueEnd(line) > head.valueStart(line)) {
      return localpart(
          head.bytes(), head.valueStart(line), head.valueEnd(line), BEARER_SYT, BEARER);
    }
    if (head.queryStart() < 0) {
      return Span.EMPTY;
    }
    long argument = head.argument("access_token");
    return localpart(head.bytes(), Span.start(argument), Span.end(argument), SYT, NOTHING);
  }

  /**
   * {@code PREFIX(.*?)_} found anywhere, as nginx's unanchored expression does; otherwise all of
   * it, less the scheme.
   */
  private static long localpart(byte[] b, int start, int end, byte[] prefix, byte[] scheme) {
    for (int at = start; at + prefix.length <= end; at++) {
      if (startsWith(b, at, prefix)) {
        int from = at + prefix.length;
        for (int i = from; i < end; i++) {
          if (b[i] == '_') {
            return Span.of(from, i);
          }
        }
        break;
      }
    }
    boolean hasScheme = end - start >= scheme.length && startsWith(b, start, scheme);
    return Span.of(hasScheme ? start + scheme.length : start, end);
  }

  private static boolean startsWith(byte[] b, int at, byte[] prefix) {
    for (int i = 0; i < prefix.length; i++) {
      if (b[at + i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }
}
