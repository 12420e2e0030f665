// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  @Test
  void whatIsTakenIsMissingUntilItIsGivenBack() {
    MemoryBudget budget = new MemoryBudget(100);
    assertThat(budget.take(60)).isTrue();
    assertThat(budget.take(60)).isFalse();
    assertThat(budget.taken()).isEqualTo(60);
    budget.giveBack(50);
    assertThat(budget.take(60)).isTrue();
    assertThat(budget.taken()).isEqualTo(70);
  }

  @Test
  void aPartIsAThirdOfWhatIsLeftAtMost() {
    MemoryBudget budget = new MemoryBudget(155);
    assertThat(budget.takePart(5)).isEqualTo(5);
    assertThat(budget.takePart(-1)).isZero();
    assertThat(budget.takePart(100)).isEqualTo(50);
    assertThat(budget.takePart(100)).isEqualTo(33);
    assertThat(budget.taken()).isEqualTo(88);
    budget.take(67);
    assertThat(budget.takePart(100)).isZero();
  }
}
