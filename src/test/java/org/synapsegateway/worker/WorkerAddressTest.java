// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.request.Destinations;

/** What a worker's URI may name. */
class WorkerAddressTest {
  @ParameterizedTest
  @CsvSource({
    "unix:/run/a.sock, /run/a.sock",
    "unix://run/.//a.sock, /run/a.sock",
    "tcp:Sync-0.Sync:8008, sync-0.sync:8008",
    "tcp:sync_1:1, sync_1:1",
    "tcp:10.1.0.7:65535, 10.1.0.7:65535",
    "tcp:[FD00::7]:8083, [fd00::7]:8083",
    "tcp:[fe80::1%2]:8083, [fe80::1%2]:8083",
    "tcp:host.:80, host.:80",
  })
  void isTheSameHoweverItIsWritten(String server, String text) {
    WorkerAddress address = WorkerAddress.of(server);
    assertThat(address).hasToString(text);
    assertThat(WorkerAddress.at(text)).isEqualTo(address);
    assertThat(WorkerAddress.of(address.server())).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/run/a.sock",
        "unix:a.sock",
        "tcp:",
        "tcp::8008",
        "tcp:host",
        "tcp:host:",
        "tcp:host:0",
        "tcp:host:08083",
        "tcp:host:65536",
        "tcp:host:99999",
        "tcp:ho st:8008",
        "tcp:host/x:8008",
        "tcp:a..b:8008",
        "tcp:10.1.0.256:8008",
        "tcp:10.1:8008",
        "tcp:::1:8008",
        "tcp:[::1:8008",
        "tcp:[::1]8008",
        "tcp:[host]:8008",
        "tcp:[fe80::1%eth0]:8008",
        "tcp://host:8008",
        "udp:host:8008"
      })
  void isRefusedWithTheWholeUri(String server) {
    assertThatThrownBy(() -> WorkerAddress.of(server))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("worker:" + server + " ");
  }

  @ParameterizedTest
  @CsvSource({
    "unix:/run/inbound_main.sock, unix:/run/inbound_main.sock",
    "tcp:Sync-0.Sync:8008, Sync-0.Sync:8008",
    "tcp:[::1]:8008, [::1]:8008",
  })
  void hasTheTextOfNginxOnTheRing(String server, String text) {
    assertThat(WorkerAddress.ringText(server)).isEqualTo(text);
  }

  @Test
  void isCalledByTheHostWithoutItsDomain() {
    Destinations names = new Destinations();
    assertThat(names.nameOf("tcp:sync-0.sync.ns.svc:8008")).isEqualTo("sync-0");
    assertThat(names.nameOf("tcp:sync-0.sync.ns.svc:8009"))
        .isEqualTo("tcp:sync-0.sync.ns.svc:8009");
    for (String place : new String[] {"10.1.0.7:8083", "[::1]:8083", "localhost:8083"}) {
      assertThat(names.nameOf("tcp:" + place)).isEqualTo(place);
    }
  }
}
