// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats a question when the lifetime of its answer ends, which is after {@value #MIN_SECONDS} to
 * {@value #MAX_SECONDS} s, and earlier on request. While there is no answer it asks less and less
 * often. It asks one question at a time. Safe for any thread.
 */
final class Rounds {
  private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);
  static final long MIN_SECONDS = 1;
  static final long MAX_SECONDS = 30;

  /** No answer, or an unusable one. */
  static final long NO_NEWS = -1;

  /** The least time between two questions. */
  private static final long HURRY_MILLIS = 500;

  /**
   * The time of a question varies by this part, so that many gateways do not ask at the same
   * moment.
   */
  private static final double JITTER = 0.1;

  private final Supplier<? extends EventExecutor> loop;
  private final BooleanSupplier wanted;
  private final Runnable question;
  private final AtomicBoolean hurries = new AtomicBoolean();

  // confined to the loop
  private boolean running;
  private boolean asking;
  private long begun;
  private long pauseSeconds = MIN_SECONDS;

  @SuppressWarnings("NullAway.Init") // set when a question ends, before anything cancels it
  private Future<?> next;

  /**
   * @param loop where questions are asked
   * @param wanted returns whether anybody still needs the answer
   * @param question asks; {@link #ended} must follow, on the loop
   */
  Rounds(Supplier<? extends EventExecutor> loop, BooleanSupplier wanted, Runnable question) {
    this.loop = loop;
    this.wanted = wanted;
    this.question = question;
  }

  /** Asks from now on, as long as the answer is needed. */
  void begin() {
    loop.get()
        .execute(
            () -> {
              if (!running) {
                running = true;
                ask();
              }
            });
  }

  /** Asks soon. */
  void hurry() {
    if (hurries.compareAndSet(false, true)) {
      loop.get().execute(this::askSoon);
    }
  }

  private void askSoon() {
    if (running && !asking) {
      next.cancel(false);
      long passed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
      askIn(Math.max(0, HURRY_MILLIS - passed));
    }
  }

  private void askIn(long millis) {
    if (!loop.get().isShuttingDown()) {
      next = loop.get().schedule(this::ask, millis, TimeUnit.MILLISECONDS);
    }
  }

  private void ask() {
    if (!wanted.getAsBoolean()) {
      running = false;
      return;
    }
    hurries.set(false);
    asking = true;
    begun = System.nanoTime();
    try {
      question.run();
    } catch (RuntimeException e) {
      LOG.error("A question about workers cannot be asked", e);
      ended(NO_NEWS);
    }
  }

  /**
   * The question has been answered, or there will be no answer. Called on the loop.
   *
   * @param seconds for how long the answer is good; {@link #NO_NEWS} if it says nothing
   */
  void ended(long seconds) {
    asking = false;
    if (seconds >= 0) {
      pauseSeconds = Math.min(Math.max(MIN_SECONDS, seconds), MAX_SECONDS);
    }
    double jitter = 1 - JITTER + 2 * JITTER * ThreadLocalRandom.current().nextDouble();
    long millis = (long) (TimeUnit.SECONDS.toMillis(pauseSeconds) * jitter);
    if (seconds < 0) {
      pauseSeconds = Math.min(2 * pauseSeconds, MAX_SECONDS);
    }
    askIn(hurries.get() ? HURRY_MILLIS : millis);
  }
}
