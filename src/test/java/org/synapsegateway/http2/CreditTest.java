// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CreditTest {
  private long now = -5;
  private final Credit credit = new Credit(() -> now);

  private int untilNothingIsLeft(int cost) {
    int times = 0;
    while (credit.pay(cost)) {
      times++;
    }
    return times;
  }

  @Test
  void oneAfterTheOtherUsesItUp() {
    assertThat(untilNothingIsLeft(1)).isEqualTo(Credit.FULL);
    assertThat(credit.pay(1)).isFalse();
  }

  @Test
  void timeEarnsAndNobodySavesMoreThanTheBeginning() {
    untilNothingIsLeft(1);
    now += TimeUnit.SECONDS.toNanos(3);
    assertThat(untilNothingIsLeft(1)).isBetween(Credit.FULL / 10 - 2, Credit.FULL / 10 + 1);
    now += TimeUnit.HOURS.toNanos(1);
    assertThat(untilNothingIsLeft(1)).isEqualTo(Credit.FULL + 1); // what was paid last is forgiven
  }

  @Test
  void whatIsOfUseEarns() {
    for (int i = 0; i < 100_000; i++) {
      assertThat(credit.pay(2)).isTrue();
      credit.earnBody(2 * Credit.BODY_BYTES);
    }
    credit.earn(1_000_000);
    assertThat(untilNothingIsLeft(1)).isEqualTo(Credit.FULL);
  }
}
