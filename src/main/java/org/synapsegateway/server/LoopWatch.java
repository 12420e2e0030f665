// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.net.Loop;

/**
 * Detects an event loop that a step blocks, and logs where.
 *
 * <p>It gives each loop a task now and then; one that has not run it for half a second is blocked.
 * If this thread was late itself, the whole process was, and nothing is logged. Safe for any
 * thread.
 */
public final class LoopWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LoopWatch.class);

  /** Each look wakes two threads: ten a second took a hundredth of a core. */
  private static final long LOOK_MILLIS = 250;

  private static final long BLOCKED_MILLIS = 500;
  private static final int MAX_FRAMES = 40;

  private final List<Watched> loops;
  private final Runnable blocked;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("loop-watch", true));
  private long lastLook = System.nanoTime();

  /**
   * @param blocked called once each time a loop is blocked
   */
  public LoopWatch(List<Loop> loops, Runnable blocked) {
    this.loops = loops.stream().map(Watched::new).toList();
    this.blocked = blocked;
    clock.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** For how many milliseconds the longest blocked loop has been blocked; 0 if none is. */
  public long blockedMillis() {
    return loops.stream().mapToLong(Watched::blockedMillis).max().orElse(0);
  }

  private void look() {
    long now = System.nanoTime();
    boolean heldUp = millis(now - lastLook) > BLOCKED_MILLIS;
    lastLook = now;
    loops.forEach(heldUp ? Watched::begin : Watched::look);
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }

  /** One loop, and the task that it was given last. */
  private final class Watched {
    private final Loop loop;
    private volatile long asked;
    private volatile boolean answered = true;
    private boolean told;

    Watched(Loop loop) {
      this.loop = loop;
    }

    void look() {
      if (answered) {
        if (told) {
          LOG.info("Event loop {} runs again", loop.number());
        }
        begin();
      } else if (!told && blockedMillis() >= BLOCKED_MILLIS) {
        told = true;
        blocked.run();
        tell();
      }
    }

    /** Begins to wait for the loop anew. */
    void begin() {
      asked = System.nanoTime();
      told = false;
      if (answered && !loop.eventLoop().isShuttingDown()) {
        answered = false;
        loop.eventLoop().execute(() -> answered = true);
      }
    }

    long blockedMillis() {
      long waited = answered ? 0 : millis(System.nanoTime() - asked);
      return waited < BLOCKED_MILLIS ? 0 : waited;
    }

    private void tell() {
      String step = loop.step();
      LOG.warn(
          "Event loop {} has been blocked for {} ms{}; all its clients wait. Put a step threads before"
              + " the step that blocks. It is here:\n{}",
          loop.number(),
          blockedMillis(),
          step == null ? "" : " in " + step,
          stack());
    }

    private String stack() {
      Thread thread = loop.thread();
      return Stream.ofNullable(thread)
          .flatMap(running -> Arrays.stream(running.getStackTrace()))
          .limit(MAX_FRAMES)
          .map(frame -> "    at " + frame)
          .collect(Collectors.joining("\n"));
    }
  }
}
