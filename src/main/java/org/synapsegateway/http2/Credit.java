// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many frames a client may still send that lead to nothing: one number against all floods of a
 * connection, whatever frames they are made of.
 *
 * <p>Each frame costs. Requests that are answered and bodies that move in either direction earn,
 * and so does time; nobody saves more than what a connection begins with. What makes somebody else
 * work in vain, as a reset of a request that a worker has (CVE-2023-44487) or an error that has a
 * stream reset (CVE-2025-8671), costs much. Confined to one event loop.
 */
final class Credit {
  /** What a connection begins with, in frames. */
  static final int FULL = 1_000;

  /** What a reset costs: about 200 are had at once, and as many in half a minute. */
  static final int RESET = 4;

  /** What a request earns when it has been answered. */
  static final int ANSWER = 8;

  /** As many bytes of a body earn a frame. */
  static final int BODY_BYTES = 16;

  private static final long NANOS_EACH = TimeUnit.SECONDS.toNanos(30) / FULL;

  private final LongSupplier clock;
  private long left = FULL;
  private long since;

  /**
   * @param clock in nanoseconds
   */
  Credit(LongSupplier clock) {
    this.clock = clock;
    this.since = clock.getAsLong();
  }

  /** Takes what something costs, in frames; returns whether there was as much. */
  boolean pay(int cost) {
    left -= cost;
    return left >= 0 || refill();
  }

  private boolean refill() {
    long now = clock.getAsLong();
    long earned = (now - since) / NANOS_EACH;
    since = now;
    left = Math.min(FULL, left + earned);
    return left >= 0;
  }

  /** Adds what something earns, in frames. */
  void earn(long frames) {
    left = Math.min(FULL, left + frames);
  }

  /** Adds what moving so many bytes of a body earns. */
  void earnBody(int bytes) {
    earn(bytes / BODY_BYTES);
  }
}
