// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Text in columns, each as wide as its widest cell. Confined to one thread. */
public final class TextTable {
  /** What fits a terminal, with a label before it. */
  private static final Pattern LINE = Pattern.compile("(\\S.{0,79})(?:\\s+|$)");

  private final List<String[]> rows = new ArrayList<>();

  public TextTable row(String... cells) {
    rows.add(cells);
    return this;
  }

  /** A row of two cells, of which the second takes as many lines as it needs. */
  TextTable wrapped(String name, String text) {
    String[] label = {name};
    LINE.matcher(text)
        .results()
        .forEach(
            line -> {
              row(label[0], line.group(1));
              label[0] = "";
            });
    return this;
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        line.append(row[i]).append(" ".repeat(i + 1 < row.length ? gap(i, row[i]) : 0));
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }

  private int gap(int column, String cell) {
    int width =
        rows.stream()
            .filter(row -> column < row.length - 1)
            .mapToInt(row -> row[column].length())
            .max()
            .orElse(0);
    return width - cell.length() + 2;
  }
}
