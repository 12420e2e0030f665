// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.whoami;

import java.time.Duration;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.http.Span;
import org.synapsegateway.identity.LongPoll;
import org.synapsegateway.identity.Slice;

/**
 * How long a request waits until its user is known.
 *
 * <p>A sync that continues from an earlier one, or that has a time-out, waits at its worker anyway.
 * So it may wait {@link #OF_POLLS} times as long for its user, to reach the worker that has the
 * user's caches. Tokens of the Matrix Authentication Service expire after five minutes, so this
 * concerns many syncs.
 */
final class LookUpWait {
  /** A poll waits this many times as long as another request. */
  static final int OF_POLLS = 20;

  private LookUpWait() {}

  /**
   * @param ordinary how long a request waits that is no poll
   */
  static Duration of(RequestHead head, Duration ordinary) {
    return isPoll(head) ? ordinary.multipliedBy(OF_POLLS) : ordinary;
  }

  private static boolean isPoll(RequestHead head) {
    if (head.queryStart() < 0) {
      return false;
    }
    Slice path = Slice.of(head.bytes(), head.pathStart(), head.pathEnd());
    return switch (lastSegment(path)) {
      case "sync" -> has(head, "since") || has(head, "pos") || LongPoll.millis(head) > 0;
      case "events" -> has(head, "from");
      default -> false;
    };
  }

  private static String lastSegment(Slice path) {
    int at = path.length();
    while (at > 0 && path.at(at - 1) != '/') {
      at--;
    }
    return path.part(at, path.length()).text();
  }

  private static boolean has(RequestHead head, String argument) {
    return head.argument(argument) != Span.EMPTY;
  }
}
