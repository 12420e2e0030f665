// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.TestGateway;

/** How people name the workers of the shipped routes. */
class FleetTest {
  @TempDir Path directory;

  @Test
  void aWorkerHasItsSocketsNameAndNoShorterOne() {
    try (TestGateway gateway = TestGateway.shipped(directory)) {
      Fleet fleet = Fleet.of(gateway.main().getCamelContext());
      String path = directory.resolve("inbound_normal_sync3.sock").toString();
      assertThat(fleet.named("inbound_normal_sync3").address()).hasToString(path);
      assertThat(fleet.named("inbound_normal_sync3.sock").address()).hasToString(path);
      assertThat(fleet.named(path).address()).hasToString(path);
      assertThatThrownBy(() -> fleet.named("normal_sync3"))
          .hasMessageStartingWith(
              "there is no worker normal_sync3; did you mean inbound_normal_sync3?; there are [");
      assertThatThrownBy(() -> fleet.named("sync"))
          .hasMessageStartingWith("there is no worker sync; there are [");
    }
  }

  /** Main stands in for soft, and nobody for hard. */
  @ParameterizedTest
  @CsvSource({
    "'a b c main', ''",
    "'b c', 'main'",
    "'a main', ''",
    "'a c', 'main'",
    "'a', 'soft main'",
    "'c main', 'hard'",
    "'', 'hard soft main'"
  })
  void nobodyServesAGroupWhoseStandInIsGoneToo(String listening, String deserted) throws Exception {
    Set<Path> sockets = new HashSet<>();
    for (String name : listening.split(" ", -1)) {
      sockets.add(directory.resolve(name + ".sock"));
    }
    try (TestGateway gateway = TestGateway.withRoutes(TestFleet.routes(directory))) {
      Fleet fleet = Fleet.of(gateway.main().getCamelContext());
      assertThat(String.join(" ", fleet.deserted(path -> sockets.contains(Path.of(path)))))
          .isEqualTo(deserted);
      for (Group group : fleet.groups()) {
        assertThat(
                fleet.served(
                    group, worker -> sockets.contains(Path.of(worker.address().toString()))))
            .matches(
                served -> deserted.contains(group.name()) == (served == Fleet.Served.BY_NOBODY));
      }
    }
  }
}
