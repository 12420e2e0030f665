// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.fault.ConfigurationException;

/** Listeners as synapse/config/server.py takes them. */
class ListenerTest {
  private static List<Listener> listeners(String text) {
    return Listener.all(YamlValue.parse(Path.of("w.yaml"), text).orElseThrow());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "port: 70000 | a port is a number from 1 to 65535",
        "port: 0 | a port is a number from 1 to 65535",
        "port: -1 | a port is a number from 1 to 65535",
        "port: 99999999999999999999 | is too large a number",
        "port: '8008' | should be a whole number",
        "port: 8008, path: /run/s.sock | has a port: and a path:, and Synapse wants one of them",
        "path: run/s.sock | path: wants a whole path",
        "path: '/run/a b.sock' | path: wants a whole path",
        "x: 1 | a listener wants a port: or a path:",
        "port: 8008, bind_addresses: 127.0.0.1 | bind_addresses: should be a list",
        "port: 8008, resources: client | resources: should be a list",
        "port: 8008, resources: [{names: client}] | names: should be a list",
        "port: 8008, resources: [{names: [clients]}] | there is no resource \"clients\"",
      })
  void whatSynapseDoesNotStartWithIsRefused(String text, String message) {
    assertThatThrownBy(() -> listeners("\n- {type: http, " + text + "}"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("w.yaml:2: " + message);
  }

  @Test
  void aSocketMayStandWhereAnAddressIsWanted() {
    Listener listener = listeners("- {type: http, port: 0, bind_addresses: [/run/s.sock]}").get(0);
    assertThat(listener.path()).isEqualTo("/run/s.sock");
    assertThat(listener.forwarded()).isTrue();
  }
}
