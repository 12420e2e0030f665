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
}
