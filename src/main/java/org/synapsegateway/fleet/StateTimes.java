// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The times since which things have been in their states, as observed. Safe for any thread. */
final class StateTimes {
  private record Seen(Object state, Instant since) {}

  private final InstantSource clock;
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();

  StateTimes(InstantSource clock) {
    this.clock = clock;
  }

  /** Since when a thing is in this state: since now, if it was in another at the last look. */
  Instant since(String thing, Object state) {
    return seen.compute(
            thing,
            (key, before) ->
                before != null && before.state().equals(state)
                    ? before
                    : new Seen(state, clock.instant()))
        .since();
  }

  /** Forgets all other things. */
  void retain(Set<String> things) {
    seen.keySet().retainAll(things);
  }
}
