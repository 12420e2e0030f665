// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.settings.Settings;

class ContainerNetworkTest {
  @TempDir private Path root;

  private Optional<Fault> warning(String listen, String privateClients, String trusted) {
    Map<String, String> given =
        Map.of(
            "gateway.listen",
            listen,
            "gateway.private-clients",
            privateClients,
            "gateway.trusted-proxies",
            trusted);
    Settings settings = new Settings(key -> Optional.ofNullable(given.get(key)));
    return new ContainerNetwork(root, Configuration::place).warning(settings);
  }

  private void container(String mark) throws IOException {
    Files.createDirectories(root.resolve(mark).getParent());
    Files.writeString(root.resolve(mark), "");
    Files.writeString(
        Files.createDirectories(root.resolve("proc/net")).resolve("route"),
        """
        Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
        eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
        eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0
        """);
  }

  @ParameterizedTest
  @CsvSource({
    "https://[::]:443, 172.16.0.0/12, ::1, gateway.private-clients",
    "https://[::]:443, ::1, 172.17.0.1, gateway.trusted-proxies",
    "https://[::]:443, 172.18.0.0/16, ::1,",
    "https://127.0.0.1:443, 172.16.0.0/12, ::1,",
    "http://0.0.0.0:80, 172.16.0.0/12, ::1,"
  })
  void whoAllClientsMayBeMustBeNeitherPrivateNorTrusted(
      String listen, String privateClients, String trusted, String key) throws IOException {
    container(".dockerenv");
    Optional<Fault> warning = warning(listen, privateClients, trusted);
    if (key == null) {
      assertThat(warning).isEmpty();
    } else {
      assertThat(warning.orElseThrow())
          .extracting(Fault::code, Fault::value)
          .containsExactly(Code.HIDDEN_CLIENTS, key);
    }
  }

  @Test
  void otherContainersAreKnownToo() throws IOException {
    container("run/.containerenv");
    assertThat(warning("https://[::]:443", "172.17.0.1", "::1")).isPresent();
  }

  @Test
  void outsideOfContainersNothingIsTold() {
    assertThat(warning("https://[::]:443", "0.0.0.0/0", "0.0.0.0/0")).isEmpty();
  }
}
