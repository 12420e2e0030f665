// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A budget in which no owner may have more than what is left for the others: a single owner has at
 * most half of it, and each of ten an eleventh. So no owner can use it up. Safe for any thread.
 */
public final class SharedBudget {
  private final MemoryBudget all;
  private final ConcurrentMap<Object, Long> shares = new ConcurrentHashMap<>();

  public SharedBudget(MemoryBudget all) {
    this.all = all;
  }

  /**
   * The part of one owner.
   *
   * @param who identifies the owner
   */
  public Share of(Object who) {
    return new Share(who);
  }

  /** The bytes that all owners have at this moment. */
  public long taken() {
    return all.taken();
  }

  /** Whether more than a quarter of it is taken: half of what a single owner may have. */
  boolean isScarce() {
    return all.taken() > all.left() / 3;
  }

  /** A part of the budget. Safe for any thread. */
  public final class Share {
    private final Object who;

    private Share(Object who) {
      this.who = who;
    }

    /**
     * Reserves bytes; returns false and reserves nothing if less would be left for the others than
     * this owner would have.
     */
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
