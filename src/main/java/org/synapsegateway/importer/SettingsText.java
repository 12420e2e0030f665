// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.synapsegateway.fault.Code;
import org.synapsegateway.importer.synapse.Finding;
import org.synapsegateway.importer.synapse.Place;
import org.synapsegateway.settings.Setting;

/**
 * The text of config/application.properties, to which an import adds what it knows. Whatever
 * somebody has set stays as it is; where that is something else it is told.
 */
final class SettingsText {
  static final String PATH = "config/application.properties";

  private static final String LATER = "# once nginx is gone: ";

  private final Path file;
  private final List<String> lines;
  private final List<Finding> findings;

  /**
   * @param there the text that is there; empty if there is none
   */
  SettingsText(Path file, String there, List<Finding> findings) {
    this.file = file;
    this.findings = findings;
    lines = new ArrayList<>(there.isEmpty() ? List.of() : Arrays.asList(there.split("\n", -1)));
    if (!lines.isEmpty() && lines.get(lines.size() - 1).isEmpty()) {
      lines.remove(lines.size() - 1);
    }
  }

  /** What somebody has set to something else than the default. */
  Optional<String> own(Setting setting) {
    return lines.stream()
        .map(line -> line.strip().split("\\s*[=:]\\s*", 2))
        .filter(entry -> entry.length == 2 && entry[0].equals(setting.key()))
        .map(entry -> entry[1])
        .filter(value -> !value.equals(setting.defaultValue()))
        .findFirst();
  }

  /** Sets a value where there is none, or the default one. */
  void set(Setting setting, String value) {
    for (int i = 0; i < lines.size(); i++) {
      String[] entry = lines.get(i).strip().split("\\s*[=:]\\s*", 2);
      if (entry.length == 2 && entry[0].equals(setting.key())) {
        if (entry[1].equals(setting.defaultValue())) {
          lines.set(i, setting.key() + "=" + value);
        } else if (!entry[1].equals(value)) {
          findings.add(
              Finding.problem(
                  Code.OTHER_SETTING,
                  new Place(file, i + 1),
                  "%s is %s, and by Synapse's configuration it would be %s"
                      .formatted(setting.key(), entry[1], value)));
        }
        return;
      }
    }
    lines.add(setting.key() + "=" + value);
  }

  /** Adds as a comment what must go later. */
  void removeLater(List<String> keys) {
    String comment = LATER + "remove ";
    lines.removeIf(line -> line.startsWith(comment));
    if (!keys.isEmpty()) {
      lines.add(comment + String.join(" and ", keys));
    }
  }

  /** Adds a value for later as a comment, unless somebody has set one. */
  void setLater(Setting setting, String value) {
    String comment = LATER + setting.key() + "=";
    boolean isSet =
        lines.stream()
            .map(String::strip)
            .anyMatch(line -> line.matches(setting.key().replace(".", "\\.") + "\\s*[=:].*"));
    lines.removeIf(line -> line.startsWith(comment));
    if (!isSet) {
      lines.add(comment + value);
    }
  }

  @Override
  public String toString() {
    return String.join("\n", lines) + "\n";
  }
}
