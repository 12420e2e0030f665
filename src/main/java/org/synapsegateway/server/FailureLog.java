// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the failures of routes: each in a line, and the stack trace of one in a second. A client may
 * be able to make a step fail with each of its requests, and must not fill a disk with traces. Safe
 * for any thread.
 */
final class FailureLog {
  private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);
  private static final long PERIOD = TimeUnit.SECONDS.toNanos(1);

  private final LongSupplier clock;
  private final AtomicLong due;

  /**
   * @param clock returns nanoseconds since any fixed time
   */
  FailureLog(LongSupplier clock) {
    this.clock = clock;
    this.due = new AtomicLong(clock.getAsLong());
  }

  void add(Throwable failed) {
    long now = clock.getAsLong();
    long next = due.get();
    if (now - next >= 0 && due.compareAndSet(next, now + PERIOD)) {
      LOG.error("A route failed", failed);
    } else {
      LOG.error("A route failed: {}", failed.toString());
    }
  }
}
