// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.synapsegateway.http.Octets;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.http.Span;

/**
 * Requests that a worker holds until there is news or their {@code timeout} has passed: {@code
 * /sync}, {@code /events} and simplified sliding sync, by their path (synapse/rest/client/sync.py
 * and events.py). A {@code timeout} of any other request means something else.
 */
public final class LongPoll {
  private static final int MAX_DIGITS = 7;
  private static final byte[] CLIENT = "/_matrix/client/".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SYNC = "sync".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] EVENTS = "events".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] API = "api/".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] UNSTABLE = "unstable/".getBytes(StandardCharsets.US_ASCII);

  private LongPoll() {}

  /** For how many milliseconds a worker may hold a request; 0 if it is no long poll. */
  public static long heldMillis(RequestHead head) {
    long millis = millis(head);
    return millis > 0 && isPath(head) ? millis : 0;
  }

  /** Whether the path is {@code /_matrix/client/<version>/sync}, or that of one of its siblings. */
  private static boolean isPath(RequestHead head) {
    byte[] b = head.bytes();
    int start = head.pathStart() + CLIENT.length;
    int last = head.pathEnd() - 1;
    while (last > start && b[last] != '/') {
      last--;
    }
    return startsWith(b, head.pathStart(), last, CLIENT)
        && (is(b, last + 1, head.pathEnd(), SYNC) || is(b, last + 1, head.pathEnd(), EVENTS))
        && isVersion(b, start, last);
  }

  /** One segment, as {@code v3}; or two, as {@code api/v1} and {@code unstable/org.matrix.msc1}. */
  private static boolean isVersion(byte[] b, int start, int end) {
    int rest = start;
    if (startsWith(b, start, end, API)) {
      rest += API.length;
    } else if (startsWith(b, start, end, UNSTABLE)) {
      rest += UNSTABLE.length;
      if (indexOf(b, rest, end, '.') == end) {
        return false; // no name of a proposal, but of an endpoint
      }
    }
    return rest < end && indexOf(b, rest, end, '/') == end;
  }

  private static boolean is(byte[] b, int start, int end, byte[] text) {
    return Arrays.equals(b, start, end, text, 0, text.length);
  }

  private static boolean startsWith(byte[] b, int start, int end, byte[] with) {
    return end - start >= with.length
        && Arrays.equals(b, start, start + with.length, with, 0, with.length);
  }

  private static int indexOf(byte[] b, int start, int end, char wanted) {
    int at = start;
    while (at < end && b[at] != wanted) {
      at++;
    }
    return at;
  }

  /**
   * The milliseconds of the {@code timeout} argument in the query; 0 if there is none or it is no
   * number, and never more than 9,999,999.
   */
  public static long millis(RequestHead head) {
    if (head.queryStart() < 0) {
      return 0;
    }
    long argument = head.argument("timeout");
    byte[] b = head.bytes();
    int end = Math.min(Span.end(argument), Span.start(argument) + MAX_DIGITS);
    long value = 0;
    for (int at = Span.start(argument); at < end && Octets.isDigit(b[at]); at++) {
      value = value * 10 + b[at] - '0';
    }
    return value;
  }

  /** Whether a sync continues from a known point, so that it waits until there is news. */
  public static boolean goesOn(RequestHead head) {
    return head.argument("since") != Span.EMPTY
        || head.argument("pos") != Span.EMPTY
        || head.argument("from") != Span.EMPTY;
  }
}
