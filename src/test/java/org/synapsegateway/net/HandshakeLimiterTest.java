// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HandshakeLimiterTest {
  private static final int ALL = 3 * HandshakeLimiter.MAX + 1;

  @Test
  void aFewBeginInATurnAndOthersHaveTheirsInBetween() throws Exception {
    List<String> order = new CopyOnWriteArrayList<>();
    CountDownLatch begun = new CountDownLatch(ALL - HandshakeLimiter.MAX);
    try (Loops loops = new Loops(1)) {
      Loop loop = loops.all().get(0);
      loop.eventLoop()
          .submit(
              () -> {
                for (int i = 0; i < ALL; i++) {
                  if (loop.starts().mayBegin(() -> begin(loop, order, begun))) {
                    order.add("begins");
                  }
                }
                assertThat(order).hasSize(HandshakeLimiter.MAX);
                assertThat(loop.starts().waiting()).isEqualTo(ALL - HandshakeLimiter.MAX);
                loop.eventLoop().execute(() -> order.add("other"));
              })
          .get();
      assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(String.join(" ", order).split(" other( other)*", -1))
          .as("no more at once than a turn has room for")
          .allSatisfy(turn -> assertThat(turn.strip().split(" ", -1)).hasSizeLessThan(9));
      boolean again = loop.eventLoop().submit(() -> loop.starts().mayBegin(() -> {})).get();
      assertThat(again).isTrue();
    }
  }

  /** One who begins has others find their turn behind it. */
  private static void begin(Loop loop, List<String> order, CountDownLatch begun) {
    order.add("begins");
    loop.eventLoop().execute(() -> order.add("other"));
    begun.countDown();
  }
}
