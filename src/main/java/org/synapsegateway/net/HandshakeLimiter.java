// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Lets a few handshakes begin in one turn of an event loop; the others wait for the next turns, in
 * their order. The first step of a handshake takes up to a millisecond, and thousands of clients
 * may come at once; so open connections have turns in between. Confined to one event loop.
 */
public final class HandshakeLimiter {
  /** How many may begin in a turn. */
  static final int MAX = 8;

  private final EventLoop eventLoop;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int left = MAX;
  private boolean scheduled;

  HandshakeLimiter(EventLoop eventLoop) {
    this.eventLoop = eventLoop;
  }

  /**
   * Whether one may begin now.
   *
   * @param later begins the handshake in a later turn if it may not begin now; does nothing if the
   *     connection has closed by then
   */
  public boolean mayBegin(Runnable later) {
    schedule();
    if (left > 0 && waiting.isEmpty()) {
      left--;
      return true;
    }
    waiting.add(later);
    return false;
  }

  /**
   * As a scheduled task: Netty would run a submitted task before the loop looks for input again.
   */
  private void schedule() {
    if (!scheduled) {
      scheduled = true;
      eventLoop.schedule(this::next, 0, TimeUnit.NANOSECONDS);
    }
  }

  private void next() {
    scheduled = false;
    left = MAX;
    while (left > 0 && !waiting.isEmpty()) {
      left--;
      schedule(); // so that the others begin even if this one fails
      waiting.remove().run();
    }
  }

  /** How many wait. */
  public int waiting() {
    return waiting.size();
  }
}
