// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;

/** The lines of config/application.properties, which Java's properties forget. */
public final class SettingsFile {
  private static final Path FILE = Path.of(Layout.CONFIG);
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private SettingsFile() {}

  /** What keeps the file from being read; nothing if there is none. */
  public static List<Fault> faults() {
    boolean absent = !Files.exists(FILE, LinkOption.NOFOLLOW_LINKS);
    return absent
        ? List.of()
        : ReadableFile.fault(FILE).map(List::of).orElseGet(SettingsFile::faultsOfText);
  }

  private static List<Fault> faultsOfText() {
    try {
      return text().startsWith(BYTE_ORDER_MARK)
          ? List.of(
              new Fault(
                  Code.NOT_UTF8,
                  FILE + ":1",
                  "",
                  "the file begins with a byte order mark, which would be part of its first key; save it as UTF-8 without one"))
          : List.of();
    } catch (ConfigurationException e) {
      return e.faults();
    } catch (IOException e) {
      return List.of(ReadableFile.fault(FILE, e));
    }
  }

  /** What the file says; empty if it is not there or cannot be read. */
  static Properties read() {
    Properties file = new Properties();
    if (!faults().isEmpty()) {
      return file;
    }
    try {
      file.load(new StringReader(text()));
    } catch (IOException | IllegalArgumentException e) {
      file.clear(); // an unreadable file gives no settings
    }
    return file;
  }

  private static String text() throws IOException {
    return ReadableFile.text(FILE);
  }

  /** Keys that the file has more than once; Java takes the last one and says nothing. */
  static List<Fault> duplicates() {
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

  /** A key of Camel's as the file spells it: with dashes or capitals, or as given here. */
  static String spelling(String key) {
    return read().stringPropertyNames().stream()
        .filter(given -> given.replace("-", "").equalsIgnoreCase(key))
        .findFirst()
        .orElse(key);
  }

  /** Where a key is in the file; the empty text if it is not there. */
  static String place(String key) {
    return entries().stream()
        .filter(entry -> entry.keys.orElse(Set.of()).contains(key))
        .reduce((first, last) -> last) // which decides
        .map(SettingsFile::place)
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
        .map(SettingsFile::place)
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
    if (!faults().isEmpty()) {
      return List.of();
    }
    try {
      lines = text().lines().toList();
    } catch (IOException e) {
      return List.of(); // the fault has no place then
    }
    List<Entry> entries = new ArrayList<>();
    int begin = 0;
    for (int end = 0; end < lines.size(); end++) {
      boolean comment = begin == end && isComment(lines.get(end));
      if (comment || !isContinued(lines.get(end)) || end == lines.size() - 1) {
        if (!comment) {
          String text = String.join("\n", lines.subList(begin, end + 1));
          entries.add(new Entry(begin + 1, keys(text)));
        }
        begin = end + 1;
      }
    }
    return entries;
  }

  /** Whether the line end is escaped: by an odd number of backslashes (java.util.Properties). */
  private static boolean isContinued(String line) {
    int end = line.length();
    while (end > 0 && line.charAt(end - 1) == '\\') {
      end--;
    }
    return (line.length() - end) % 2 == 1;
  }

  private static boolean isComment(String line) {
    String text = line.strip();
    return text.isEmpty() || text.startsWith("#") || text.startsWith("!");
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
