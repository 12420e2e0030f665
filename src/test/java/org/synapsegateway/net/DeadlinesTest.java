// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
  private static final class Timer extends Deadline {
    private final Runnable action;

    Timer(Deadlines deadlines, Runnable action) {
      super(deadlines);
      this.action = action;
    }

    void start() {
      watch();
      in(1);
    }

    @Override
    protected void expired() {
      action.run();
    }
  }

  @Test
  void anAccidentOfOneHolderEndsNobodyElsesDeadline() throws Exception {
    try (Loops loops = new Loops(1)) {
      Loop loop = loops.all().get(0);
      CountDownLatch before = new CountDownLatch(1);
      CountDownLatch after = new CountDownLatch(1);
      Timer later = new Timer(loop.deadlines(), after::countDown);
      Timer broken =
          new Timer(
              loop.deadlines(),
              () -> {
                before.countDown();
                later.start();
                throw new IllegalStateException("an accident");
              });
      loop.eventLoop().execute(() -> broken.start());
      assertThat(before.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(after.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
