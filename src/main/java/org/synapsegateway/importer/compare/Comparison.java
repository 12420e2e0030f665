// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.compare;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.synapsegateway.config.RouteModel;
import org.synapsegateway.explain.DryRun;
import org.synapsegateway.explain.Explainer;
import org.synapsegateway.explain.LogLine;
import org.synapsegateway.explain.LoggedRequests;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.importer.nginx.Decision;
import org.synapsegateway.importer.nginx.Evaluator;
import org.synapsegateway.importer.nginx.Judge;
import org.synapsegateway.importer.nginx.Question;
import org.synapsegateway.importer.nginx.Server;
import org.synapsegateway.importer.nginx.Site;
import org.synapsegateway.importer.nginx.SitePatterns;
import org.synapsegateway.importer.nginx.Target;
import org.synapsegateway.net.AddressSet;
import org.synapsegateway.routing.RouteExpression;
import org.synapsegateway.routing.pattern.RequestCases;
import org.synapsegateway.routing.pattern.RequestLine;
import org.synapsegateway.worker.WorkerAddress;

/**
 * Asks nginx and the routes about every case that the patterns of both can tell apart, and sums up
 * what they decide. Confined to one thread.
 */
public final class Comparison {
  private static final int MAX_STATES = 20_000;
  private static final int MAX_QUESTIONS = 200_000;
  private static final int MAX_SHOWN = 20;

  private static final List<String> PRIVATE =
      List.of("^/_synapse/", "^/_synapse/client(/|$)", "^/_synapse/replication");

  private final Site site;
  private final DryRun rehearsal;
  private final Addresses addresses;
  private final Judge judge;
  private final Evaluator evaluator;
  private final Set<String> workers = new LinkedHashSet<>();
  private final Set<String> main = new LinkedHashSet<>();
  private final Map<Found, Seen> found = new LinkedHashMap<>();

  /** How often nginx sends a group's requests to each upstream. */
  private final Map<String, Map<String, Integer>> usual = new TreeMap<>();

  private final List<String> notes = new ArrayList<>();
  private final Set<String> disagreements = new TreeSet<>();
  private int cases;
  private int questions;
  private int asked;

  /** What is one row of the report. */
  private record Found(
      String server, Verdict verdict, String nginx, String routes, boolean byEncoding) {}

  /** What has been seen of a row. */
  private static final class Seen {
    private final Question question;
    private final Decision decision;
    private final Ours ours;
    private final String why;
    private int cases;
    private long logged;

    private Seen(Question question, Decision decision, Ours ours, String why) {
      this.question = question;
      this.decision = decision;
      this.ours = ours;
      this.why = why;
    }
  }

  private Comparison(Site site, DryRun rehearsal, Map<String, String> addresses, Judge judge) {
    this.site = site;
    this.rehearsal = rehearsal;
    this.addresses = new Addresses(addresses);
    this.judge = judge;
    this.evaluator = new Evaluator(site);
    RouteModel.workers(rehearsal.context())
        .forEach(
            (address, steps) -> {
              String worker = Addresses.normal(WorkerAddress.at(address).server());
              workers.add(worker);
              steps.stream()
                  .map(ProcessorDefinitionHelper::getRoute)
                  .filter(route -> route != null && "main".equals(route.getRouteId()))
                  .forEach(route -> main.add(worker));
            });
  }

  /**
   * Compares.
   *
   * @param addresses the routes' addresses of workers for which nginx has other ones
   * @param judge the site's own nginx, which is asked everything too; or null
   * @param log requests by whose number the differences are ranked; or null
   * @throws IOException if the log cannot be read, or nginx does not answer
   */
  public static Report of(
      Site site, DryRun rehearsal, Map<String, String> addresses, Judge judge, LoggedRequests log)
      throws IOException {
    Comparison comparison = new Comparison(site, rehearsal, addresses, judge);
    List<Server> servers =
        site.servers().stream().filter(server -> server.sends("proxy_pass")).toList();
    for (Server server : servers) {
      comparison.compare(server);
    }
    if (log != null && !servers.isEmpty()) {
      comparison.read(log, servers.get(0));
    }
    return comparison.report(servers);
  }

  private void compare(Server server) throws IOException {
    SitePatterns patterns = SitePatterns.of(site, server);
    Set<String> lines = new LinkedHashSet<>(PRIVATE);
    Set<String> arguments = new TreeSet<>();
    for (RouteExpression each : RouteExpression.all(rehearsal.context(), "request")) {
      RequestLine.of(each.text()).forEach(line -> lines.add(line.text()));
    }
    for (String language : List.of("query", "argument")) {
      RouteExpression.all(rehearsal.context(), language)
          .forEach(each -> arguments.add(each.text().replaceFirst("=.*", "")));
    }
    lines.addAll(patterns.expressions());
    RequestCases.Found all = RequestCases.of(List.copyOf(lines), MAX_STATES);
    patterns
        .notRegular()
        .forEach(
            each ->
                notes.add(
                    each
                        + " is no regular expression in the strict"
                        + " sense: it is compared by samples, not for all paths"));
    if (!all.complete()) {
      notes.add(server + " has too many combinations of patterns: the cases are not all");
    }
    cases += all.cases().size();
    Variants variants = new Variants(evaluator, patterns.values(), arguments);
    for (RequestCases.Case each : all.cases()) {
      Question plain = question(server, each.method(), each.path());
      for (Question question : variants.of(plain)) {
        look(server, question, false);
      }
      if (each.method().equals("GET")) {
        lookEncoded(server, plain);
      }
    }
  }

  private static Question question(Server server, String method, String target) {
    return new Question(
        server.listen(), server.host(), method, target, List.of(), Variants.PUBLIC_CLIENT);
  }

  /** What differs only because of how a path is written. */
  private void lookEncoded(Server server, Question plain) throws IOException {
    Decision decision = evaluator.decide(plain);
    Ours ours = ours(plain);
    for (String target : Variants.encoded(plain.target())) {
      Question question = plain.withTarget(target);
      boolean isSame =
          evaluator.decide(question).outcome().equals(decision.outcome())
              && ours(question).outcome().equals(ours.outcome());
      if (!isSame) {
        look(server, question, true);
      }
    }
  }

  private Seen look(Server server, Question question, boolean byEncoding) throws IOException {
    if (++questions > MAX_QUESTIONS) {
      return null;
    }
    Decision decision = evaluator.decide(question);
    if (judge != null) {
      asked++;
      String other = Judge.disagreement(decision, judge.ask(question));
      if (other != null) {
        disagreements.add(text(question) + ": " + other);
      }
    }
    Ours ours = ours(question);
    Judgement judgement = Judgement.of(question, decision, ours, addresses, workers, main);
    Found row =
        new Found(
            server.toString(), judgement.verdict(), decision.outcome(), ours.outcome(), byEncoding);
    Seen seen =
        found.computeIfAbsent(row, made -> new Seen(question, decision, ours, judgement.why()));
    seen.cases++;
    usual
        .computeIfAbsent(ours.group(), group -> new TreeMap<>())
        .merge(decision.outcome(), 1, Integer::sum);
    return seen;
  }

  private Ours ours(Question question) {
    List<String> fields = new ArrayList<>(question.fields());
    fields.add("Host: " + question.host());
    try {
      RequestHead head = Explainer.head(question.method(), question.target(), fields);
      InetAddress client = AddressSet.numeric(question.client());
      return Ours.of(rehearsal.send(head, client));
    } catch (HttpException e) {
      return Ours.refused(e.failure().status());
    }
  }

  // ---- the log

  private void read(LoggedRequests log, Server server) throws IOException {
    for (String line = log.next(); line != null; line = log.next()) {
      LogLine.Entry entry;
      try {
        entry = LogLine.parse(line);
      } catch (HttpException e) {
        continue; // neither side serves it
      }
      if (entry != null) {
        RequestHead head = entry.head();
        Question question =
            new Question(
                server.listen(),
                server.host(),
                head.method(),
                head.target(),
                entry.fields(),
                entry.client().getHostAddress());
        Seen seen = look(server, question, false);
        if (seen != null) {
          seen.cases--;
          seen.logged++;
        }
      }
    }
  }

  // ---- the report

  private Report report(List<Server> servers) {
    if (questions > MAX_QUESTIONS) {
      notes.add("more than " + MAX_QUESTIONS + " requests: the rest is not compared");
    }
    Map<String, Moves> moves = new TreeMap<>();
    List<Report.Row> rows = new ArrayList<>();
    found.forEach((row, seen) -> rows.add(row(row, seen, moves)));
    rows.sort(
        Comparator.comparing(Report.Row::verdict)
            .thenComparing(Comparator.comparingLong(Report.Row::logged).reversed())
            .thenComparing(Comparator.comparingInt(Report.Row::cases).reversed()));
    return new Report(
        servers.stream().map(Server::toString).toList(),
        cases,
        Math.min(questions, MAX_QUESTIONS),
        rows,
        List.copyOf(moves.values()),
        notes,
        asked,
        disagreements.size(),
        disagreements.stream().limit(MAX_SHOWN).toList());
  }

  private Report.Row row(Found row, Seen seen, Map<String, Moves> moves) {
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
      String pair = seen.decision.target().name() + " " + seen.ours.servedBy();
      Moves moved =
          moves.computeIfAbsent(
              pair,
              made ->
                  Moves.of(
                      seen.question, seen.decision, seen.ours, addresses, evaluator, this::ours));
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
  private boolean isByAccident(Found row, Seen seen) {
    String most =
        usual.get(seen.ours.group()).entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .orElseThrow()
            .getKey();
    Target target = site.upstreams().get(most.toLowerCase(Locale.ROOT));
    return !most.equals(row.nginx)
        && addresses.of(target == null ? Target.address(most) : target).equals(seen.ours.servers());
  }

  private static String text(Question question) {
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
