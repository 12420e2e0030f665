// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BoundedLoadTest {
  /** How many requests a member takes while the other has none. */
  private static int takes(BoundedLoad load, int member) {
    int count = 0;
    while (load.hasRoom(member)) {
      load.begin(member, 1);
      count++;
    }
    return count;
  }

  @Test
  void aMemberHasRoomForTheFactorTimesItsShareByWeight() {
    // the 16th request in all leaves room for 16 * 3/4 * 1.25 = 15
    assertThat(takes(new BoundedLoad(1.25, member -> false, 3, 1), 0)).isEqualTo(15);
    // the 2nd one for 2 * 1/4 * 1.25, rounded up
    assertThat(takes(new BoundedLoad(1.25, member -> false, 3, 1), 1)).isEqualTo(1);
  }

  @Test
  void whatHasEndedMakesRoom() {
    BoundedLoad load = new BoundedLoad(1.25, member -> false, 3, 1);
    assertThat(takes(load, 0)).isEqualTo(15);
    load.end(0, 1);

    assertThat(takes(load, 0)).isEqualTo(1);
  }

  @Test
  void someMemberAlwaysHasRoom() {
    BoundedLoad load = new BoundedLoad(1, member -> false, 1, 1, 1);
    for (int i = 0; i < 100; i++) {
      int roomy = IntStream.range(0, 3).filter(load::hasRoom).findFirst().orElseThrow();
      load.begin(roomy, 1);
    }
    assertThat(IntStream.range(0, 3).filter(load::hasRoom).count()).isEqualTo(2);
  }

  @Test
  void oneHeavyRequestFillsAMemberAsManyLightOnesDo() {
    BoundedLoad load = new BoundedLoad(1.25, member -> false, 1, 1);
    load.begin(0, 20);

    assertThat(load.hasRoom(0)).isFalse();
    for (int light = 0; light < 10; light++) {
      assertThat(load.hasRoom(1)).isTrue();
      load.begin(1, 1);
    }
    load.end(0, 20);
    assertThat(load.hasRoom(0)).isTrue();
  }
}
