// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Limits the concurrent requests to a worker; the others queue.
 *
 * <p>It belongs to the worker and not to a step of a route: whichever groups and generations of
 * routes send to the worker, they share the limit. Each key has a queue; for a sync the key is the
 * user. The keys take turns, so many requests of one user delay only that user. Without a limit
 * nothing is counted. Safe for any thread.
 */
final class ConcurrencyLimiter {
  /** What waits to be let in. Its methods are called from any thread. */
  interface Visitor {
    /** What the visitors are told apart by, so that they take turns. */
    int key();

    /** How many may be inside for this one to go in; 0 if it does not count. */
    int most();

    /** How many may wait for this one to wait too. */
    int queue();

    /** It is let in and must call {@link #leave} at its end. */
    void admitted();
  }

  private final Map<Integer, ArrayDeque<Visitor>> waiting = new LinkedHashMap<>();
  private int inside;
  private int waitingCount;

  /** What became of a visitor at the door. */
  enum Outcome {
    ADMITTED,
    WAITS,
    REFUSED
  }

  /** Lets a visitor in, or has it wait, or refuses it because too many wait. */
  Outcome enter(Visitor visitor) {
    if (visitor.most() == 0) {
      return Outcome.ADMITTED;
    }
    synchronized (this) {
      if (inside < visitor.most()) {
        inside++;
        return Outcome.ADMITTED;
      }
      if (waitingCount >= visitor.queue()) {
        return Outcome.REFUSED;
      }
      waiting.computeIfAbsent(visitor.key(), key -> new ArrayDeque<>()).add(visitor);
      waitingCount++;
      return Outcome.WAITS;
    }
  }

  /** Takes back a visitor that no longer wants to wait; false if it has been let in already. */
  synchronized boolean giveUp(Visitor visitor) {
    ArrayDeque<Visitor> queue = waiting.get(visitor.key());
    if (queue == null || !queue.remove(visitor)) {
      return false;
    }
    waitingCount--;
    if (queue.isEmpty()) {
      waiting.remove(visitor.key());
    }
    return true;
  }

  /** A visitor that was let in goes, and the next one takes its place. */
  void leave(Visitor visitor) {
    if (visitor.most() == 0) {
      return;
    }
    synchronized (this) {
      inside--;
    }
    for (Visitor next = letIn(); next != null; next = letIn()) {
      next.admitted();
    }
  }

  /** How many wait. */
  synchronized int waiting() {
    return waitingCount;
  }

  /** Whether nobody is inside or waits. */
  synchronized boolean isEmpty() {
    return inside == 0 && waitingCount == 0;
  }

  /** The next one in turn, if there is room for it. */
  private synchronized Visitor letIn() {
    Iterator<Map.Entry<Integer, ArrayDeque<Visitor>>> keys = waiting.entrySet().iterator();
    if (!keys.hasNext()) {
      return null;
    }
    Map.Entry<Integer, ArrayDeque<Visitor>> first = keys.next();
    if (inside >= first.getValue().peek().most()) {
      return null;
    }
    Visitor next = first.getValue().poll();
    keys.remove();
    waitingCount--;
    inside++;
    if (!first.getValue().isEmpty()) {
      // this key's turn comes again when all others have had theirs
      waiting.put(first.getKey(), first.getValue());
    }
    return next;
  }
}
