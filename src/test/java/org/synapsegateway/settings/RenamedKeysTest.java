package org.synapsegateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RenamedKeysTest {
  @Test
  void tellsTheNewName() {
    assertThat(RenamedKeys.hint("gateway.whoami.worker"))
        .hasValue("gateway.whoami.worker is now called gateway.whoami.workers");
    assertThat(RenamedKeys.hint("gateway.whoami.keep-unknown"))
        .hasValue("gateway.whoami.keep-unknown is now called gateway.whoami.negative-cache-ttl");
    assertThat(RenamedKeys.hint("gateway.port")).isEmpty();
  }

  @Test
  void noOldNameIsInUse() {
    assertThat(Arrays.stream(Setting.values()).map(Setting::key))
        .doesNotContainAnyElementsOf(RenamedKeys.all());
  }
}
