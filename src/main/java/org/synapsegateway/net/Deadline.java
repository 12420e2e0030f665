// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import java.util.concurrent.TimeUnit;

/**
 * A time by which something must have happened on a connection.
 *
 * <p>Moving it costs one store to memory, because the loop's {@link Deadlines} check it a few times
 * a second. So it expires up to twice {@value Deadlines#TICK_MILLIS} ms late, and never early.
 * Confined to one event loop.
 */
public abstract class Deadline {
  /** No deadline. */
  static final long NEVER = Long.MAX_VALUE;

  private final Deadlines deadlines;

  /** Its place in {@link Deadlines}; negative if it is not watched. */
  int slot = -1;

  /** When it expires, by {@link System#nanoTime()}, or {@link #NEVER}. */
  long nanos = NEVER;

  protected Deadline(Deadlines deadlines) {
    this.deadlines = deadlines;
  }

  /** Begins to be watched. */
  public final void watch() {
    deadlines.add(this);
  }

  /** Stops being watched; does nothing if it is not watched. */
  public final void forget() {
    deadlines.remove(this);
  }

  /** Sets it this many milliseconds from now, whatever it was before; 0 means none. */
  public final void in(long millis) {
    nanos =
        millis <= 0
            ? NEVER
            : deadlines.now() + TimeUnit.MILLISECONDS.toNanos(millis + Deadlines.TICK_MILLIS);
  }

  /**
   * As {@link #in}, but counted from the present moment even if the loop has been blocked and its
   * last check is long ago.
   */
  public final void inFromNow(long millis) {
    nanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** Removes the deadline. */
  public final void never() {
    nanos = NEVER;
  }

  /** Called once, on the event loop, when it has expired. */
  protected abstract void expired();
}
