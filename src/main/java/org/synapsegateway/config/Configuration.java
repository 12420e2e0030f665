package org.synapsegateway.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.spi.PropertiesComponent;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
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
  private static final Path FILE = Path.of(Layout.CONFIG);

  private Configuration() {}

  /**
   * Reads no value into anything; only looks whether all can be read.
   *
   * @throws ConfigurationException if a key is unknown or a value makes no sense
   */
  public static void check(PropertiesComponent properties) {
    ConfigurationException.throwIfAny(fileFaults());
    List<Fault> faults = duplicates();
    for (String key : SettingKeys.of(properties)) {
      if (RenamedKeys.hint(key).isPresent() || SettingKeys.isUnknown(key)) {
        faults.add(SettingKeys.unknown(key).at(place(key)));
      }
    }
    for (Setting setting : Setting.values()) {
      value(properties, setting, faults).ifPresent(text -> check(setting, text, faults));
    }
    ConfigurationException.throwIfAny(faults);
    checkTogether(properties, faults);
    ConfigurationException.throwIfAny(faults);
  }

  /** Settings that are valid alone may contradict each other. */
  private static void checkTogether(PropertiesComponent properties, List<Fault> faults) {
    try {
      new Settings(properties::resolveProperty);
    } catch (ConfigurationException e) {
      e.faults().forEach(fault -> faults.add(fault.at(place(fault.value()))));
    }
  }

  /** What is valid and yet hardly meant. */
  public static List<Fault> warnings(Settings settings) {
    List<Fault> warnings = new ArrayList<>();
    String key = Setting.WORKERS_DIRECTORY.key();
    String directory = settings.text(Setting.WORKERS_DIRECTORY);
    if (directory.endsWith("/")) {
      warnings.add(
          new Fault(
              Code.RING_NAMES,
              place(key),
              key,
              "%s = %s ends with /, so the workers have other names in the ring than without it, and users move; remove the /"
                  .formatted(key, directory)));
    }
    new ContainerNetwork(Path.of("/")).warning(settings).ifPresent(warnings::add);
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

  /** The fault of a placeholder without a value, which Camel has told in its way. */
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
      faults.add(new Fault(Code.BAD_SETTING, place(setting.key()), setting.key(), e.getMessage()));
    }
  }

  /** What {@link Settings} does not know. */
  private static void checkMore(Setting setting, String text) {
    if (setting == Setting.TRUSTED_PROXIES || setting == Setting.PRIVATE_CLIENTS) {
      try {
        if (setting == Setting.TRUSTED_PROXIES) {
          Forwarded.trusting(text);
        } else {
          AddressSet.of(text);
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(setting.key() + ": " + e.getMessage(), e);
      }
    } else if (JsonSettings.ALL.contains(setting) && !text.isEmpty()) {
      JsonSettings.check(setting, text);
    }
  }

  /** What keeps the file from being read; nothing if there is none. */
  public static List<Fault> fileFaults() {
    boolean absent = !Files.exists(FILE, LinkOption.NOFOLLOW_LINKS);
    return absent ? List.of() : ReadableFile.fault(FILE).map(List::of).orElse(List.of());
  }

  /**
   * A key's value as somebody has given it, for who asks without loading the routes; placeholders
   * stay as they are.
   */
  public static Optional<String> given(String key) {
    String variable = System.getenv(SettingKeys.variable(key));
    String option = System.getProperty(key);
    return Optional.ofNullable(
        variable != null ? variable : option != null ? option : file().getProperty(key));
  }

  private static Properties file() {
    Properties file = new Properties();
    if (!fileFaults().isEmpty()) {
      return file;
    }
    try {
      file.load(new StringReader(text()));
    } catch (IOException | IllegalArgumentException e) {
      file.clear(); // a file that cannot be read has told nobody anything
    }
    return file;
  }

  /** Each byte is a character, as Java reads properties. */
  private static String text() throws IOException {
    return new String(ReadableFile.bytes(FILE), StandardCharsets.ISO_8859_1);
  }

  // ---- duplicate keys

  /** Keys that the file has more than once; Java takes the last one and says nothing. */
  private static List<Fault> duplicates() {
    List<Fault> duplicates = new ArrayList<>();
    Map<String, Integer> lines = new HashMap<>();
    for (Entry entry : entries()) {
      for (String key : entry.keys.orElse(Set.of())) {
        Integer before = lines.putIfAbsent(key, entry.line);
        if (before != null) {
          duplicates.add(
              new Fault(
                  Code.DUPLICATE_SETTING,
                  place(entry),
                  key,
                  "key %s is in line %d too, and only the last one counts; remove one"
                      .formatted(key, before)));
        }
      }
    }
    return duplicates;
  }

  // ---- secrets

  /**
   * What was given for keys whose names sound as if it were a secret, and what comes from outside
   * for placeholders in routes and settings, whose names nobody here has chosen.
   */
  static Set<String> secrets(Set<Placeholder> placeholders) {
    return secrets(placeholders, file(), System.getenv(), System.getProperties());
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
        all.stringPropertyNames().stream().filter(Secrets::isNameOfSecret).map(all::getProperty);
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

  /** Where a key's value was given; the empty text if nobody gave it. */
  public static String place(String key) {
    String variable = SettingKeys.variable(key);
    if (System.getenv(variable) != null) {
      return "environment variable " + variable; // it wins over -D
    }
    if (System.getProperty(key) != null) {
      return "command line (-D)";
    }
    return entries().stream()
        .filter(entry -> entry.keys.orElse(Set.of()).contains(key))
        .reduce((first, last) -> last) // which decides
        .map(Configuration::place)
        .orElse("");
  }

  private static String place(Entry entry) {
    return FILE + ":" + entry.line;
  }

  /** Where the file has an escape that cannot be read. */
  static String placeOfBadEscape() {
    return entries().stream()
        .filter(entry -> entry.keys.isEmpty())
        .findFirst()
        .map(Configuration::place)
        .orElse("");
  }

  /**
   * A line of the file with those that continue it.
   *
   * @param keys the key, if there is one; nothing if the line cannot be read
   */
  private record Entry(int line, Optional<Set<String>> keys) {}

  private static List<Entry> entries() {
    List<String> lines;
    if (!fileFaults().isEmpty()) {
      return List.of();
    }
    try {
      lines = text().lines().toList();
    } catch (IOException e) {
      return List.of(); // the message stands without its place
    }
    List<Entry> entries = new ArrayList<>();
    int begin = 0;
    for (int end = 0; end < lines.size(); end++) {
      if (!lines.get(end).endsWith("\\")) {
        String text = String.join("\n", lines.subList(begin, end + 1));
        entries.add(new Entry(begin + 1, keys(text)));
        begin = end + 1;
      }
    }
    return entries;
  }

  private static Optional<Set<String>> keys(String text) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(text));
      return Optional.of(properties.stringPropertyNames());
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
