// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.dynatrace.hash4j.distinctcount.UltraLogLog;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class UsersTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  private final Users users = new Users();

  private void come(int from, int to, long now) {
    for (int i = from; i < to; i++) {
      CRC32 hash = new CRC32();
      hash.update(("user" + i).getBytes(StandardCharsets.US_ASCII));
      users.add((int) hash.getValue(), now);
    }
  }

  private double counted(long now) {
    UltraLogLog sum = Users.nobody();
    users.addTo(sum, now);
    return sum.getDistinctCountEstimate();
  }

  @Test
  void eachUserCountsOnce() {
    come(0, 10_000, 0);
    come(5_000, 10_000, 1);
    assertThat(counted(2)).isCloseTo(10_000, within(500.0));
  }

  @Test
  void aUserIsForgottenAfterTwoHoursAtMost() {
    come(0, 1_000, 0);
    come(1_000, 1_100, HOUR);
    assertThat(counted(HOUR + 1)).isCloseTo(1_100, within(55.0));
    assertThat(counted(2 * HOUR)).isCloseTo(100, within(5.0));
    come(1_000, 1_100, 2 * HOUR);
    assertThat(counted(2 * HOUR + 1)).isCloseTo(100, within(5.0));
    assertThat(counted(4 * HOUR)).isZero();
  }

  @Test
  void nobodyIsNobody() {
    assertThat(counted(0)).isZero();
  }
}
