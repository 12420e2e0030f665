package org.synapsegateway.loadbalance;

import java.util.BitSet;

/**
 * nginx's smooth weighted round robin (src/http/ngx_http_upstream_round_robin.c): members come in
 * turn, and a heavy one's turns are spread between the others'.
 *
 * <p>Safe for any thread: all event loops share one sequence, as all connections of one nginx
 * process do.
 */
final class SmoothRoundRobin {
  private final int[] weights;
  private final long[] current;

  SmoothRoundRobin(int[] weights) {
    this.weights = weights.clone();
    this.current = new long[weights.length];
  }

  /** The next member that has not been tried, or -1 if all have; {@code tried} may be null. */
  synchronized int next(BitSet tried) {
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
