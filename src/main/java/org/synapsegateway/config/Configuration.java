// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.main.MainConfigurationProperties;
import org.apache.camel.spi.PropertiesComponent;
import org.synapsegateway.discovery.Names;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.fault.Reason;
import org.synapsegateway.http.Forwarded;
import org.synapsegateway.net.AddressSet;
import org.synapsegateway.settings.RenamedKeys;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * The keys of config/application.properties, of {@code -D} and of the environment: which of them
 * nobody knows, which have a value that makes no sense, and where each was given.
 */
public final class Configuration {
  private static final String CAMEL_MAIN = "camel.main.";

  private Configuration() {}

  /**
   * Reads no value into anything; only looks whether all can be read.
   *
   * @throws ConfigurationException if a key is unknown or a value makes no sense
   */
  public static void check(PropertiesComponent properties) {
    ConfigurationException.throwIfAny(SettingsFile.faults());
    List<Fault> faults = SettingsFile.duplicates();
    for (String key : SettingKeys.of(properties)) {
      if (RenamedKeys.hint(key).isPresent() || SettingKeys.isUnknown(key)) {
        faults.add(SettingKeys.unknown(key).at(place(key)));
      } else if (key.startsWith(CAMEL_MAIN)) {
        checkSpelling(key, faults);
        checkCount(key, properties.resolveProperty(key).orElse(""), faults);
      }
    }
    for (Setting setting : Setting.values()) {
      value(properties, setting, faults).ifPresent(text -> check(setting, text, faults));
    }
    ConfigurationException.throwIfAny(faults);
    checkTogether(properties, faults);
    ConfigurationException.throwIfAny(faults);
  }

  /** Camel knows its keys in other spellings too, in which the gateway would not find them. */
  private static void checkSpelling(String key, List<Fault> faults) {
    for (String read : Layout.READ_TOO) {
      if (!key.equals(read) && key.replace("-", "").equalsIgnoreCase(read)) {
        faults.add(new Fault(Code.BAD_SETTING, place(key), key, key + ": write " + read));
      }
    }
  }

  /**
   * Camel takes a whole number for a duration too: of {@code 38s} seconds it makes 38,000, and of
   * what it cannot read 0.
   */
  private static void checkCount(String key, String text, List<Fault> faults) {
    String setter = "set" + key.substring(CAMEL_MAIN.length()).replace("-", "");
    boolean isCount =
        Arrays.stream(MainConfigurationProperties.class.getMethods())
            .filter(method -> method.getName().equalsIgnoreCase(setter))
            .anyMatch(method -> method.getParameterTypes()[0] == int.class);
    if (isCount && !text.matches("-?\\d{1,9}")) {
      faults.add(
          new Fault(
              Code.BAD_SETTING,
              place(key),
              key,
              "%s = \"%s\": write a whole number".formatted(key, text)));
    }
  }

  /** Settings that are valid alone may contradict each other. */
  private static void checkTogether(PropertiesComponent properties, List<Fault> faults) {
    try {
      new Settings(properties::resolveProperty);
    } catch (ConfigurationException e) {
      e.faults().forEach(fault -> faults.add(fault.at(place(fault.value()))));
    }
  }

  /**
   * Refuses to use exchanges again, which Camel does for speed: a copy that a timeout or a mirror
   * has left behind would then write into the exchange of another client.
   */
  public static void refusePooling(CamelContext context) {
    if (context.getCamelContextExtension().getExchangeFactory().isPooled()) {
      String key = SettingsFile.spelling("camel.main.exchangeFactory");
      throw ConfigurationException.of(
          new Fault(
              Code.BAD_SETTING,
              place(key),
              key,
              key
                  + ": exchanges that are used again would carry what belongs to another client;"
                  + " write prototype, or remove it"));
    }
  }

  /** What is valid and yet hardly meant. */
  public static List<Fault> warnings(Settings settings) {
    List<Fault> warnings = new ArrayList<>();
    RingNames.warning(settings, Configuration::place).ifPresent(warnings::add);
    new ContainerNetwork(Path.of("/"), Configuration::place)
        .warning(settings)
        .ifPresent(warnings::add);
    return warnings;
  }

  private static Optional<String> value(
      PropertiesComponent properties, Setting setting, List<Fault> faults) {
    try {
      return Optional.of(properties.parseUri("{{" + setting.key() + "}}"));
    } catch (IllegalArgumentException e) {
      Fault fault =
          String.valueOf(e.getMessage()).startsWith("Missing {{")
              ? Fault.of(
                  Code.BAD_SETTING,
                  setting.key(),
                  setting.key() + " has }} without {{; write a space between the braces: } }")
              : unknownPlaceholder(properties, e);
      faults.add(fault.at(place(setting.key())));
      return Optional.empty();
    }
  }

  /** The fault of a placeholder without a value, from Camel's message. */
  static Fault unknownPlaceholder(PropertiesComponent properties, IllegalArgumentException e) {
    String key = String.valueOf(e.getMessage()).replaceFirst("(?s).*?\\[([^\\]]*)].*", "$1");
    return RenamedKeys.hint(key)
        .map(hint -> Fault.of(Code.RENAMED_SETTING, key, hint))
        .orElseGet(
            () ->
                Fault.of(
                    Code.UNKNOWN_PLACEHOLDER,
                    key,
                    "no setting gives {{%s}} a value".formatted(key)
                        + Spelling.hint(key, properties.loadProperties().stringPropertyNames())));
  }

  private static void check(Setting setting, String text, List<Fault> faults) {
    try {
      Settings.check(setting, text);
      checkMore(setting, text);
    } catch (ConfigurationException e) {
      e.faults().forEach(fault -> faults.add(fault.at(place(setting.key()))));
    } catch (IllegalArgumentException e) {
      faults.add(new Fault(Code.BAD_SETTING, place(setting.key()), setting.key(), Reason.of(e)));
    }
  }

  /** What {@link Settings} does not know. */
  private static void checkMore(Setting setting, String text) {
    try {
      switch (setting) {
        case TRUSTED_PROXIES -> Forwarded.trusting(text);
        case PRIVATE_CLIENTS -> AddressSet.of(text);
        case RESOLVERS -> Names.from(text);
        default -> {}
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(setting.key() + ": " + e.getMessage(), e);
    }
    if (JsonSettings.ALL.contains(setting) && !text.isEmpty()) {
      JsonSettings.check(setting, text);
    }
  }

  /**
   * The value of a key as it was given, for callers that do not load the routes. Placeholders are
   * not resolved.
   */
  public static Optional<String> given(String key) {
    String variable = System.getenv(SettingKeys.variable(key));
    String option = System.getProperty(key);
    return Optional.ofNullable(
        variable != null
            ? variable
            : option != null ? option : SettingsFile.read().getProperty(key));
  }

  // ---- secrets

  /**
   * The values of keys whose names sound like a secret, and the values from outside for
   * placeholders in routes and settings.
   */
  static Set<String> secrets(Set<Placeholder> placeholders) {
    return secrets(placeholders, SettingsFile.read(), System.getenv(), System.getProperties());
  }

  /** As {@link #secrets(Set)}, of this file, environment and properties of Java. */
  static Set<String> secrets(
      Set<Placeholder> placeholders,
      Properties file,
      Map<String, String> environment,
      Properties system) {
    Properties all = new Properties();
    all.putAll(file);
    all.putAll(environment);
    all.putAll(system);
    Stream<String> named =
        all.stringPropertyNames().stream()
            .filter(Secrets::isNameOfSecret)
            .filter(name -> !SettingKeys.isPublic(name))
            .map(all::getProperty);
    Stream<String> asked =
        Stream.concat(
                placeholders.stream(),
                all.stringPropertyNames().stream().map(all::getProperty).flatMap(Placeholder::in))
            .filter(placeholder -> !SettingKeys.SETTINGS.contains(placeholder.name()))
            .map(placeholder -> placeholder.value(environment, system))
            .filter(Objects::nonNull);
    return Stream.concat(named, asked).collect(Collectors.toSet());
  }

  // ---- places

  /** Where a key's value was given; the empty text if it was not given. */
  public static String place(String key) {
    String variable = SettingKeys.variable(key);
    if (System.getenv(variable) != null) {
      return "environment variable " + variable; // it wins over -D
    }
    if (System.getProperty(key) != null) {
      return "command line (-D)";
    }
    return SettingsFile.place(key);
  }
}
