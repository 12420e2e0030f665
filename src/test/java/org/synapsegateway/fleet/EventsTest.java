// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** The list of what has happened. */
class EventsTest {
  private final Events events =
      new Events(InstantSource.fixed(Instant.parse("2026-11-28T03:07:07.5Z")));

  @Test
  void theNewestComesFirst() {
    events.add(Events.Kind.DOWN, "a", "is down");
    events.add(Events.Kind.RELOADED, null, "reloaded");

    assertThat(events.latest())
        .containsExactly(
            new Events.Event("2026-11-28T03:07:07Z", "reloaded", null, "reloaded"),
            new Events.Event("2026-11-28T03:07:07Z", "down", "a", "is down"));
  }

  @Test
  void theOldestGoesWhenThereAreTooManyAndLongTextsAreCut() {
    for (int i = 0; i <= Events.MAX; i++) {
      events.add(Events.Kind.UP, null, i + " " + "x".repeat(10_000));
    }
    assertThat(events.latest()).hasSize(Events.MAX);
    assertThat(events.latest().get(Events.MAX - 1).text()).startsWith("1 x").endsWith("x..");
    assertThat(events.latest()).allMatch(event -> event.text().length() < 600);
  }
}
