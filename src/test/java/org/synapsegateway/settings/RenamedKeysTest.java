// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RenamedKeysTest {
  @Test
  void tellsTheNewName() {
    assertThat(RenamedKeys.hint("gateway.whoami.worker"))
        .hasValue("gateway.whoami.worker is now called gateway.whoami.workers");
    assertThat(RenamedKeys.hint("gateway.whoami.keep-unknown"))
        .hasValue("gateway.whoami.keep-unknown is now called gateway.whoami.negative-cache-ttl");
    assertThat(RenamedKeys.hint("gateway.port")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "camel.main.routesReloadEnabled",
        "camel.main.routes-reload-enabled",
        "camel.main.routes.reload.enabled",
        "camel.main.RoutesReloadEnabled",
        "CAMEL.MAIN.ROUTESRELOADENABLED",
        "camel.main.routesreloadenabled"
      })
  void tellsTheNewNameOfAKeyOfCamelsHoweverItIsWritten(String key) {
    assertThat(RenamedKeys.hint(key)).hasValue(key + " is now called gateway.reload");
  }

  @Test
  void noOldNameIsInUse() {
    assertThat(Arrays.stream(Setting.values()).map(Setting::key))
        .doesNotContainAnyElementsOf(RenamedKeys.all());
  }
}
