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
 * Where requests wait, in their order, while nobody can connect to their worker: because its
 * backlog is full, for {@code connectTimeout}, or because its process is away, for {@code hold}. A
 * request that others can serve waits for no process.
 *
 * <p>However many wait, one timer connects for all of them, first after 2 ms and then less and less
 * often, down to every 50 ms. A connection that another request is done with goes to the first who
 * waits. Confined to one event loop.
 */
final class Lobby {
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

    /** How long it waits for room in a full backlog. */
    long connectMillis();
  }

  private final WorkerPool pool;
  // by the time of their arrival, which is their order too
  private final Map<Guest, Long> guests = new LinkedHashMap<>();
  private long pause;
  private boolean dialling;
  private Future<?> next;

  /** Why there was no process at the last attempt; null if there was. */
  private String away;

  Lobby(WorkerPool pool) {
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
    if (first && !dialling) {
      pause = FIRST_PAUSE_MILLIS;
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

  /** Connects for one after the other until it fails, and then again a little later. */
  private void dial() {
    dialling = true;
    try {
      while (!guests.isEmpty() && dialForFirst()) {
        pause = FIRST_PAUSE_MILLIS;
      }
    } finally {
      dialling = false;
      dialLater();
    }
  }

  private void dialLater() {
    if (!guests.isEmpty() && next == null) {
      next = pool.loop().eventLoop().schedule(this::dialAgain, pause, TimeUnit.MILLISECONDS);
      pause = Math.min(pause * 2, MAX_PAUSE_MILLIS);
    }
  }

  private void dialAgain() {
    next = null;
    dial();
  }

  private boolean dialForFirst() {
    WorkerConnection opened;
    try {
      opened = pool.open();
    } catch (OutOfDescriptorsException e) {
      turnAway(guest -> 0, Failure.OVERLOADED, guest -> e.getMessage());
      return false;
    } catch (IOException e) {
      away = e.getMessage();
      turnAway(Guest::holdMillis, Failure.WORKER_UNREACHABLE, guest -> e.getMessage());
      return false;
    }
    away = null;
    if (opened == null) {
      turnAway(
          Guest::connectMillis,
          Failure.WORKER_BUSY,
          guest -> "its backlog was full for " + guest.connectMillis() + " ms");
      return false;
    }
    removeFirst().connected(opened, false);
    return true;
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
