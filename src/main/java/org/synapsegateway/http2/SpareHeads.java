// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import java.util.ArrayDeque;
import java.util.Deque;
import org.synapsegateway.http.RequestHead;

/**
 * The heads of requests that have ended, for requests to come: those of one event loop, to which
 * they are confined.
 */
public final class SpareHeads {
  /** As many as a busy loop has under way, at most half a megabyte. */
  static final int MAX_HEADS = 512;

  /** A long poll holds its head, so it must not get one that is larger than most. */
  static final int MAX_BYTES = 1024;

  private final Deque<RequestHead> heads = new ArrayDeque<>();

  /** An empty head. */
  RequestHead take() {
    RequestHead head = heads.pollLast();
    return head == null ? new RequestHead() : head;
  }

  /** Takes back a head that is not used any more. */
  void giveBack(RequestHead head) {
    if (heads.size() < MAX_HEADS && head.bytes().length <= MAX_BYTES) {
      head.reset();
      heads.addLast(head);
    }
  }
}
