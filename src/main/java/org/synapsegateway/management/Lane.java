// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Locale;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that make a page of the management port: pages of one lane wait for no other lane.
 */
public enum Lane {
  /** Whether the process lives: a supervisor that gets no answer kills it. */
  LIVENESS(1, Lane.ALL),
  /** Other checks, among them users' own, which may take their time. */
  HEALTH(1, Lane.ALL),
  ORDINARY(2, Lane.ALL),
  /** Pages that take a part of a second, and that people ask for. */
  SLOW(1, 4),
  /** Changes that take as long, for which nobody without a token keeps others waiting. */
  CHANGE(1, Lane.ALL);

  /** A queue for all connections: each may ask for one page at a time. */
  private static final int ALL = 0;

  private final int threads;
  private final int queue;

  Lane(int threads, int queue) {
    this.threads = threads;
    this.queue = queue;
  }

  /**
   * The threads of the lane, which end when they are idle. A page that does not fit into the queue
   * is refused.
   *
   * @param connections how many there may be
   */
  ThreadPoolExecutor open(int connections) {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(queue == ALL ? connections : queue),
            new DefaultThreadFactory("management-" + name().toLowerCase(Locale.ROOT), true));
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }
}
