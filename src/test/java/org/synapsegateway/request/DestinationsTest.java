// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DestinationsTest {
  private final Destinations destinations = new Destinations();

  @Test
  void aPlaceKeepsItsNumber() {
    Destination sync = destinations.of("sync", "unix:/run/inbound_sync1.sock");
    Destination main = destinations.of("main", "unix:/run/inbound_main.sock");
    assertThat(destinations.of("sync", "unix:/run/inbound_sync1.sock")).isEqualTo(sync);
    assertThat(destinations.all()).containsExactly(destinations.nowhere(), sync, main);
    assertThat(destinations.all()).extracting(Destination::number).containsExactly(0, 1, 2);
  }

  @Test
  void aWorkerIsKnownByItsSocketAndOtherwiseByAllOfIt() {
    assertThat(destinations.nameOf("unix:/run/a/inbound_main.sock")).isEqualTo("inbound_main");
    assertThat(destinations.nameOf("unix:/run/b/inbound_main.sock"))
        .isEqualTo("unix:/run/b/inbound_main.sock");
    assertThat(destinations.nameOf("unix:/run/a/inbound_main.sock")).isEqualTo("inbound_main");
    assertThat(destinations.nameOf("unix:/run/a/plain")).isEqualTo("plain");
  }
}
