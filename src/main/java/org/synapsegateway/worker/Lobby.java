package org.synapsegateway.worker;

import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
  private static final long LONGEST_PAUSE_MILLIS = 50;

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

    /** Whether the guest does not wait for a process that is away, as others serve it. */
    default boolean hurries() {
      return false;
    }
  }

  private final WorkerPool pool;
  // by the time of their arrival, which is their order too
  private final Map<Guest, Long> guests = new LinkedHashMap<>();
  private long pause;
  private boolean dialling;
  private Future<?> next;

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

  /** Connects at once if nobody waits; else, or if that fails, the guest waits. */
  void enter(Guest guest) {
    boolean first = guests.isEmpty();
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
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
    }
  }

  private void dialAgain() {
    next = null;
    dial();
  }

  private boolean dialForFirst() {
    WorkerEndpoint worker = pool.worker();
    WorkerConnection opened;
    try {
      opened = pool.open();
    } catch (OutOfDescriptorsException e) {
      turnAway(0, Failure.OVERLOADED, e.getMessage());
      return false;
    } catch (IOException e) {
      sendOn(e.getMessage());
      turnAway(worker.getHold(), Failure.WORKER_UNREACHABLE, e.getMessage());
      return false;
    }
    if (opened == null) {
      long patience = worker.getConnectTimeout();
      turnAway(patience, Failure.WORKER_BUSY, "its backlog was full for " + patience + " ms");
      return false;
    }
    removeFirst().connected(opened, false);
    return true;
  }

  /** Lets those go who have waited for so long. */
  private void turnAway(long patienceMillis, Failure failure, String detail) {
    long patience = TimeUnit.MILLISECONDS.toNanos(patienceMillis);
    while (!guests.isEmpty() && System.nanoTime() - guests.values().iterator().next() >= patience) {
      removeFirst().turnedAway(failure, detail);
    }
  }

  /** Lets those go who do not wait for a process. */
  private void sendOn(String detail) {
    for (Guest guest : guests.keySet().stream().filter(Guest::hurries).toList()) {
      guests.remove(guest);
      guest.turnedAway(Failure.WORKER_UNREACHABLE, detail);
    }
  }

  private Guest removeFirst() {
    Guest first = guests.keySet().iterator().next();
    guests.remove(first);
    return first;
  }
}
