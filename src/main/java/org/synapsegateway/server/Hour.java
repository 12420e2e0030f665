// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Lets a line be logged once an hour. Safe for any thread. */
final class Hour {
  private static final long NANOS = TimeUnit.HOURS.toNanos(1);

  private final AtomicLong end = new AtomicLong(System.nanoTime());

  /**
   * Whether a new one has begun since this was asked last.
   *
   * @param now from {@link System#nanoTime()}
   */
  boolean hasBegun(long now) {
    long before = end.get();
    return now - before >= 0 && end.compareAndSet(before, now + NANOS);
  }
}
