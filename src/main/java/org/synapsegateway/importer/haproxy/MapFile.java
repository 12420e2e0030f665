// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.haproxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A file of keys and values, or of keys only, which maps and ACLs read. Immutable. */
final class MapFile {
  /** A line of it. */
  private record Entry(String key, String value) {}

  private final List<Entry> entries = new ArrayList<>();

  MapFile(String text) {
    for (String line : text.lines().map(String::strip).toList()) {
      if (!line.isEmpty() && !line.startsWith("#")) {
        String[] parts = line.split("\\s+", 2);
        entries.add(new Entry(parts[0], parts.length > 1 ? parts[1] : ""));
      }
    }
  }

  List<String> keys() {
    return entries.stream().map(Entry::key).toList();
  }

  /** The value of the first key that is the text, or as a pattern is found in it. */
  Optional<String> find(Line line, String text, boolean patterns) {
    return entries.stream()
        .filter(
            each -> patterns ? pattern(line, each.key).matcher(text).find() : each.key.equals(text))
        .map(Entry::value)
        .findFirst();
  }

  /** A pattern as PCRE has it, as far as Java has the same. */
  static Pattern pattern(Line line, String text) {
    try {
      if (!text.contains("[[:")) {
        return Pattern.compile(text, Pattern.UNIX_LINES);
      }
    } catch (IllegalArgumentException e) {
      // as if it had what Java does not have
    }
    throw new CannotTellException(line, "the pattern " + text + " is not understood");
  }
}
