// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.compare;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.jspecify.annotations.Nullable;
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
  private final DryRun dryRun;
  private final Addresses addresses;
  private final @Nullable Judge judge;
  private final Evaluator evaluator;
  private final Set<String> workers = new LinkedHashSet<>();
  private final Set<String> main = new LinkedHashSet<>();
  private final Rows rows;
  private final List<String> notes = new ArrayList<>();
  private final Set<String> disagreements = new TreeSet<>();
  private int cases;
  private int questions;
  private int asked;

  private Comparison(
      Site site, DryRun dryRun, Map<String, String> addresses, @Nullable Judge judge) {
    this.site = site;
    this.dryRun = dryRun;
    this.addresses = new Addresses(addresses);
    this.judge = judge;
    this.evaluator = new Evaluator(site);
    this.rows = new Rows(site, this.addresses, evaluator, this::ours);
    RouteModel.workers(dryRun.context())
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
      Site site,
      DryRun dryRun,
      Map<String, String> addresses,
      @Nullable Judge judge,
      @Nullable LoggedRequests log)
      throws IOException {
    Comparison comparison = new Comparison(site, dryRun, addresses, judge);
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
    for (RouteExpression each : RouteExpression.all(dryRun.context(), "request")) {
      RequestLine.of(each.text()).forEach(line -> lines.add(line.text()));
    }
    for (String language : List.of("query", "argument")) {
      RouteExpression.all(dryRun.context(), language)
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

  private Rows.@Nullable Row look(Server server, Question question, boolean byEncoding)
      throws IOException {
    if (++questions > MAX_QUESTIONS) {
      return null;
    }
    Decision decision = evaluator.decide(question);
    if (judge != null) {
      asked++;
      String other = Judge.disagreement(decision, judge.ask(question));
      if (other != null) {
        disagreements.add(Rows.text(question) + ": " + other);
      }
    }
    Ours ours = ours(question);
    Judgement judgement = Judgement.of(question, decision, ours, addresses, workers, main);
    return rows.add(server, question, decision, ours, judgement, byEncoding);
  }

  private Ours ours(Question question) {
    List<String> fields = new ArrayList<>(question.fields());
    fields.add("Host: " + question.host());
    try {
      RequestHead head = Explainer.head(question.method(), question.target(), fields);
      InetAddress client = Objects.requireNonNull(AddressSet.numeric(question.client()));
      return Ours.of(dryRun.send(head, client));
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
        Rows.Row row = look(server, question, false);
        if (row != null) {
          row.countLogged();
        }
      }
    }
  }

  private Report report(List<Server> servers) {
    if (questions > MAX_QUESTIONS) {
      notes.add("more than " + MAX_QUESTIONS + " requests: the rest is not compared");
    }
    return new Report(
        servers.stream().map(Server::toString).toList(),
        cases,
        Math.min(questions, MAX_QUESTIONS),
        rows.all(),
        rows.moves(),
        notes,
        asked,
        disagreements.size(),
        disagreements.stream().limit(MAX_SHOWN).toList());
  }
}
