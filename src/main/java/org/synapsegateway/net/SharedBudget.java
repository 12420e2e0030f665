// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A budget in which none may have more than is left to the others: one alone has half of it, and of
 * ten each an eleventh, so that nobody can take all. Safe for any thread.
 */
public final class SharedBudget {
  private final MemoryBudget all;
  private final ConcurrentMap<Object, Long> shares = new ConcurrentHashMap<>();

  public SharedBudget(MemoryBudget all) {
    this.all = all;
  }

  /**
   * What one of them has of it.
   *
   * @param who the same for all that count as one
   */
  public Share of(Object who) {
    return new Share(who);
  }

  /** The bytes that all have at this moment. */
  public long taken() {
    return all.taken();
  }

  /** A part of the budget. Safe for any thread. */
  public final class Share {
    private final Object who;

    private Share(Object who) {
      this.who = who;
    }

    /** Reserves bytes; returns false and reserves nothing if others would have less than this. */
    public boolean take(long bytes) {
      if (!all.take(bytes)) {
        return false;
      }
      if (shares.merge(who, bytes, Long::sum) <= all.left()) {
        return true;
      }
      giveBack(bytes);
      return false;
    }

    /** Gives bytes back that were taken. */
    public void giveBack(long bytes) {
      shares.computeIfPresent(who, (same, taken) -> taken == bytes ? null : taken - bytes);
      all.giveBack(bytes);
    }
  }
}
