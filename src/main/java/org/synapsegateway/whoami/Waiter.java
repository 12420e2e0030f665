// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.whoami;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.identity.Slice;

/** A request that waits for a key. Confined to its event loop, except {@link #tell}. */
final class Waiter {
  private final Slice otherwise;
  private final ScheduledExecutorService loop;
  private @Nullable Consumer<Slice> later;

  @SuppressWarnings("NullAway.Init") // begin() sets it, before the loop can run goOn()
  private ScheduledFuture<?> timeout;

  Waiter(Slice otherwise, ScheduledExecutorService loop, Consumer<Slice> later) {
    this.otherwise = otherwise;
    this.loop = loop;
    this.later = later;
  }

  /** The key to use if no answer comes in time. */
  Slice otherwise() {
    return otherwise;
  }

  /** Its event loop. */
  ScheduledExecutorService loop() {
    return loop;
  }

  /**
   * Begins to wait.
   *
   * @param leaves runs if no answer comes in time
   */
  void begin(Duration longest, Runnable leaves) {
    Runnable ends =
        () -> {
          leaves.run();
          goOn(otherwise);
        };
    timeout = loop.schedule(ends, longest.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Called from any thread. */
  void tell(Slice user) {
    try {
      loop.execute(() -> goOn(user.isEmpty() ? otherwise : user));
    } catch (RejectedExecutionException e) {
      // the loop has ended, and the request with it
    }
  }

  private void goOn(Slice key) {
    Consumer<Slice> then = later;
    if (then != null) {
      later = null;
      timeout.cancel(false);
      then.accept(key);
    }
  }
}
