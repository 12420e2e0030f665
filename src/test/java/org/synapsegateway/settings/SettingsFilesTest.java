// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.synapsegateway.docs.GeneratedPart;

/** The shipped properties and docs/reference/settings.md say what {@link Setting} says. */
class SettingsFilesTest {
  private static final Path PROPERTIES = Path.of("config/application.properties");

  @Test
  void shippedPropertiesAreTheDefaults() throws IOException {
    Properties shipped = new Properties();
    try (Reader reader = Files.newBufferedReader(PROPERTIES)) {
      shipped.load(reader);
    }
    Map<Object, Object> ours = new LinkedHashMap<>(shipped);
    ours.keySet().removeIf(key -> key.toString().startsWith("camel."));

    Map<Object, Object> defaults =
        Arrays.stream(Setting.values())
            .collect(Collectors.toMap(Setting::key, Setting::defaultValue));
    assertThat(ours).isEqualTo(defaults);
  }

  @Test
  void everyShippedPropertySaysWhatItIsFor() throws IOException {
    List<String> lines = Files.readAllLines(PROPERTIES);
    for (Setting setting : Setting.values()) {
      int line = lines.indexOf(setting.key() + "=" + setting.defaultValue());
      assertThat(lines.get(line - 1)).as(setting.key()).isEqualTo("# " + setting.purpose());
    }
  }

  @Test
  void thePageHasARowForEverySetting() throws IOException {
    String rows =
        Arrays.stream(Setting.values())
            .map(
                setting ->
                    "| `%s` | `%s` | %s |\n"
                        .formatted(setting.key(), setting.defaultValue(), setting.purpose()))
            .collect(Collectors.joining());
    GeneratedPart.check("settings.md", "| key | default | purpose |\n| --- | --- | --- |\n" + rows);
  }
}
