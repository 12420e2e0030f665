// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.simulation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Slots of a proxy that takes a worker by the number of its slot, whichever pod fills it. */
final class Slots {
  private Slots() {}

  /** The pod in each of n slots that were filled in an order of their own. */
  static int[] order(int n, int seed) {
    List<Integer> pods = new ArrayList<>(IntStream.range(0, n).boxed().toList());
    Collections.shuffle(pods, new Random(seed));
    return pods.stream().mapToInt(Integer::intValue).toArray();
  }
}
