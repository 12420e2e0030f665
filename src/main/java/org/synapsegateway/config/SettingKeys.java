// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.spi.PropertiesComponent;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.settings.RenamedKeys;
import org.synapsegateway.settings.Setting;

/** The keys that were given, and which of them are unknown. */
final class SettingKeys {
  /** The keys of all settings. */
  static final Set<String> SETTINGS =
      Arrays.stream(Setting.values()).map(Setting::key).collect(Collectors.toSet());

  /** The keys and variables of settings that are no secret, whatever their names sound like. */
  private static final Set<String> PUBLIC =
      Arrays.stream(Setting.values())
          .filter(setting -> !setting.isSecret())
          .flatMap(setting -> Stream.of(setting.key(), variable(setting.key())))
          .collect(Collectors.toSet());

  /** What may follow {@code camel.}, as org.apache.camel.main.BaseMainSupport reads it. */
  private static final Set<String> CAMEL =
      Set.of(
          "autoconfigurationenvironmentvariablesenabled",
          "autoconfigurationsystempropertiesenabled",
          "beans",
          "component",
          "context",
          "dataformat",
          "debug",
          "devconsole",
          "faulttolerance",
          "globaloptions",
          "health",
          "language",
          "lra",
          "main",
          "management",
          "mdc",
          "metrics",
          "opentelemetry",
          "opentelemetry2",
          "resilience4j",
          "rest",
          "routecontroller",
          "routetemplate",
          "server",
          "ssl",
          "startupcondition",
          "telemetrydev",
          "threadpool",
          "threads",
          "trace",
          "variable",
          "vault");

  private SettingKeys() {}

  static boolean isPublic(String name) {
    return PUBLIC.contains(name);
  }

  /** All keys of the file, those of -D that are ours, and variables that all but name one. */
  static Set<String> of(PropertiesComponent properties) {
    Set<String> keys = new TreeSet<>();
    properties.loadProperties().stringPropertyNames().forEach(keys::add);
    System.getProperties().stringPropertyNames().stream()
        .filter(key -> isOurs(key) || RenamedKeys.hint(key).isPresent())
        .forEach(keys::add);
    keys.addAll(slips(System.getenv().keySet()));
    return keys;
  }

  /** The keys of variables that all but name one, or name one that has another name now. */
  static Set<String> slips(Set<String> environment) {
    Set<String> variables =
        SETTINGS.stream().map(SettingKeys::variable).collect(Collectors.toSet());
    return environment.stream()
        .filter(name -> !variables.contains(name))
        .map(SettingKeys::key)
        .filter(key -> isSlip(key) || RenamedKeys.hint(key).isPresent())
        .collect(Collectors.toSet());
  }

  /** The environment is everybody's, so there only what is plainly meant for us is wrong. */
  private static boolean isSlip(String key) {
    return key.startsWith("camel.")
        ? Spelling.nearest(camelSection(key), CAMEL).isPresent()
        : isOurs(key) && Spelling.nearest(key, SETTINGS).isPresent();
  }

  private static boolean isOurs(String key) {
    return key.startsWith("gateway.") || key.startsWith("management.") || key.startsWith("camel.");
  }

  /** Whether a key is unknown. */
  static boolean isUnknown(String key) {
    if (key.startsWith("camel.")) {
      return !CAMEL.contains(camelSection(key));
    }
    // other keys are the routes' own, for placeholders, unless they are plainly a slip
    return !SETTINGS.contains(key) && (isOurs(key) || Spelling.nearest(key, SETTINGS).isPresent());
  }

  /** The fault of an unknown key, with the one that is probably meant. */
  static Fault unknown(String key) {
    return RenamedKeys.hint(key)
        .map(hint -> Fault.of(Code.RENAMED_SETTING, key, hint))
        .orElseGet(
            () -> Fault.of(Code.UNKNOWN_SETTING, key, "unknown setting " + key + correction(key)));
  }

  private static String correction(String key) {
    return (key.startsWith("camel.")
        ? Spelling.hint(camelSection(key), CAMEL, section -> "camel." + section)
        : Spelling.hint(key, SETTINGS));
  }

  /** {@code main} of {@code camel.main.name}, without the dashes and capitals it may have. */
  private static String camelSection(String key) {
    return key.substring("camel.".length())
        .replaceFirst("[.\\[].*", "")
        .replace("-", "")
        .toLowerCase(Locale.ROOT);
  }

  /** The environment variable of a key. */
  static String variable(String key) {
    return key.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
  }

  private static String key(String variable) {
    return variable.toLowerCase(Locale.ROOT).replace('_', '.');
  }
}
