// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.whoami;

import java.time.Duration;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.http.Span;
import org.synapsegateway.identity.LongPoll;
import org.synapsegateway.identity.Slice;

/**
 * How long a request waits to learn its user.
 *
 * <p>A sync that goes on from a known point, or that asks to be held, waits at its worker anyway.
 * It loses nothing by waiting {@link #OF_POLLS} times as long before it, and meets the user's
 * caches there. Tokens of the Matrix Authentication Service live five minutes, so this is many a
 * sync.
 */
final class Patience {
  /** How many times as long a poll waits as another request. */
  static final int OF_POLLS = 20;

  private Patience() {}

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
