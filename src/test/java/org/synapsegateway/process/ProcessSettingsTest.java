// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.synapsegateway.settings.Settings;

class ProcessSettingsTest {
  @Test
  void aReloadReportsWhatItDoesNotChange() {
    assertThat(changed(Map.of("gateway.resolvers", "192.0.2.53")))
        .containsExactly("gateway.resolvers");
    assertThat(changed(Map.of("gateway.tls.profile", "modern", "gateway.gzip", "off")))
        .containsExactly("gateway.tls.profile");
    assertThat(changed(Map.of())).isEmpty();
  }

  private static Iterable<String> changed(Map<String, String> given) {
    return ProcessSettings.changed(
        Settings.defaults(), new Settings(key -> Optional.ofNullable(given.get(key))));
  }
}
