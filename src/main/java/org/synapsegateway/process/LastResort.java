// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends the process at a given time, even if a thread hangs.
 *
 * <p>Its thread runs from the start on, because a process without memory may be unable to make one.
 * Its output may block or fail; it waits a second for it at most. Safe for any thread.
 */
final class LastResort {
  /** Why the process ends. */
  enum Reason {
    SLOW_STOP(1, "The stop has taken too long, and the process ends as it is"),
    NO_MEMORY(3, "Memory has run out (java.lang.OutOfMemoryError), and the process ends");

    private final int status;
    private final String text;

    Reason(int status, String text) {
      this.status = status;
      this.text = text;
    }
  }

  private static final long PRINT_MILLIS = 1000;

  private final IntConsumer halt;
  private @Nullable Reason reason;
  private long end;

  private LastResort(IntConsumer halt) {
    this.halt = halt;
  }

  /** Begins to wait for {@link #within}. */
  static LastResort start() {
    return start(Runtime.getRuntime()::halt);
  }

  /** As {@link #start()}, with another end, which takes the exit status. */
  static LastResort start(IntConsumer halt) {
    LastResort resort = new LastResort(halt);
    thread(resort::run, "halt").start();
    return resort;
  }

  private static Thread thread(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Ends the process after this time in milliseconds, unless it ends before. */
  synchronized void within(long millis, Reason why) {
    long then = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    if (reason == null || then - end < 0) {
      end = then;
      reason = why;
      notifyAll();
    }
  }

  private void run() {
    Reason why = await();
    try {
      Thread print = thread(() -> System.err.println(why.text), "last words");
      print.start();
      print.join(PRINT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      halt.accept(why.status);
    }
  }

  private synchronized Reason await() {
    while (reason == null || end - System.nanoTime() > 0) {
      long left = reason == null ? 0 : TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()) + 1;
      try {
        wait(Math.max(left, 0));
      } catch (InterruptedException e) {
        // nothing interrupts it; it continues to wait
      }
    }
    return reason;
  }
}
