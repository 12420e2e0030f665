// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.whoami;

import java.util.ArrayList;
import java.util.List;
import org.synapsegateway.identity.Slice;

/** A question under way, and who waits for its answer; changed only under its map's lock. */
final class OpenQuestion {
  private final List<Waiter> waiters = new ArrayList<>(1);

  void add(Waiter waiter) {
    waiters.add(waiter);
  }

  /**
   * Tells all who wait.
   *
   * @param user empty if there is none
   */
  void answer(Slice user) {
    waiters.forEach(waiter -> waiter.tell(user));
  }
}
