// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.synapsegateway.fuzz.Fuzz;
import org.synapsegateway.fuzz.Mutation;

/** Values that nobody should write. */
class SettingsFuzzTest {
  private static final Mutation VALUES =
      new Mutation(
          List.of("8008", "0", "16KiB", "50MiB", "512B", "500ms", "30s", "5m", "1h", "127.0.0.1"),
          List.of(
              "-",
              "+",
              " ",
              "\t",
              "\0",
              "0",
              "1",
              "9",
              "999999999",
              "1e9",
              "0x",
              "B",
              "GiB",
              "h",
              "ms",
              "M",
              "KIB",
              "\u0661",
              "\u212a",
              "\u0130",
              ","));

  @Test
  void aValueIsTakenWithinItsRangeOrRefusedByItsKey() {
    Fuzz.check(
        50_000,
        in -> {
          Setting setting = in.of(Setting.values());
          String value = in.text(VALUES::make);
          Settings settings;
          try {
            settings =
                new Settings(
                    key -> key.equals(setting.key()) ? Optional.of(value) : Optional.empty());
          } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageStartingWith(setting.key() + " = \"");
            return;
          }
          switch (setting.kind()) {
            case TEXT, HOST, PATH, THRESHOLD ->
                assertThat(settings.text(setting)).isEqualTo(value.trim());
            case LISTENERS -> assertThat(settings.listeners()).isNotEmpty();
            case CHOICE -> assertThat(settings.text(setting)).isIn(setting.choices());
            case PORT -> assertThat(settings.count(setting)).isBetween(0, 65_535);
            case COUNT -> assertThat(settings.count(setting)).isNotNegative();
            case SIZE -> assertThat(settings.bytes(setting)).isBetween(0, 1 << 30);
            case LENGTH -> assertThat(settings.length(setting)).isNotNegative();
            case DURATION -> assertThat(settings.millis(setting)).isNotNegative();
          }
        });
  }
}
