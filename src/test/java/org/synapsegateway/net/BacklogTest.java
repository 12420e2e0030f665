// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How much may wait, however many connections there are. */
class BacklogTest {
  private static final int LEAST = LoopReadBuffer.LEAST;
  private static final int LITTLE = LoopReadBuffer.LITTLE;

  @ParameterizedTest
  @ValueSource(ints = {100, 1_000, 4_000, 20_000})
  void theLessRoomIsLeftTheLessEachConnectionReads(int connections) {
    long high = 8 * 1024 * 1024;
    Backlog backlog = new Backlog(high);
    backlog.add(high + 1);
    int last = LITTLE;
    for (int i = 0; i < connections; i++) {
      int size = backlog.readSize(LEAST, LITTLE);
      assertThat(size).isBetween(LEAST, last);
      assertThat(Integer.bitCount(size)).isEqualTo(1);
      backlog.add(2L * size); // what a reader keeps, and a read that Netty had queued
      last = size;
    }
    assertThat(backlog.bytes()).isLessThan(3 * high + 2L * LEAST * connections);
  }

  @Test
  void itIsHighOnlyBeyondItsLimit() {
    Backlog backlog = new Backlog(100);
    backlog.add(100);
    assertThat(backlog.isHigh()).isFalse();
    backlog.add(1);
    assertThat(backlog.isHigh()).isTrue();
    backlog.remove(1);
    assertThat(backlog.isHigh()).isFalse();
  }
}
