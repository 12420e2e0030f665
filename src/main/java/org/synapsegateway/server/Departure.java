// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.time.Duration;

/**
 * When the connections of a process that leaves end: each with its next reply from a moment of its
 * own on.
 *
 * <p>The moments are spread over a time, as with HAProxy's {@code close-spread-time}, and come ever
 * faster: the code of a new process is slow at first, and all clients at once would wait for it.
 * Immutable.
 *
 * @param begin in {@link System#nanoTime}
 */
record Departure(long begin, Duration time) {
  private static final int PARTS = 1 << 16;

  /** Begins now. */
  static Departure within(Duration time) {
    return new Departure(System.nanoTime(), time);
  }

  /** Whether the moment of a connection has come. */
  boolean isDue(Object connection, long now) {
    long passed = now - begin;
    long all = time.toNanos();
    if (passed >= all) {
      return true;
    }
    double part = (double) passed / all;
    return part * part * PARTS > System.identityHashCode(connection) % PARTS;
  }
}
