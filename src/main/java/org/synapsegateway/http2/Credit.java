// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Limits the frames of a client that carry no request: one number for a connection, against floods
 * of any kind of frame.
 *
 * <p>Each frame costs. Answered requests, bodies in either direction and time earn credit, up to
 * the credit with which a connection begins. Frames that waste the work of a worker cost much: a
 * reset of a request that a worker has (CVE-2023-44487), or an error that makes the gateway reset a
 * stream (CVE-2025-8671). Confined to one event loop.
 */
final class Credit {
  /** The credit of a new connection, in frames. */
  static final int FULL = 1_000;

  /**
   * The cost of a reset, beside that of its frame: a client may send about 200 at once, and as many
   * again in half a minute.
   */
  static final int RESET = 4;

  /** The credit for an answered request. */
  static final int ANSWER = 8;

  /** This many bytes of a body earn a frame. */
  static final int BODY_BYTES = 16;

  /**
   * This many bytes of a body that nobody takes earn a frame: what is on its way when a request is
   * answered early comes in large frames.
   */
  static final int UNWANTED_BODY_BYTES = 512;

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

  /** Charges a cost, in frames; returns whether the credit was enough. */
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

  /** Adds credit, in frames. */
  void earn(long frames) {
    left = Math.min(FULL, left + frames);
  }

  /** Adds the credit for moving bytes of a body. */
  void earnBody(int bytes) {
    earn(bytes / BODY_BYTES);
  }

  /** Adds the credit for bytes of a body that are thrown away. */
  void earnUnwantedBody(int bytes) {
    earn(bytes / UNWANTED_BODY_BYTES);
  }
}
