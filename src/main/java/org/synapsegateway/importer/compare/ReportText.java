// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.compare;

import java.util.ArrayList;
import java.util.List;
import org.synapsegateway.explain.TextTable;

/** A comparison as people read it. */
public final class ReportText {
  private ReportText() {}

  public static String of(Report report) {
    StringBuilder text = new StringBuilder();
    text.append("compared: ");
    text.append(String.join(", ", report.servers())).append('\n');
    text.append(
        "%,d cases that the patterns tell apart, %,d requests%n%n"
            .formatted(report.cases(), report.requests()));
    TextTable sums = new TextTable().row("verdict", "kinds", "requests", "of the log");
    for (Verdict verdict : Verdict.values()) {
      List<Report.Row> rows = rows(report, verdict);
      if (!rows.isEmpty()) {
        sums.row(
            verdict.toString(),
            Integer.toString(rows.size()),
            Integer.toString(rows.stream().mapToInt(Report.Row::cases).sum()),
            Long.toString(rows.stream().mapToLong(Report.Row::logged).sum()));
      }
    }
    text.append(sums);
    for (Verdict verdict : Verdict.values()) {
      List<Report.Row> rows = rows(report, verdict);
      if (verdict != Verdict.SAME && !rows.isEmpty()) {
        text.append('\n').append(verdict).append(":\n");
        rows.forEach(row -> text.append(row(row, report.servers().size() > 1)));
      }
    }
    if (!report.moves().isEmpty()) {
      text.append("\nusers that keep their worker:\n");
      report.moves().forEach(moves -> text.append(moves(moves)));
    }
    report.notes().forEach(note -> text.append("\nnote: ").append(note));
    text.append(report.notes().isEmpty() ? "" : "\n").append(judge(report));
    return text.toString();
  }

  private static List<Report.Row> rows(Report report, Verdict verdict) {
    return report.rows().stream().filter(row -> row.verdict() == verdict).toList();
  }

  private static String row(Report.Row row, boolean namesServer) {
    List<String> about = new ArrayList<>();
    if (row.logged() > 0) {
      about.add("%,d of the log".formatted(row.logged()));
    }
    if (row.byEncoding()) {
      about.add("only as it is written so");
    }
    if (row.location() != null) {
      about.add(row.location());
    } else if (namesServer) {
      about.add(row.server());
    }
    String why = row.why() == null ? "" : "      " + row.why() + "\n";
    String where = about.isEmpty() ? "" : "      " + String.join("; ", about) + "\n";
    return "  %s -> %s: %s%n".formatted(row.nginx(), row.routes(), row.example()) + why + where;
  }

  private static String moves(Moves moves) {
    return "  %s -> %s: %.0f %%%n"
        .formatted(moves.upstream(), moves.group(), 100 - moves.percent());
  }

  private static String judge(Report report) {
    if (report.asked() == 0) {
      return "\nnginx itself was not asked; with --ask-nginx it judges each of these requests\n";
    }
    StringBuilder text =
        new StringBuilder(
            "%nnginx itself was asked %,d requests; it decides otherwise than is said here: %,d%n"
                .formatted(report.asked(), report.disagreements()));
    report.disagreeing().forEach(each -> text.append("  ").append(each).append('\n'));
    return report.disagreements() == 0
        ? text.toString()
        : text.append("That is a fault of the gateway's; please report it with these lines.\n")
            .toString();
  }
}
