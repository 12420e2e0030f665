// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Limits the frames of a client that lead to nothing: one number for a connection, against floods
 * of any kind of frame.
 *
 * <p>Each frame costs. Answered requests, bodies in either direction and time earn credit, up to
 * the credit with which a connection begins. Frames that waste the work of a worker cost much: a
 * reset of a request that a worker has (CVE-2023-44487), or an error that makes the gateway reset a
 * stream (CVE-2025-8671). Confined to one event loop.
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

  /** Adds the credit for moving bytes of a body. */
  void earnBody(int bytes) {
    earn(bytes / BODY_BYTES);
  }
}
