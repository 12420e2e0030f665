// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import org.synapsegateway.http.RequestHead;
import org.synapsegateway.http.Span;

/**
 * The cost of a request for its worker. The unit is a long poll that waits for news.
 *
 * <p>For an initial sync Synapse collects the whole account. It has no {@code since}, or no {@code
 * pos} where it is a sliding one (MSC4186), or it asks for the {@code full_state}.
 */
public final class SyncCost {
  /** The cost of a sync from nothing: an estimate, for balancing and not for accounting. */
  public static final int INITIAL = 20;

  /** All that Synapse's {@code parse_boolean} takes for true. */
  private static final Slice TRUE = Slice.of("true");

  private SyncCost() {}

  /** The cost of a request. */
  public static int of(RequestHead head) {
    if (endsWith(head, "/initialSync")) {
      return INITIAL;
    }
    return endsWith(head, "/sync") && isInitial(head) ? INITIAL : 1;
  }

  private static boolean isInitial(RequestHead head) {
    String goesOnFrom = head.method().equals("POST") ? "pos" : "since";
    return head.argument(goesOnFrom) == Span.EMPTY
        || QueryArguments.first(head, "full_state").equals(TRUE);
  }

  private static boolean endsWith(RequestHead head, String end) {
    int start = head.pathEnd() - end.length();
    return start >= head.pathStart() && head.text(start, head.pathEnd()).equals(end);
  }
}
