// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import org.jspecify.annotations.Nullable;

/** An {@link Explanation} as people read it: first the lines that decided, then the result. */
public final class ExplanationText {
  private ExplanationText() {}

  public static String of(Explanation explanation) {
    return explanation.request()
        + " from "
        + explanation.client()
        + (explanation.doubt() == null
            ? ""
            : ", which counts as a public client: " + explanation.doubt())
        + "\n\n"
        + way(explanation)
        + "\n"
        + result(explanation);
  }

  private static TextTable way(Explanation explanation) {
    TextTable table = new TextTable();
    for (Decision step : explanation.decisions()) {
      table.row(step.route(), step.place(), step.because(), "-> " + step.to());
    }
    return table;
  }

  private static TextTable result(Explanation explanation) {
    TextTable table = new TextTable();
    String answer = explanation.answer().toString();
    if (explanation.group() == null) {
      return table.row("answer", answer);
    }
    addGroup(table, explanation.group());
    addKey(table, explanation.key());
    addRing(table, explanation.ring());
    String label = "worker";
    for (Explanation.Worker worker : explanation.workers()) {
      table.row(label, shown(worker));
      label = label.equals("worker") ? "if it is down" : "then";
    }
    table.row(label, answer);
    if (explanation.ifItDies() != null) {
      table.row("if it dies", explanation.ifItDies());
    }
    return table;
  }

  private static void addGroup(TextTable table, Explanation.Group group) {
    table.row(
        "group", group.name() + (group.description() == null ? "" : ": " + group.description()));
    if (group.rule() != null) {
      table.wrapped("rule", group.rule());
    }
  }

  private static void addKey(TextTable table, Explanation.@Nullable Key key) {
    if (key != null) {
      table.row(
          "key", key.by() + ": " + (key.shown() == null ? "" : key.shown() + ", ") + key.kind());
      if (key.asksSynapse()) {
        table.row("", "until a worker has said whose token it is; then that user's localpart");
      }
    }
  }

  private static void addRing(TextTable table, Explanation.@Nullable Ring ring) {
    if (ring != null) {
      table.row(
          "ring",
          "point %d of %d, at %s; the key is at %s"
              .formatted(ring.point(), ring.points(), ring.at(), ring.key()));
    }
  }

  private static String shown(Explanation.Worker worker) {
    return worker.server()
        + (worker.standsIn() == null ? "" : "  (" + worker.standsIn() + " is the fallback)")
        + (worker.holdMillis() == 0
            ? ""
            : "  (waited for, " + shown(worker.holdMillis()) + " at most)");
  }

  private static String shown(long millis) {
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
  }
}
