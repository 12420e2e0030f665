// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * nginx's smooth weighted round robin (src/http/ngx_http_upstream_round_robin.c): members get
 * requests in turn, and the turns of a member with a large weight are spread between those of the
 * others.
 *
 * <p>Safe for any thread. All event loops share one sequence, as all connections of one nginx
 * process do: with a sequence each, every loop would begin with the first member, which would get
 * most of a group's few requests without key. The lock is held for a loop over the members, and
 * only by requests that have no key or met many dead workers.
 */
final class SmoothRoundRobin {
  private final int[] weights;
  private final long[] current;

  SmoothRoundRobin(int... weights) {
    this(weights.clone(), new long[weights.length]);
  }

  private SmoothRoundRobin(int[] weights, long[] current) {
    this.weights = weights;
    this.current = current;
  }

  /** A copy that continues from here, independent of this one. */
  synchronized SmoothRoundRobin copy() {
    return new SmoothRoundRobin(weights, current.clone());
  }

  /** The next member that has not been tried, or -1 if all have; {@code tried} may be null. */
  int next(@Nullable BitSet tried) {
    // most groups have one worker, whose turn it always is
    return weights.length > 1 ? nextOfSeveral(tried) : tried == null || !tried.get(0) ? 0 : -1;
  }

  private synchronized int nextOfSeveral(@Nullable BitSet tried) {
    int best = -1;
    long total = 0;
    for (int i = 0; i < weights.length; i++) {
      if (tried != null && tried.get(i)) {
        continue;
      }
      current[i] += weights[i];
      total += weights[i];
      if (best < 0 || current[i] > current[best]) {
        best = i;
      }
    }
    if (best >= 0) {
      current[best] -= total;
    }
    return best;
  }
}
