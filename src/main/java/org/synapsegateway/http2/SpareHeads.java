// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import java.util.ArrayDeque;
import java.util.Deque;
import org.synapsegateway.http.RequestHead;

/**
 * The heads of requests that have ended, for later requests of the same event loop to use again.
 * Confined to one event loop.
 */
public final class SpareHeads {
  /** Enough for the requests in flight of a busy loop; at most half a megabyte. */
  static final int MAX_HEADS = 512;

  /** A long poll keeps its head for long, so a large head is not used again. */
  static final int MAX_BYTES = 1024;

  private final Deque<RequestHead> heads = new ArrayDeque<>();

  /** An empty head. */
  RequestHead take() {
    RequestHead head = heads.pollLast();
    return head == null ? new RequestHead() : head;
  }

  /** Whether a head is small enough to be kept. */
  static boolean mayKeep(RequestHead head) {
    return head.bytes().length <= MAX_BYTES;
  }

  /** Keeps a head that is no longer used. */
  void giveBack(RequestHead head) {
    if (heads.size() < MAX_HEADS && mayKeep(head)) {
      head.reset();
      heads.addLast(head);
    }
  }
}
