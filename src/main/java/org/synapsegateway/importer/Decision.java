// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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

  /** A quarter of a group's lines, at least, lead to the workers that get it. */
  private static final int MIN_SHARE = 4;

  private final Site site;
  private final Answers answers;
  private final Preference preference;
  private final ProxyAddresses addresses;
  private final Assignment assignment = new Assignment();

  private Decision(Site site, Answers answers, Preference preference, ProxyAddresses addresses) {
    this.site = site;
    this.answers = answers;
    this.preference = preference;
    this.addresses = addresses;
  }

  static Assignment of(
      Site site, Answers answers, Preference preference, ProxyAddresses addresses) {
    Decision decision = new Decision(site, answers, preference, addresses);
    decision.decideFacts();
    Set<SynapseProcess> decided = decision.decideAnswers();
    decided.addAll(decision.decideByProxy(decided));
    List<SynapseProcess> generic = decision.decideNames(decided);
    decision.fillUp(generic);
    decision.assignment.sort(site);
    new Surprises(site, decision.assignment).find();
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
                    .add(Finding.problem(answer.place(), "there is no worker " + name));
                return;
              }
              decided.add(worker.get());
              for (RouteGroup group : answer.groups()) {
                addOrTell(group, worker.get(), "answer: " + answer.place());
              }
            });
    return decided;
  }

  private void addOrTell(RouteGroup group, SynapseProcess worker, String source) {
    if (!assignment.add(group, worker, source)) {
      assignment
          .findings()
          .add(
              Finding.problem(
                  worker.place(),
                  "%s should serve %s, and has no listener for %s: requests would get 404"
                      .formatted(
                          worker.described(),
                          group.id(),
                          group.need().name().toLowerCase(Locale.ROOT))));
    }
  }

  // ---- the proxy that is there

  /** Returns the workers that the proxy sends anything to: of those no name counts. */
  private Set<SynapseProcess> decideByProxy(Set<SynapseProcess> answered) {
    Set<SynapseProcess> decided = new LinkedHashSet<>(workers(preference.servers()));
    for (RouteGroup group : RouteGroup.values()) {
      List<Preference.Share> shares = ordered(preference.shares(group));
      if (group.isFact()) {
        shares.forEach(share -> findOtherThanFact(group, share));
      } else if (!shares.isEmpty()) {
        Preference.Share first = shares.get(0);
        for (SynapseProcess worker : workers(first.servers())) {
          if (!answered.contains(worker)) {
            addOrTell(group, worker, "proxy: " + first.where());
          }
          decided.add(worker);
        }
        shares.subList(1, shares.size()).forEach(other -> findOther(group, first, other));
      }
    }
    return decided;
  }

  /**
   * The main process last, unless hardly a line leads to anybody else: it has what is forgotten.
   */
  private List<Preference.Share> ordered(List<Preference.Share> shares) {
    int lines = shares.stream().mapToInt(Preference.Share::lines).sum();
    List<Preference.Share> ordered = new ArrayList<>(shares);
    ordered.sort(
        Comparator.comparing(share -> isMain(share) || share.lines() * MIN_SHARE < lines ? 1 : 0));
    return ordered.isEmpty() || !isMain(ordered.get(0)) ? ordered : shares;
  }

  private void findOther(RouteGroup group, Preference.Share first, Preference.Share other) {
    String text =
        "%d request lines of %s lead to %s, the most to %s"
            .formatted(other.lines(), group.id(), other.servers(), first.servers());
    // the main process can serve it too, which is a matter of load
    assignment
        .findings()
        .add(
            isMain(other) || isMain(first)
                ? Finding.note(other.where(), text)
                : Finding.problem(other.where(), text));
  }

  private boolean isMain(Preference.Share share) {
    return share.servers().stream()
        .allMatch(server -> addresses.process(server).filter(SynapseProcess::isMain).isPresent());
  }

  private void findOtherThanFact(RouteGroup group, Preference.Share share) {
    List<SynapseProcess> there = workers(share.servers());
    boolean isMains = assignment.of(group).isEmpty();
    boolean isRight = there.equals(assignment.workers(group));
    if (isRight || isMains && group == RouteGroup.QUARANTINED_MEDIA) {
      return;
    }
    String text =
        "%d request lines of %s lead to %s, and %s serves it"
            .formatted(
                share.lines(),
                group.id(),
                share.servers(),
                isMains ? "the main process" : assignment.names(group));
    boolean isAble = group == RouteGroup.MEDIA && isMain(share) && site.main().mediaRepository();
    assignment
        .findings()
        .add(isAble ? Finding.note(share.where(), text) : Finding.problem(share.where(), text));
  }

  /** Those behind some addresses, in the order of their files. */
  private List<SynapseProcess> workers(Collection<String> servers) {
    Set<SynapseProcess> there =
        servers.stream()
            .map(addresses::process)
            .flatMap(Optional::stream)
            .collect(Collectors.toSet());
    return site.workers().stream().filter(there::contains).toList();
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
      return;
    }
    for (RouteGroup group : meaning.groups()) {
      addOrTell(group, worker, meaning.ambiguous() ? "by its name, a guess" : "by its name");
    }
    if (meaning.ambiguous()) {
      assignment
          .findings()
          .add(
              Finding.problem(
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

  private void findDuty(SynapseProcess worker) {
    if (worker.isAsked()
        && assignment.groups(worker).isEmpty()
        && !site.background().contains(worker.name())) {
      assignment
          .findings()
          .add(
              Finding.note(
                  worker.place(),
                  worker.described()
                      + " has a listener, and nothing in the configuration makes anybody ask it"));
    }
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
    if (assignment.of(group).isEmpty() && preference.shares(group).isEmpty()) {
      assignment
          .of(from)
          .forEach(member -> assignment.add(group, member.worker(), "as " + from.id() + " has it"));
    }
  }

  private static String names(List<RouteGroup> groups) {
    return String.join(", ", groups.stream().map(RouteGroup::id).toList());
  }
}
