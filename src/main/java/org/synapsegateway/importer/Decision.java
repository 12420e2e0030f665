// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.synapsegateway.fault.Code;
import org.synapsegateway.importer.synapse.Finding;
import org.synapsegateway.importer.synapse.Need;
import org.synapsegateway.importer.synapse.Site;
import org.synapsegateway.importer.synapse.Stream;
import org.synapsegateway.importer.synapse.SynapseProcess;

/**
 * Decides which workers serve which group. The strongest word counts: what the configuration
 * demands, what an admin has answered, what the proxy does that serves the site, what a worker's
 * name says, what its listeners can serve. Where nothing says anything there is a question.
 */
final class Decision {
  /** What generic workers take; of the other groups others take care, or one process only may. */
  private static final List<RouteGroup> GENERIC =
      List.of(
          RouteGroup.NORMAL_SYNC,
          RouteGroup.EVENT_CREATOR,
          RouteGroup.CLIENT_READER,
          RouteGroup.FEDERATION_READER,
          RouteGroup.FEDERATION_INBOUND);

  private final Site site;
  private final Answers answers;
  private final ExistingProxy proxy;
  private final Assignment assignment = new Assignment();

  private Decision(Site site, Answers answers, ExistingProxy proxy) {
    this.site = site;
    this.answers = answers;
    this.proxy = proxy;
  }

  static Assignment of(Site site, Answers answers, ExistingProxy proxy, ProxyAddresses addresses) {
    Decision decision = new Decision(site, answers, proxy);
    decision.decideFacts();
    Set<SynapseProcess> decided = decision.decideAnswers();
    decided.addAll(new ProxyDecision(site, proxy, addresses, decision.assignment).decide(decided));
    List<SynapseProcess> generic = decision.decideNames(decided);
    decision.fillUp(generic);
    decision.assignment.sort(site);
    new AssignmentChecks(site, decision.assignment).find();
    return decision.assignment;
  }

  // ---- facts

  private void decideFacts() {
    for (SynapseProcess worker : site.workers()) {
      if (worker.listener(Need.MEDIA).isPresent()) {
        assignment.add(RouteGroup.MEDIA, worker, "fact: its listener serves media");
      }
    }
    for (RouteGroup group : RouteGroup.values()) {
      group.stream().map(site.streams()::get).ifPresent(stream -> decideWriters(group, stream));
    }
  }

  private void decideWriters(RouteGroup group, Stream stream) {
    List<SynapseProcess> writers =
        stream.writers().stream().map(site::process).flatMap(Optional::stream).toList();
    boolean mainAlone = writers.stream().allMatch(SynapseProcess::isMain);
    if (mainAlone
        || group == RouteGroup.QUARANTINED_MEDIA
            && writers.equals(assignment.workers(RouteGroup.MEDIA))) {
      return; // the last line of the group leads there
    }
    for (SynapseProcess writer : writers) {
      if (!assignment.add(group, writer, "fact: stream_writers, " + stream.place())) {
        assignment
            .findings()
            .add(
                Finding.problem(
                    Code.WRITER_WITHOUT_LISTENER,
                    writer.place(),
                    "%s writes %s and has no listener for %s, so whoever is asked instead cannot: add one"
                        .formatted(
                            writer.name(),
                            stream.name(),
                            group.need().name().toLowerCase(Locale.ROOT))));
      }
    }
  }

  // ---- answers

  private Set<SynapseProcess> decideAnswers() {
    Set<SynapseProcess> decided = new LinkedHashSet<>();
    answers
        .all()
        .forEach(
            (name, answer) -> {
              Optional<SynapseProcess> worker = site.process(name).filter(it -> !it.isMain());
              if (worker.isEmpty()) {
                assignment
                    .findings()
                    .add(
                        Finding.problem(
                            Code.UNKNOWN_ANSWER, answer.place(), "there is no worker " + name));
                return;
              }
              decided.add(worker.get());
              for (RouteGroup group : answer.groups()) {
                assignment.addOrTell(group, worker.get(), "answer: " + answer.place());
              }
            });
    return decided;
  }

  // ---- names

  /** Returns those that serve what nobody else does. */
  private List<SynapseProcess> decideNames(Set<SynapseProcess> decided) {
    List<SynapseProcess> generic = new ArrayList<>();
    for (SynapseProcess worker : site.workers()) {
      Optional<NameMeaning> meaning = meaning(worker);
      if (decided.contains(worker)) {
        continue;
      }
      if (meaning.isEmpty()) {
        askIfIdle(worker);
        continue;
      }
      switch (meaning.get().kind()) {
        case GENERIC -> generic.add(worker);
        case DUTY -> findDuty(worker);
        case GROUPS -> decideName(worker, meaning.get());
      }
    }
    return generic;
  }

  /** By its old kind where the name alone leaves room for doubt. */
  private static Optional<NameMeaning> meaning(SynapseProcess worker) {
    Optional<NameMeaning> byName = NameMeaning.of(worker.name());
    return byName
        .filter(meaning -> !meaning.ambiguous())
        .or(() -> NameMeaning.of(worker.app()))
        .or(() -> byName);
  }

  private void decideName(SynapseProcess worker, NameMeaning meaning) {
    if (!worker.isAsked()) {
      findUnasked(worker);
      return;
    }
    for (RouteGroup group : meaning.groups()) {
      assignment.addOrTell(
          group, worker, meaning.ambiguous() ? "by its name, a guess" : "by its name");
    }
    if (meaning.ambiguous()) {
      assignment
          .findings()
          .add(
              Finding.problem(
                  Code.AMBIGUOUS_NAME,
                  worker.place(),
                  "%s can mean several things; it is taken for %s. To confirm or change it: echo '%s: %s' >> %s"
                      .formatted(
                          worker.described(),
                          names(meaning.groups()),
                          worker.name(),
                          names(meaning.groups()),
                          Answers.FILE)));
    }
  }

  private void findUnasked(SynapseProcess worker) {
    if (!site.background().contains(worker.name())) {
      noteIdle(worker, worker.name() + " has no listener for requests, so nobody asks it");
    }
  }

  private void findDuty(SynapseProcess worker) {
    if (worker.isAsked()
        && assignment.groups(worker).isEmpty()
        && !site.background().contains(worker.name())) {
      noteIdle(
          worker,
          worker.described()
              + " has a listener, and nothing in the configuration makes anybody ask it");
    }
  }

  private void noteIdle(SynapseProcess worker, String why) {
    assignment.findings().add(Finding.note(Code.IDLE_WORKER, worker.place(), why));
  }

  private void askIfIdle(SynapseProcess worker) {
    if (worker.isAsked()
        && assignment.groups(worker).isEmpty()
        && !site.background().contains(worker.name())) {
      assignment.questions().add(worker);
    }
  }

  // ---- what is left

  private void fillUp(List<SynapseProcess> generic) {
    for (RouteGroup group : GENERIC) {
      if (assignment.of(group).isEmpty()) {
        generic.forEach(worker -> assignment.add(group, worker, "by what its listener serves"));
      }
    }
    copyIfEmpty(RouteGroup.FEDERATION_INBOUND, RouteGroup.FEDERATION_READER);
    if (assignment.reachable(RouteGroup.CLIENT_READER).size() > 1) {
      // several that share rooms; one alone stands in by a line of its own
      copyIfEmpty(RouteGroup.PAGINATION, RouteGroup.CLIENT_READER);
    }
  }

  private void copyIfEmpty(RouteGroup group, RouteGroup from) {
    if (assignment.of(group).isEmpty() && proxy.shares(group).isEmpty()) {
      assignment
          .of(from)
          .forEach(member -> assignment.add(group, member.worker(), "as " + from.id() + " has it"));
    }
  }

  private static String names(List<RouteGroup> groups) {
    return String.join(", ", groups.stream().map(RouteGroup::id).toList());
  }
}
