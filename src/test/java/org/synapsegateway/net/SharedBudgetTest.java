// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.synapsegateway.net.SharedBudget.Share;

class SharedBudgetTest {
  private final MemoryBudget all = new MemoryBudget(120);
  private final SharedBudget budget = new SharedBudget(all);

  @Test
  void oneAloneHasHalfOfIt() {
    Share one = budget.of("one");
    assertThat(one.take(61)).isFalse();
    assertThat(budget.taken()).isZero();
    assertThat(one.take(60)).isTrue();
    assertThat(one.take(1)).isFalse();
    one.giveBack(10);
    assertThat(budget.taken()).isEqualTo(50);
    assertThat(one.take(10)).isTrue();
  }

  @Test
  void othersHaveAsMuchAsIsLeftToYetOthers() {
    Share[] shares = {budget.of(1), budget.of(2), budget.of(3)};
    for (int taken = 0; taken < 90; taken += 3) {
      for (Share each : shares) {
        assertThat(each.take(1)).isTrue();
      }
    }
    assertThat(shares[0].take(1)).isFalse();
    assertThat(budget.of(4).take(15)).isTrue();
    assertThat(budget.taken()).isEqualTo(105);
  }

  @Test
  void sharesOfTheSameCountAsOne() {
    assertThat(budget.of("one").take(50)).isTrue();
    assertThat(budget.of("one").take(20)).isFalse();
    budget.of("one").giveBack(50);
    assertThat(budget.of("one").take(60)).isTrue();
  }

  @Test
  void itIsScarceOnceAQuarterOfItIsTaken() {
    assertThat(budget.of("one").take(30)).isTrue();
    assertThat(budget.isScarce()).isFalse();
    assertThat(budget.of("one").take(1)).isTrue();
    assertThat(budget.isScarce()).isTrue();
    budget.of("one").giveBack(1);
    assertThat(budget.isScarce()).isFalse();
  }

  @Test
  void noMoreThanAllIsTaken() {
    all.take(110);
    assertThat(budget.of("one").take(20)).isFalse();
    assertThat(budget.of("one").take(5)).isTrue();
    assertThat(budget.taken()).isEqualTo(115);
  }
}
