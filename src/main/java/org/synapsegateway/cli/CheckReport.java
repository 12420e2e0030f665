// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.util.ArrayList;
import java.util.List;
import org.synapsegateway.explain.TextTable;
import org.synapsegateway.fault.Fault;

/** What {@code check} has found so far. */
final class CheckReport {
  private final List<Row> rows = new ArrayList<>();
  private final List<Fault> errors = new ArrayList<>();
  private final List<Fault> warnings = new ArrayList<>();

  /**
   * A row of the table: something that has been looked at.
   *
   * @param where file and line, if a file names it
   * @param found what was found, for people
   */
  record Row(String what, String where, String state, String found) {}

  /**
   * All that has been found.
   *
   * @param comparison what {@code --workers-doc} tells, for people; empty without it
   */
  record Whole(List<Row> rows, List<Fault> errors, List<Fault> warnings, String comparison) {
    String text() {
      TextTable table = new TextTable();
      if (!rows.isEmpty()) {
        table.row("what", "where", "state", "found");
      }
      rows.forEach(row -> table.row(row.what, row.where, row.state, row.found));
      StringBuilder text = new StringBuilder(table.toString());
      errors.forEach(error -> text.append("\nerror: ").append(error));
      warnings.forEach(warning -> text.append("\nwarning: ").append(warning));
      return text.append(errors.isEmpty() && warnings.isEmpty() ? "" : "\n")
          .append("\nerrors: %d, warnings: %d%n".formatted(errors.size(), warnings.size()))
          .append(comparison)
          .toString();
    }
  }

  void row(String what, String where, String state, String found) {
    rows.add(new Row(what, where, state, found));
  }

  List<Fault> errors() {
    return errors;
  }

  List<Fault> warnings() {
    return warnings;
  }

  /** The state of a part of the table, which depends on the warnings that it has brought. */
  String stateSince(int warningsBefore) {
    return warnings.size() == warningsBefore ? "ok" : "warning";
  }

  Whole whole(String comparison) {
    return new Whole(rows, errors, warnings, comparison);
  }
}
