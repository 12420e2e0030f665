// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The maximum memory, in bytes, for all objects of one kind together. It protects the heap from
 * many objects that are each within their own limit. Safe for any thread.
 */
public final class MemoryBudget {
  /** {@link #takePart} gives at most this part (a third) of what is left. */
  private static final int PARTS = 3;

  private final long most;
  private final AtomicLong taken = new AtomicLong();

  public MemoryBudget(long most) {
    this.most = most;
  }

  /** A budget of the max heap divided by a number of parts. */
  public static MemoryBudget partOfHeap(int parts) {
    return new MemoryBudget(Runtime.getRuntime().maxMemory() / parts);
  }

  /** Reserves bytes; returns false and reserves nothing if fewer are left. */
  public boolean take(long bytes) {
    if (taken.addAndGet(bytes) <= most) {
      return true;
    }
    giveBack(bytes);
    return false;
  }

  /**
   * Reserves this many bytes, but at most a third of what is left, so that there is a part for
   * later callers; returns how many.
   */
  public int takePart(long bytes) {
    long part = Math.min(bytes, left() / PARTS);
    return part > 0 && take(part) ? (int) Math.min(part, Integer.MAX_VALUE) : 0;
  }

  /** Gives bytes back that were taken. */
  public void giveBack(long bytes) {
    taken.addAndGet(-bytes);
  }

  /** The bytes that may still be taken. */
  long left() {
    return most - taken.get();
  }

  /** The bytes that are taken at this moment. */
  public long taken() {
    return taken.get();
  }
}
