// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The generations of routes that run: the one that serves, and those that take what they have begun
 * to its end. Safe for any thread.
 */
final class Generations {
  private final List<Generation> leaving = new CopyOnWriteArrayList<>();
  private volatile @Nullable Generation current;

  /**
   * The one that serves.
   *
   * @throws IllegalStateException before the start and after the stop
   */
  Generation current() {
    Generation now = current;
    if (now == null) {
      throw new IllegalStateException("no routes serve");
    }
    return now;
  }

  /** The one that serves; null before the start and after the stop. */
  @Nullable Generation orNull() {
    return current;
  }

  /** Has one serve from now on. */
  void lead(Generation next) {
    current = next;
  }

  /** Has none serve: the start has failed. */
  void withdraw() {
    current = null;
  }

  /** Has one end what it has begun. */
  void leave(Generation before) {
    leaving.add(before);
  }

  /** How many run. */
  int count() {
    return current == null ? 0 : 1 + leaving.size();
  }

  /** How many requests they have together. */
  int requestsInFlight() {
    Generation now = current;
    int sum = now == null ? 0 : now.frontRoute().inFlight();
    for (Generation generation : leaving) {
      sum += generation.frontRoute().inFlight();
    }
    return sum;
  }

  /** Stops those that have nothing left to end. */
  void stopThoseThatAreDone() {
    List<Generation> done =
        leaving.stream().filter(generation -> generation.frontRoute().closeIfIdle()).toList();
    done.forEach(BoundedStart::stopAside);
    leaving.removeAll(done);
  }

  void stop() {
    current().stop();
    leaving.forEach(Generation::stop);
    current = null;
  }
}
