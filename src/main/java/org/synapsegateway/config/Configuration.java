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
    List<String> faults = twins();
    for (String key : SettingKeys.of(properties)) {
      if (RenamedKeys.hint(key).isPresent() || SettingKeys.isUnknown(key)) {
        faults.add(place(key) + SettingKeys.unknown(key));
      }
    }
    for (Setting setting : Setting.values()) {
      value(properties, setting, faults).ifPresent(text -> check(setting, text, faults));
    }
    ConfigurationException.throwIfAny(faults);
    checkTogether(properties, faults);
    ConfigurationException.throwIfAny(faults);
  }

  /** What may be said alone, and not of one another. */
  private static void checkTogether(PropertiesComponent properties, List<String> faults) {
    try {
      new Settings(properties::resolveProperty);
    } catch (IllegalArgumentException e) {
      faults.add(place(Setting.LISTEN.key()) + e.getMessage());
    }
  }

  /** What is allowed and yet can hardly be meant. */
  public static List<String> warnings(Settings settings) {
    List<String> warnings = new ArrayList<>();
    String key = Setting.WORKERS_DIRECTORY.key();
    String directory = settings.text(Setting.WORKERS_DIRECTORY);
    if (directory.endsWith("/")) {
      warnings.add(
          "%s%s = %s ends with /, so each worker has another name in the ring than without it, and users move; leave the / out"
              .formatted(place(key), key, directory));
    }
    new ContainerNetwork(Path.of("/"), Configuration::place)
        .warning(settings)
        .ifPresent(warnings::add);
    return warnings;
  }

  private static Optional<String> value(
      PropertiesComponent properties, Setting setting, List<String> faults) {
    try {
      return Optional.of(properties.parseUri("{{" + setting.key() + "}}"));
    } catch (IllegalArgumentException e) {
      faults.add(
          place(setting.key())
              + (String.valueOf(e.getMessage()).startsWith("Missing {{")
                  ? setting.key() + " has }} where no placeholder ends; write a space between, } }"
                  : unknownPlaceholder(properties, e)));
      return Optional.empty();
    }
  }

  /** Tells of a placeholder that stands for nothing, and of which Camel has told in its way. */
  static String unknownPlaceholder(PropertiesComponent properties, IllegalArgumentException e) {
    String key = String.valueOf(e.getMessage()).replaceFirst("(?s).*?\\[([^\\]]*)].*", "$1");
    return RenamedKeys.hint(key).orElseGet(() -> noSetting(properties, key));
  }

  private static String noSetting(PropertiesComponent properties, String key) {
    return "there is no setting for {{"
        + key
        + "}}"
        + Spelling.hint(key, properties.loadProperties().stringPropertyNames());
  }

  private static void check(Setting setting, String text, List<String> faults) {
    try {
      check(setting, text);
    } catch (IllegalArgumentException e) {
      faults.add(place(setting.key()) + e.getMessage());
    }
  }

  private static void check(Setting setting, String text) {
    Settings.check(setting, text);
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
  public static List<String> fileFaults() {
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

  // ---- keys that stand twice

  /** Keys that stand in the file more than once; Java takes the last one and says nothing. */
  private static List<String> twins() {
    List<String> twins = new ArrayList<>();
    Map<String, Integer> lines = new HashMap<>();
    for (Entry entry : entries()) {
      for (String key : entry.keys.orElse(Set.of())) {
        Integer before = lines.putIfAbsent(key, entry.line);
        if (before != null) {
          twins.add(
              "%s:%d: key %s stands in line %d already, and only one could count; remove one"
                  .formatted(FILE, entry.line, key, before));
        }
      }
    }
    return twins;
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

  /** Where a key's value was given, with a colon behind it; the empty text if nobody gave it. */
  public static String place(String key) {
    String variable = SettingKeys.variable(key);
    if (System.getenv(variable) != null) {
      return "environment variable " + variable + ": "; // it wins over -D
    }
    if (System.getProperty(key) != null) {
      return "command line (-D): ";
    }
    int line = lineOf(key);
    return line == 0 ? "" : FILE + ":" + line + ": ";
  }

  /** Where the file has an escape that cannot be read. */
  static String placeOfBadEscape() {
    return entries().stream()
        .filter(entry -> entry.keys.isEmpty())
        .findFirst()
        .map(entry -> FILE + ":" + entry.line + ": ")
        .orElse("");
  }

  /** The line of the file in which a key stands for the last time, which decides; or 0. */
  private static int lineOf(String key) {
    return entries().stream()
        .filter(entry -> entry.keys.orElse(Set.of()).contains(key))
        .mapToInt(Entry::line)
        .max()
        .orElse(0);
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
