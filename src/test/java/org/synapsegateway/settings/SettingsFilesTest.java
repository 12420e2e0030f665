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
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The shipped properties and the README say what {@link Setting} says. */
class SettingsFilesTest {
  private static final Path PROPERTIES = Path.of("config/application.properties");
  private static final Path README = Path.of("README.md");

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
  void theReadmeHasARowForEverySetting() throws IOException {
    Set<String> rows =
        Files.readAllLines(README).stream()
            .filter(line -> line.startsWith("| `gateway.") || line.startsWith("| `management."))
            .collect(Collectors.toSet());
    Set<String> wanted =
        Arrays.stream(Setting.values())
            .map(
                setting ->
                    "| `%s` | `%s` | %s |"
                        .formatted(setting.key(), setting.defaultValue(), setting.purpose()))
            .collect(Collectors.toSet());
    assertThat(rows).isEqualTo(wanted);
  }
}
