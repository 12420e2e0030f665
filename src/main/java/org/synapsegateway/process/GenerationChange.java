// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.synapsegateway.fleet.FleetChange;
import org.synapsegateway.settings.Setting;

/** What differs between a generation and the one that takes over from it, in words. */
final class GenerationChange {
  private GenerationChange() {}

  /** Files, settings and groups of workers, in this order; none if nothing differs. */
  static List<String> lines(Generation before, Generation now) {
    List<String> lines = new ArrayList<>(files(before.contents(), now.contents()));
    for (Setting setting : Setting.values()) {
      if (!before.settings().text(setting).equals(now.settings().text(setting))) {
        lines.add(setting.key() + " changed");
      }
    }
    lines.addAll(FleetChange.lines(before.fleet(), now.fleet()));
    return lines;
  }

  /** Files whose content differs. */
  private static List<String> files(Map<Path, ?> before, Map<Path, ?> now) {
    Set<Path> all = new TreeSet<>(before.keySet());
    all.addAll(now.keySet());
    List<String> lines = new ArrayList<>();
    for (Path file : all) {
      if (!before.containsKey(file)) {
        lines.add(file + " is new");
      } else if (!now.containsKey(file)) {
        lines.add(file + " is gone");
      } else if (!before.get(file).equals(now.get(file))) {
        lines.add(file + " changed");
      }
    }
    return lines;
  }
}
