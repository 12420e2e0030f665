// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import java.util.Map;

/** A {@link Traffic.Summary} as people read it. */
public final class TrafficText {
  private final Traffic.Summary summary;

  private TrafficText(Traffic.Summary summary) {
    this.summary = summary;
  }

  public static String of(Traffic.Summary summary) {
    return new TrafficText(summary).text();
  }

  private String text() {
    return read()
        + "\n"
        + groups()
        + "\n"
        + workers()
        + main()
        + "\nWhere a line holds no token, its client's address counts as a user.\n";
  }

  private String read() {
    StringBuilder text =
        new StringBuilder(
            "%,d lines, %,d requests%n".formatted(summary.lines(), summary.requests()));
    if (summary.unreadable() > 0) {
      text.append(
          "lines without a request line in quotes: %,d, the first is line %d%n"
              .formatted(summary.unreadable(), summary.firstUnreadable()));
    }
    if (summary.unaddressed() > 0) {
      text.append(
          "lines without a client's address, which count as one client: %,d, the first is line %d%n"
              .formatted(summary.unaddressed(), summary.firstUnaddressed()));
    }
    summary
        .refused()
        .forEach(
            (answer, count) ->
                text.append("requests that would get %s: %,d%n".formatted(answer, count)));
    return text.toString();
  }

  private TextTable groups() {
    TextTable table =
        new TextTable()
            .row("   requests    share", "group", "by", "   requests    share", "goes to");
    for (Traffic.Group group : summary.groups()) {
      String count = share(group.requests(), summary.requests());
      String name = group.name();
      String by = group.by() == null ? "-" : group.by();
      for (Traffic.Share to : group.to()) {
        table.row(
            count,
            name,
            by,
            share(to.requests(), group.requests()),
            to.worker()
                + (to.standsIn() == null ? "" : "  (" + to.standsIn() + " is the fallback)"));
        count = "";
        name = "";
        by = "";
      }
    }
    return table;
  }

  private TextTable workers() {
    TextTable table = new TextTable().row("   requests    share", "worker");
    for (Traffic.Share worker : summary.workers()) {
      table.row(share(worker.requests(), summary.requests()), worker.worker());
    }
    return table;
  }

  private String main() {
    if (summary.toMain().isEmpty()) {
      return "";
    }
    long sum = summary.toMain().values().stream().mapToLong(Long::longValue).sum();
    return "%nmain gets %,d (%.1f %%)%n".formatted(sum, 100.0 * sum / summary.requests())
        + counts(summary.toMain(), " for ")
        + (summary.unnamed().isEmpty()
            ? ""
            : "\nof which no line of the routes names, above all\n"
                + counts(summary.unnamed(), "  "));
  }

  private static TextTable counts(Map<String, Long> counts, String before) {
    TextTable table = new TextTable();
    counts.forEach((name, count) -> table.row("%,11d%s%s".formatted(count, before, name)));
    return table;
  }

  private static String share(long count, long all) {
    return "%,11d  %5.1f %%".formatted(count, 100.0 * count / all);
  }
}
