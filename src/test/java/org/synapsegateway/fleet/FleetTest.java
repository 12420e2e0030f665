package org.synapsegateway.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;

/** How people name the workers of the shipped routes. */
class FleetTest {
  @TempDir Path directory;

  @Test
  void aWorkerHasItsSocketsNameAndNoShorterOne() {
    try (TestGateway gateway = TestGateway.shipped(directory)) {
      Fleet fleet = Fleet.of(gateway.main().getCamelContext());
      String path = directory.resolve("inbound_normal_sync3.sock").toString();
      assertThat(fleet.named("inbound_normal_sync3").path()).isEqualTo(path);
      assertThat(fleet.named("inbound_normal_sync3.sock").path()).isEqualTo(path);
      assertThat(fleet.named(path).path()).isEqualTo(path);
      assertThatThrownBy(() -> fleet.named("normal_sync3"))
          .hasMessageStartingWith(
              "there is no worker normal_sync3; did you mean inbound_normal_sync3?; there are [");
      assertThatThrownBy(() -> fleet.named("sync"))
          .hasMessageStartingWith("there is no worker sync; there are [");
    }
  }
}
