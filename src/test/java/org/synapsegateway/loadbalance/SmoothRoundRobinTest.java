// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SmoothRoundRobinTest {
  private static String turns(SmoothRoundRobin members, int count) {
    StringBuilder order = new StringBuilder();
    for (int i = 0; i < count; i++) {
      order.append("abc".charAt(members.next(null)));
    }
    return order.toString();
  }

  @Test
  void aHeavyMembersTurnsAreSpreadBetweenTheOthers() {
    SmoothRoundRobin members = new SmoothRoundRobin(5, 1, 1);

    assertThat(turns(members, 7)).isEqualTo("aabacaa");
    assertThat(turns(members, 7)).isEqualTo("aabacaa");
  }

  @Test
  void aCopyGoesOnFromHereAndTakesNoTurnAway() {
    SmoothRoundRobin members = new SmoothRoundRobin(5, 1, 1);
    assertThat(turns(members, 2)).isEqualTo("aa");

    assertThat(turns(members.copy(), 5)).isEqualTo("bacaa");
    assertThat(turns(members, 5)).isEqualTo("bacaa");
  }

  @Test
  void noTurnIsLostBetweenThreads() {
    SmoothRoundRobin members = new SmoothRoundRobin(5, 1, 1);
    AtomicIntegerArray turns = new AtomicIntegerArray(3);
    IntStream.range(0, 7_000).parallel().forEach(i -> turns.incrementAndGet(members.next(null)));

    assertThat(turns).hasToString("[5000, 1000, 1000]");
  }
}
