// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

class SharedServicesTest {
  @TempDir Path directory;

  @Test
  void aContextHasOneOfEachThatIsNotAnothersOne() throws Exception {
    CamelContext one = new DefaultCamelContext();
    CamelContext two = new DefaultCamelContext();
    MemoryBudget made = SharedServices.of(one).memoryBudget();

    assertThat(SharedServices.of(one).get(MemoryBudget.class)).isSameAs(made);
    assertThat(SharedServices.of(one).replayBudget().budget()).isSameAs(made);
    assertThat(SharedServices.of(two).get(MemoryBudget.class)).isNull();
    assertThat(SharedServices.of(two).put(MemoryBudget.class, made).memoryBudget()).isSameAs(made);
  }

  @Test
  void whereNobodyHasGivenSettingsTheDefaultsCount() throws Exception {
    CamelContext context = new DefaultCamelContext();
    Settings given = Settings.defaults();
    assertThat(SharedServices.of(context).settings().text(Setting.PORT))
        .isEqualTo(Setting.PORT.defaultValue());
    assertThat(SharedServices.of(context).put(Settings.class, given).settings()).isSameAs(given);
  }

  @Test
  void theRegistryHasOnlyWhatRoutesName() throws Exception {
    try (TestGateway gateway = TestGateway.withSteps(directory, "- setBody: { constant: x }")) {
      CamelContext context = gateway.main().getCamelContext();
      for (String name :
          new String[] {
            "settings",
            "userDirectory",
            "hashKeyListener",
            "memoryBudget",
            "replayBudget",
            "loops",
            "limiters",
            "mirrors",
            "destinations"
          }) {
        assertThat(context.getRegistry().lookupByName(name)).as(name).isNull();
      }
      assertThat(context.getRegistry().lookupByName("frontDoor")).isNotNull();
    }
  }
}
