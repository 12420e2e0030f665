// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.compare;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.synapsegateway.importer.nginx.Decision;
import org.synapsegateway.importer.nginx.Evaluator;
import org.synapsegateway.importer.nginx.Question;
import org.synapsegateway.importer.nginx.Server;
import org.synapsegateway.importer.nginx.Site;
import org.synapsegateway.importer.nginx.Target;

/**
 * The rows of a report: requests that both sides decide alike are one row, with the first of them
 * as its example. Confined to one thread.
 */
final class Rows {
  private final Site site;
  private final Addresses addresses;
  private final Evaluator evaluator;
  private final Function<Question, Ours> routes;
  private final Map<Key, Row> rows = new LinkedHashMap<>();
  private final Map<String, Moves> moves = new TreeMap<>();

  /** How often nginx sends a group's requests to each upstream. */
  private final Map<String, Map<String, Integer>> usual = new TreeMap<>();

  /** What the requests of a row have in common. */
  private record Key(
      String server,
      Verdict verdict,
      String nginx,
      String routes,
      boolean byEncoding,
      boolean byRoom) {}

  /** What has been seen of a row. */
  static final class Row {
    private final Question question;
    private final Decision decision;
    private final Ours ours;
    private final String why;
    private int cases;
    private long logged;

    private Row(Question question, Decision decision, Ours ours, String why) {
      this.question = question;
      this.decision = decision;
      this.ours = ours;
      this.why = why;
    }

    /** The request that was added last is one of a log, and no case of the patterns. */
    void countLogged() {
      cases--;
      logged++;
    }
  }

  Rows(Site site, Addresses addresses, Evaluator evaluator, Function<Question, Ours> routes) {
    this.site = site;
    this.addresses = addresses;
    this.evaluator = evaluator;
    this.routes = routes;
  }

  /** Adds a request to its row, and returns the row. */
  Row add(
      Server server,
      Question question,
      Decision decision,
      Ours ours,
      Judgement judgement,
      boolean byEncoding) {
    Key key =
        new Key(
            server.toString(),
            judgement.verdict(),
            decision.outcome(),
            ours.outcome(),
            byEncoding,
            Moves.isByRoom(question, ours));
    Row row = rows.computeIfAbsent(key, made -> new Row(question, decision, ours, judgement.why()));
    row.cases++;
    usual
        .computeIfAbsent(ours.group(), group -> new TreeMap<>())
        .merge(decision.outcome(), 1, Integer::sum);
    return row;
  }

  /** All rows, the worst and most frequent ones first. */
  List<Report.Row> all() {
    return rows.entrySet().stream()
        .map(each -> row(each.getKey(), each.getValue()))
        .sorted(
            Comparator.comparing(Report.Row::verdict)
                .thenComparing(Comparator.comparingLong(Report.Row::logged).reversed())
                .thenComparing(Comparator.comparingInt(Report.Row::cases).reversed()))
        .toList();
  }

  /** Who gets another worker of the same ones; known once {@link #all} has been asked. */
  List<Moves> moves() {
    return List.copyOf(moves.values());
  }

  private Report.Row row(Key row, Row seen) {
    Verdict verdict = row.verdict;
    String why = seen.why;
    if (verdict == Verdict.WOULD_BREAK && isByAccident(row, seen)) {
      verdict = Verdict.BETTER;
      why = "nginx too sends most of this group to those; its pattern takes some by accident";
    }
    boolean isShared =
        verdict == Verdict.SAME
            && seen.decision.kind() == Decision.Kind.SENT
            && seen.ours.servers().size() > 1;
    if (isShared) {
      String pair = seen.decision.target().name() + " " + seen.ours.servedBy() + row.byRoom;
      Moves moved =
          moves.computeIfAbsent(
              pair,
              made ->
                  Moves.of(seen.question, seen.decision, seen.ours, addresses, evaluator, routes));
      if (moved.percent() > 0) {
        verdict = Verdict.LOAD_DIFFERS;
        why = moved.why();
      }
    }
    return new Report.Row(
        verdict,
        row.server,
        row.nginx,
        seen.decision.location(),
        row.routes,
        why.isEmpty() ? null : why,
        text(seen.question),
        row.byEncoding,
        seen.cases,
        seen.logged);
  }

  /** Whether nginx sends most of the group to where the routes send all of it. */
  private boolean isByAccident(Key row, Row seen) {
    String most =
        usual.getOrDefault(seen.ours.group(), Map.of()).entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .orElseThrow()
            .getKey();
    Target target = site.upstreams().get(most.toLowerCase(Locale.ROOT));
    return !most.equals(row.nginx)
        && addresses.of(target == null ? Target.address(most) : target).equals(seen.ours.servers());
  }

  static String text(Question question) {
    StringBuilder text = new StringBuilder(question.method() + " " + question.target());
    question.fields().forEach(field -> text.append(" -H '").append(hidden(field)).append('\''));
    return question.client().equals(Variants.PUBLIC_CLIENT)
        ? text.toString()
        : text.append(" of ").append(question.client()).toString();
  }

  /** Without what a log may have told of a token. */
  private static String hidden(String field) {
    return field.startsWith("Authorization:") && !Variants.isMade(field)
        ? "Authorization: .."
        : field;
  }
}
