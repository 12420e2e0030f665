package org.synapsegateway.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
  private static final class Timer extends Deadlines.Holder {
    private final Runnable action;

    Timer(Runnable action) {
      this.action = action;
    }

    void start(Deadlines deadlines) {
      deadlines.add(this);
      expireIn(deadlines, 1);
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
      Timer later = new Timer(after::countDown);
      Timer broken =
          new Timer(
              () -> {
                before.countDown();
                later.start(loop.deadlines());
                throw new IllegalStateException("an accident");
              });
      loop.eventLoop().execute(() -> broken.start(loop.deadlines()));
      assertThat(before.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(after.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
