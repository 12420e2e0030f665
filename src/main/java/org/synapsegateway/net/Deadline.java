// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import java.util.concurrent.TimeUnit;

/**
 * By when something must have happened on a connection, in milliseconds from now.
 *
 * <p>To move it is one store, as its loop's {@link Deadlines} look at it a few times a second; so
 * it passes up to twice {@value Deadlines#TICK_MILLIS} ms late, and never early. Confined to one
 * event loop.
 */
public abstract class Deadline {
  /** No deadline. */
  static final long NEVER = Long.MAX_VALUE;

  private final Deadlines deadlines;

  /** Where {@link Deadlines} has it; negative if it is not watched. */
  int slot = -1;

  /** When it passes, by {@link System#nanoTime()}, or {@link #NEVER}. */
  long nanos = NEVER;

  protected Deadline(Deadlines deadlines) {
    this.deadlines = deadlines;
  }

  /** Begins to be watched. */
  public final void watch() {
    deadlines.add(this);
  }

  /** Ends to be watched; does nothing if it is not. */
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

  /** As {@link #in}, also where the loop has stood still and its last look is long past. */
  public final void inFromNow(long millis) {
    nanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** Takes it away. */
  public final void never() {
    nanos = NEVER;
  }

  /** Called once, on the event loop, when it has passed. */
  protected abstract void expired();
}
