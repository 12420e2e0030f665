// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.haproxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

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

  /** The value of the first key that matches. */
  Optional<String> find(Predicate<String> matches) {
    return entries.stream().filter(each -> matches.test(each.key)).map(Entry::value).findFirst();
  }
}
