// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.synapsegateway.http.Failure;

/**
 * Where requests wait, in their order, for a new connection to their worker: until it is there, or
 * while nobody can connect, because its backlog is full, for {@code connectTimeout}, or because its
 * process is away, for {@code hold}. A request that others can serve waits for no process.
 *
 * <p>However many wait, one timer connects again for all of them, first after 2 ms and then less
 * and less often, down to every 50 ms. A connection that another request is done with goes to the
 * first who waits. Confined to one event loop.
 */
final class ConnectQueue {
  private static final long FIRST_PAUSE_MILLIS = 2;
  private static final long MAX_PAUSE_MILLIS = 50;

  /** Who waits for a connection; hears of it once. */
  interface Guest {
    /**
     * Here is the connection.
     *
     * @param reused whether it has served before, and may have died since
     */
    void connected(WorkerConnection connection, boolean reused);

    /** There will be none. */
    void turnedAway(Failure failure, String detail);

    /** How long it waits for a process that is away. */
    long holdMillis();

    /** How long it waits for room in a full backlog, or for a host to answer. */
    long connectMillis();
  }

  private final WorkerPool pool;
  // by the time of their arrival, which is their order too
  private final Map<Guest, Long> guests = new LinkedHashMap<>();
  private long pause;
  private boolean dialling;
  private Future<?> next;

  /** How many connections are on their way, whose outcome is not known yet. */
  private int underWay;

  /** Whether the last of them has failed. */
  private boolean failed;

  /** Why there was no process at the last attempt; null if there was. */
  private String away;

  ConnectQueue(WorkerPool pool) {
    this.pool = pool;
  }

  boolean isEmpty() {
    return guests.isEmpty();
  }

  /** How many wait. */
  int size() {
    return guests.size();
  }

  /**
   * Connects at once if nobody waits; else, or if that fails, the guest waits as long as it may.
   */
  void enter(Guest guest) {
    boolean first = guests.isEmpty();
    if (!first && away != null && guest.holdMillis() == 0) {
      guest.turnedAway(Failure.WORKER_UNREACHABLE, away);
      return;
    }
    guests.put(guest, System.nanoTime());
    if (first) {
      away = null;
      pause = FIRST_PAUSE_MILLIS;
    }
    if (!dialling && (first || next == null)) {
      dial();
    }
  }

  /** A guest no longer wants to wait. */
  void leave(Guest guest) {
    guests.remove(guest);
  }

  /** Gives idle connections to those who wait. */
  void offerIdle() {
    while (!guests.isEmpty()) {
      WorkerConnection idle = pool.take();
      if (idle == null) {
        return;
      }
      removeFirst().connected(idle, true);
    }
  }

  /**
   * Connects for one after the other until it fails, and then again a little later. Over a network
   * nobody waits for the outcome of the one before.
   */
  private void dial() {
    dialling = true;
    failed = false;
    try {
      while (!failed && underWay < wanted()) {
        underWay++;
        pool.open(guests.keySet().iterator().next().connectMillis());
      }
    } finally {
      dialling = false;
      dialLater();
    }
  }

  /** How many connections are to be on their way: one only, if there was no process last time. */
  private int wanted() {
    return away == null ? guests.size() : Math.min(1, guests.size());
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

  /** Here is a new connection, for the first who waits. */
  void connected(WorkerConnection opened) {
    underWay--;
    away = null;
    pause = FIRST_PAUSE_MILLIS;
    if (guests.isEmpty()) {
      pool.keep(opened); // whoever wanted it has got another, or has gone
    } else {
      removeFirst().connected(opened, false);
    }
    if (!dialling) {
      dial();
    }
  }

  /** The worker's backlog is full. */
  void busy() {
    away = null;
    fail(
        Guest::connectMillis,
        Failure.WORKER_BUSY,
        guest -> "its backlog was full for " + guest.connectMillis() + " ms");
  }

  /** A connection cannot be had. */
  void failed(IOException why) {
    if (why instanceof OutOfDescriptorsException) {
      fail(guest -> 0, Failure.OVERLOADED, guest -> why.getMessage());
    } else {
      away = why.getMessage();
      fail(Guest::holdMillis, Failure.WORKER_UNREACHABLE, guest -> why.getMessage());
    }
  }

  private void fail(
      ToLongFunction<Guest> patienceMillis, Failure failure, Function<Guest, String> detail) {
    underWay--;
    failed = true;
    turnAway(patienceMillis, failure, detail);
    if (!dialling) {
      dialLater();
    }
  }

  /** Lets those go who have waited for as long as they do. */
  private void turnAway(
      ToLongFunction<Guest> patienceMillis, Failure failure, Function<Guest, String> detail) {
    long now = System.nanoTime();
    List<Guest> leaving = new ArrayList<>();
    guests.forEach(
        (guest, since) -> {
          long patience = TimeUnit.MILLISECONDS.toNanos(patienceMillis.applyAsLong(guest));
          if (now - since >= patience) {
            leaving.add(guest);
          }
        });
    for (Guest guest : leaving) {
      if (guests.remove(guest) != null) {
        guest.turnedAway(failure, detail.apply(guest));
      }
    }
  }

  private Guest removeFirst() {
    Guest first = guests.keySet().iterator().next();
    guests.remove(first);
    return first;
  }
}
