// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Logs the failures of all routes and of what they start: each in a line, and the stack trace of
 * one in a second. A client may be able to make a step fail with each of its requests, and must not
 * fill a disk with traces. Safe for any thread.
 */
public final class FailureLog {
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

  /** The one of all routes of a context. */
  public static FailureLog of(CamelContext context) {
    return SharedServices.of(context).get(FailureLog.class, () -> new FailureLog(System::nanoTime));
  }

  /**
   * Logs what cost a client its reply.
   *
   * @param what has failed, for example {@code A route failed}
   */
  public void error(String what, Throwable failed) {
    add(Level.ERROR, what, failed);
  }

  /** As {@link #error}, of what no client waits for. */
  void warn(String what, Throwable failed) {
    add(Level.WARN, what, failed);
  }

  private void add(Level level, String what, Throwable failed) {
    long now = clock.getAsLong();
    long next = due.get();
    if (now - next >= 0 && due.compareAndSet(next, now + PERIOD)) {
      LOG.atLevel(level).setCause(failed).log(what);
    } else {
      LOG.atLevel(level).log("{}: {}", what, failed.toString());
    }
  }
}
