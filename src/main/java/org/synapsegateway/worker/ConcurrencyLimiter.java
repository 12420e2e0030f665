// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits the concurrent requests to a worker; the others queue.
 *
 * <p>Each worker has one limiter, which all groups and generations of routes that send to the
 * worker share. Each key has a queue; for a sync the key is the user. The keys take turns, so many
 * requests of one user delay only that user. Without a limit nothing is counted. Safe for any
 * thread.
 */
final class ConcurrencyLimiter {
  /** A request that asks for a slot. Its methods are called from any thread. */
  interface Waiter {
    /** The key by which waiters take turns. */
    int key();

    /** The limit of concurrent requests; 0 for none. */
    int max();

    /** The maximum length of the queue. */
    int queue();

    /** It has a slot, and must call {@link #leave} at its end. */
    void admitted();
  }

  private final Map<Integer, ArrayDeque<Waiter>> waiting = new LinkedHashMap<>();
  private int admitted;
  private int waitingCount;

  /** No waiter has a higher limit: where it is reached, the queue need not be searched. */
  private int highestMax;

  /** The outcome of {@link #enter}. */
  enum Outcome {
    ADMITTED,
    WAITS,
    REFUSED
  }

  /** Admits a request, queues it, or refuses it because the queue is full. */
  Outcome enter(Waiter waiter) {
    if (waiter.max() == 0) {
      return Outcome.ADMITTED;
    }
    synchronized (this) {
      if (admitted < waiter.max()) {
        admitted++;
        return Outcome.ADMITTED;
      }
      if (waitingCount >= waiter.queue()) {
        return Outcome.REFUSED;
      }
      highestMax = waitingCount == 0 ? waiter.max() : Math.max(highestMax, waiter.max());
      waiting.computeIfAbsent(waiter.key(), key -> new ArrayDeque<>()).add(waiter);
      waitingCount++;
      return Outcome.WAITS;
    }
  }

  /** Removes a waiter from the queue; returns false if it has been admitted already. */
  synchronized boolean cancel(Waiter waiter) {
    ArrayDeque<Waiter> queue = waiting.get(waiter.key());
    if (queue == null || !queue.remove(waiter)) {
      return false;
    }
    waitingCount--;
    if (queue.isEmpty()) {
      waiting.remove(waiter.key());
    }
    return true;
  }

  /** Releases the slot of an admitted request, and admits the next waiters. */
  void leave(Waiter waiter) {
    if (waiter.max() == 0) {
      return;
    }
    synchronized (this) {
      admitted--;
    }
    for (Waiter next = pollNext(); next != null; next = pollNext()) {
      next.admitted();
    }
  }

  /** The number of waiters. */
  synchronized int waiting() {
    return waitingCount;
  }

  /** Whether no request is admitted and none waits. */
  synchronized boolean isEmpty() {
    return admitted == 0 && waitingCount == 0;
  }

  /**
   * Removes and returns the next waiter in turn whose own limit lets it in; null if there is none.
   */
  private synchronized @Nullable Waiter pollNext() {
    if (admitted >= highestMax) {
      return null;
    }
    Iterator<Map.Entry<Integer, ArrayDeque<Waiter>>> keys = waiting.entrySet().iterator();
    while (keys.hasNext()) {
      Map.Entry<Integer, ArrayDeque<Waiter>> key = keys.next();
      if (admitted < key.getValue().element().max()) {
        keys.remove();
        return admit(key.getKey(), key.getValue());
      }
    }
    return null;
  }

  /** Admits the first of a key, which then goes to the end of the turns. */
  private Waiter admit(Integer key, ArrayDeque<Waiter> queue) {
    Waiter next = queue.remove();
    waitingCount--;
    admitted++;
    if (!queue.isEmpty()) {
      waiting.put(key, queue);
    }
    return next;
  }
}
