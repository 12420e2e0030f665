// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  private static Settings with(Setting setting, String value) {
    return new Settings(key -> key.equals(setting.key()) ? Optional.of(value) : Optional.empty());
  }

  @Test
  void theDefaultsAreWellFormed() {
    assertThat(Settings.defaults().count(Setting.PORT)).isEqualTo(8008);
    assertThat(Settings.defaults().bytes(Setting.REQUEST_LINE_MAX)).isEqualTo(16 * 1024);
    assertThat(Settings.defaults().millis(Setting.WORKER_IDLE_TIMEOUT)).isEqualTo(50_000);
  }

  @ParameterizedTest
  @CsvSource({"500ms, 500", "30s, 30000", "5m, 300000", "1h, 3600000", "1d, 86400000"})
  void durationsHaveAUnit(String text, long millis) {
    assertThat(with(Setting.WORKER_READ_TIMEOUT, text).millis(Setting.WORKER_READ_TIMEOUT))
        .isEqualTo(millis);
  }

  @Test
  void aDurationThatIsNoTimeoutMayBeZero() {
    assertThat(with(Setting.STOP_DELAY, "0s").millis(Setting.STOP_DELAY)).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "WORKER_READ_TIMEOUT, 0s",
    "WHOAMI_TIMEOUT, 0ms",
    "WHOAMI_TIMEOUT, 36500d",
    "STEP_THREADS_MAX, 0",
    "MANAGEMENT_CONNECTIONS_MAX, 0",
    "WORKER_READ_TIMEOUT, 60",
    "WORKER_READ_TIMEOUT, -1s",
    "WORKER_READ_TIMEOUT, 1w",
    "PORT, 70000",
    "PORT, -1",
    "PORT, http",
    "FIELDS_MAX, 64",
    "FIELDS_MAX, 9GiB",
    "EVENT_LOOPS, two",
    "ACCESS_LOG, on",
    "CAMEL_METERS, true",
  })
  void aBadValueIsRefusedWithItsKey(Setting setting, String text) {
    assertThatThrownBy(() -> with(setting, text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(setting.key() + " = \"" + text + "\": write ");
  }
}
