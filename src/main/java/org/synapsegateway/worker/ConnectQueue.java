// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.fault.Reason;
import org.synapsegateway.http.Failure;

/**
 * The requests that wait for a new connection to their worker, first in, first out. A request waits
 * up to {@code connectTimeout} while the worker's backlog is full, and up to {@code hold} while the
 * worker's process is down. A request that another worker can serve does not wait for a process.
 *
 * <p>One timer reconnects for all waiting requests: first after 2 ms, then at doubling intervals of
 * at most 50 ms. A connection that another request releases goes to the first waiter. Confined to
 * one event loop.
 */
final class ConnectQueue {
  private static final long FIRST_PAUSE_MILLIS = 2;
  private static final long MAX_PAUSE_MILLIS = 50;

  /**
   * How many connects run at the same time. A worker's backlog takes 50 connections, and a host
   * drops further ones in silence.
   */
  private static final int MAX_UNDER_WAY = 16;

  /** A request that waits for a connection. One of its two callbacks is called, once. */
  interface Waiter {
    /**
     * Takes the connection.
     *
     * @param reused whether it has served a request before, and so may be dead
     */
    void connected(WorkerConnection connection, boolean reused);

    /** There will be no connection. */
    void failed(Failure failure, String detail);

    /** How long it waits for a process that is down. */
    long holdMillis();

    /** How long a connect may take. */
    long connectMillis();

    /** How long it waits for room in a full backlog. */
    long backlogMillis();
  }

  /** Tells whose time-out is over. */
  private interface Expiry {
    /**
     * @param waiter with the time of its arrival
     */
    boolean isOver(Map.Entry<Waiter, Long> waiter, long now);
  }

  private final WorkerPool pool;
  // with the time of their arrival, oldest first
  private final Map<Waiter, Long> waiters = new LinkedHashMap<>();
  private long pause;
  private boolean dialling;
  private @Nullable Future<?> next;

  /** The number of connects whose outcome is not known yet. */
  private int underWay;

  /** Whether the last connect has failed. */
  private boolean failed;

  /** Why the last connect found no process; null if it found one. */
  private @Nullable String away;

  /** When a process was found after one was away: nobody has waited longer for its backlog. */
  private long foundAt = System.nanoTime();

  ConnectQueue(WorkerPool pool) {
    this.pool = pool;
  }

  boolean isEmpty() {
    return waiters.isEmpty();
  }

  /** The number of waiters. */
  int size() {
    return waiters.size();
  }

  /**
   * Connects at once if the queue is empty. Otherwise, or if that fails, the waiter waits as long
   * as it may.
   */
  void enter(Waiter waiter) {
    boolean first = waiters.isEmpty();
    if (!first && away != null && waiter.holdMillis() == 0) {
      waiter.failed(Failure.WORKER_UNREACHABLE, away);
      return;
    }
    waiters.put(waiter, System.nanoTime());
    if (first) {
      away = null;
      pause = FIRST_PAUSE_MILLIS;
    }
    if (!dialling && (first || next == null)) {
      dial();
    }
  }

  /** Removes a waiter whose request has ended. */
  void leave(Waiter waiter) {
    waiters.remove(waiter);
  }

  /** Gives idle connections to the first waiters. */
  void offerIdle() {
    while (!waiters.isEmpty()) {
      WorkerConnection idle = pool.take();
      if (idle == null) {
        return;
      }
      removeFirst().connected(idle, true);
    }
  }

  /**
   * Connects for each waiter until a connect fails, and schedules the next attempt. Over a network,
   * some connects run at the same time.
   */
  private void dial() {
    dialling = true;
    failed = false;
    try {
      while (!failed && underWay < wanted()) {
        underWay++;
        pool.open(waiters.keySet().iterator().next().connectMillis());
      }
    } finally {
      dialling = false;
      dialLater();
    }
  }

  /** The number of connects to run at once: only one if the last found no process. */
  private int wanted() {
    return Math.min(away == null ? MAX_UNDER_WAY : 1, waiters.size());
  }

  private void dialLater() {
    if (underWay < wanted() && next == null) {
      next = pool.loop().eventLoop().schedule(this::dialAgain, pause, TimeUnit.MILLISECONDS);
      pause = Math.min(pause * 2, MAX_PAUSE_MILLIS);
    }
  }

  private void dialAgain() {
    next = null;
    dial();
  }

  /** Gives a new connection to the first waiter. */
  void connected(WorkerConnection opened) {
    underWay--;
    found();
    pause = FIRST_PAUSE_MILLIS;
    if (waiters.isEmpty()) {
      pool.keep(opened); // its waiter has got another connection, or has left
    } else {
      removeFirst().connected(opened, false);
      if (hasWaitedTooLong()) {
        failBusy(); // it accepts, but too slowly
      }
    }
    if (!dialling) {
      dial();
    }
  }

  /** Whether the one that has waited longest has waited too long for a full backlog. */
  private boolean hasWaitedTooLong() {
    var oldest = waiters.entrySet().iterator();
    return oldest.hasNext() && isBusyTooLong(oldest.next(), System.nanoTime());
  }

  /** The time that a waiter has held for a process does not count. */
  private boolean isBusyTooLong(Map.Entry<Waiter, Long> waiter, long now) {
    long since = waiter.getValue() - foundAt > 0 ? waiter.getValue() : foundAt;
    return isOver(since, waiter.getKey().backlogMillis(), now);
  }

  private void found() {
    if (away != null) {
      away = null;
      foundAt = System.nanoTime();
    }
  }

  /** The worker's backlog is full. */
  void busy() {
    found();
    ended(this::failBusy);
  }

  private void failBusy() {
    failThose(
        this::isBusyTooLong,
        Failure.WORKER_BUSY,
        waiter -> "its backlog was full for " + waiter.backlogMillis() + " ms");
  }

  /** A connect has failed. */
  void failed(IOException why) {
    String detail = Reason.of(why);
    if (why instanceof OutOfDescriptorsException) {
      ended(() -> failThose((waiter, now) -> true, Failure.OVERLOADED, waiter -> detail));
    } else {
      away = detail;
      ended(
          () ->
              failThose(
                  (waiter, now) -> isOver(waiter.getValue(), waiter.getKey().holdMillis(), now),
                  Failure.WORKER_UNREACHABLE,
                  waiter -> detail));
    }
  }

  /** A connect has brought no connection: fails those who wait no longer, and dials for others. */
  private void ended(Runnable failing) {
    underWay--;
    failed = true;
    failing.run();
    if (!dialling) {
      dialLater();
    }
  }

  /** Fails the waiters whose time-out is over. */
  private void failThose(Expiry expiry, Failure failure, Function<Waiter, String> detail) {
    long now = System.nanoTime();
    List<Waiter> leaving =
        waiters.entrySet().stream()
            .filter(each -> expiry.isOver(each, now))
            .map(Map.Entry::getKey)
            .toList();
    for (Waiter waiter : leaving) {
      if (waiters.remove(waiter) != null) {
        waiter.failed(failure, detail.apply(waiter));
      }
    }
  }

  private static boolean isOver(long since, long timeoutMillis, long now) {
    return now - since >= TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
  }

  private Waiter removeFirst() {
    Waiter first = waiters.keySet().iterator().next();
    waiters.remove(first);
    return first;
  }
}
