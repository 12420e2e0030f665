// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntPredicate;

/**
 * The requests that each member of a group has in flight, and whether it may get another one: no
 * member above its fair share times a factor (Mirrokni, Thorup and Zadimoghaddam, "Consistent
 * Hashing with Bounded Loads"; HAProxy's {@code hash-balance-factor}).
 *
 * <p>Safe for any thread. Requests that begin at the same moment on several event loops may each
 * take the last place.
 */
final class BoundedLoad {
  private final double factor;
  private final int[] weights;
  private final IntPredicate drained;
  private final AtomicIntegerArray inFlight;
  private final AtomicInteger all = new AtomicInteger();

  /**
   * @param factor at least 1; the closer to 1, the more even the load, and the more requests go to
   *     another worker than that of their key
   * @param drained returns whether a member is drained and gets no requests
   */
  BoundedLoad(double factor, IntPredicate drained, int... weights) {
    check(factor);
    this.factor = factor;
    this.weights = weights.clone();
    this.drained = drained;
    this.inFlight = new AtomicIntegerArray(weights.length);
  }

  /**
   * @throws IllegalArgumentException if the factor is too small for a bound
   */
  static void check(double factor) {
    if (!(factor >= 1)) {
      throw new IllegalArgumentException(
          "balanceFactor: " + factor + " is too small; write 1 or more, or 0 for no bound");
    }
  }

  /** Whether the member may have one more request; at least one that is not drained always may. */
  boolean hasRoom(int member) {
    return inFlight.get(member) < Math.ceil(factor * (all.get() + 1) * weights[member] / weight());
  }

  private long weight() {
    long sum = 0;
    for (int member = 0; member < weights.length; member++) {
      sum += drained.test(member) ? 0 : weights[member];
    }
    return sum;
  }

  /**
   * @param cost the weight of the request; a long poll has 1
   */
  void begin(int member, int cost) {
    all.addAndGet(cost);
    inFlight.addAndGet(member, cost);
  }

  /**
   * @param cost the weight that it began with
   */
  void end(int member, int cost) {
    inFlight.addAndGet(member, -cost);
    all.addAndGet(-cost);
  }
}
