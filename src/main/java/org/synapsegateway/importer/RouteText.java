// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The text of a file of routes, of which only the lines of workers change. */
final class RouteText {
  private static final String WORKER = "- to: worker:";
  private static final String GROUP = "- to: direct:";

  private final List<String> lines;

  RouteText(String text) {
    lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
  }

  /**
   * Turns a group on, or off if it has no workers.
   *
   * @param group its route's id
   * @param workers lines without indentation; comments too
   * @param fallback the group that serves in their place; null for the one that the text names
   */
  void fill(String group, List<String> workers, @Nullable String fallback) {
    int begin = after("steps:", after("loadBalance:", after("uri: direct:" + group, 0)));
    int end = begin;
    while (!lines.get(end).strip().startsWith(GROUP)) {
      end++;
    }
    String indent = lines.get(end).replaceFirst("\\S.*", "");
    String last = fallback == null ? lines.get(end).strip() : GROUP + fallback;
    List<String> block = new ArrayList<>(workers);
    if (workers.isEmpty() && fallback == null) {
      block.addAll(off(lines.subList(begin, end)));
    }
    block.add(last);
    replace(begin, end + 1, block.stream().map(indent::concat).toList());
  }

  /** The lines of workers as comments, as most groups come. */
  private static List<String> off(List<String> block) {
    List<String> off = new ArrayList<>();
    for (String line : block) {
      off.add(line.strip().startsWith("#") ? line.strip() : "# " + line.strip());
    }
    if (!off.get(0).startsWith("# its worker")) {
      off.add(0, "# its workers, if any; the last line is the fallback");
    }
    return off;
  }

  /** Puts lines in place of the one that leads to the main process. */
  void fillMain(List<String> workers) {
    int at = after("steps:", after("uri: direct:main", 0));
    int end = at;
    while (!lines.get(end).strip().startsWith(WORKER)) {
      end++;
    }
    String indent = lines.get(end).replaceFirst("\\S.*", "");
    replace(at, end + 1, workers.stream().map(indent::concat).toList());
  }

  private void replace(int from, int to, List<String> with) {
    lines.subList(from, to).clear();
    lines.addAll(from, with);
  }

  /** The line behind the next one that is this. */
  private int after(String line, int from) {
    for (int i = from; i < lines.size(); i++) {
      if (lines.get(i).strip().replaceFirst("^- ", "").equals(line)) {
        return i + 1;
      }
    }
    throw new IllegalStateException("no line \"" + line + "\" behind line " + from);
  }

  @Override
  public String toString() {
    return String.join("\n", lines);
  }
}
