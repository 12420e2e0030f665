// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.whoami;

import java.util.HashSet;
import java.util.Set;
import org.synapsegateway.identity.Slice;

/**
 * A question to Synapse that has no answer yet, and the requests that wait for the answer. Changed
 * only under its map's lock.
 */
final class OpenQuestion {
  private final Set<Waiter> waiters = new HashSet<>(2);

  void add(Waiter waiter) {
    waiters.add(waiter);
  }

  /** A request waits no longer: an answer may be long in coming, and more requests with it. */
  void remove(Waiter waiter) {
    waiters.remove(waiter);
  }

  /** How many requests wait. */
  int size() {
    return waiters.size();
  }

  /**
   * Answers all requests that wait.
   *
   * @param user empty if there is none
   */
  void answer(Slice user) {
    waiters.forEach(waiter -> waiter.tell(user));
  }
}
