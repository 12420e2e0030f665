package org.synapsegateway;

import java.util.ArrayList;
import java.util.List;

/** Text in columns, each as wide as its widest cell. Confined to one thread. */
final class Table {
  private final List<String[]> rows = new ArrayList<>();

  Table row(String... cells) {
    rows.add(cells);
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
