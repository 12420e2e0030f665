// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class StreamIdsTest {
  @Test
  void whatWasOpenedOfLateIsKnown() {
    Random random = new Random(1);
    StreamIds ids = new StreamIds();
    TreeSet<Integer> opened = new TreeSet<>();
    int last = -1;
    for (int i = 0; i < 2_000; i++) {
      last += 2 * (1 + (random.nextInt(20) == 0 ? random.nextInt(100) : random.nextInt(3)));
      ids.open(last);
      opened.add(last);
      for (int id = Math.max(1, last - 126); id <= last; id += 2) {
        assertThat(ids.wasOpened(id)).as("%d after %d", id, last).isEqualTo(opened.contains(id));
      }
    }
    assertThat(ids.wasOpened(last - 128)).isTrue();
  }
}
