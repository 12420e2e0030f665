// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DepartureTest {
  private static final Duration TIME = Duration.ofSeconds(5);

  private final List<Object> connections = Stream.generate(Object::new).limit(1_000).toList();

  @Test
  void connectionsLeaveEverFasterWithinTheTime() {
    Departure departure = new Departure(Long.MAX_VALUE, TIME); // nanoTime() may overflow
    assertThat(due(departure, 0)).isZero();
    assertThat(due(departure, TIME.toNanos() / 4)).isBetween(20L, 120L);
    assertThat(due(departure, TIME.toNanos() / 2)).isBetween(180L, 320L);
    assertThat(due(departure, TIME.toNanos() / 4 * 3)).isBetween(490L, 640L);
    assertThat(due(departure, TIME.toNanos())).isEqualTo(1_000L);
  }

  @Test
  void withNoTimeAllLeaveAtOnce() {
    assertThat(due(new Departure(42, Duration.ZERO), 0)).isEqualTo(1_000L);
  }

  private long due(Departure departure, long nanos) {
    long now = departure.begin() + nanos;
    return connections.stream().filter(each -> departure.isDue(each, now)).count();
  }
}
