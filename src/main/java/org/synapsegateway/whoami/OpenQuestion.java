// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.whoami;

import java.util.ArrayList;
import java.util.List;
import org.synapsegateway.identity.Slice;

/**
 * A question to Synapse that has no answer yet, and the requests that wait for the answer. Changed
 * only under its map's lock.
 */
final class OpenQuestion {
  private final List<Waiter> waiters = new ArrayList<>(1);

  void add(Waiter waiter) {
    waiters.add(waiter);
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
