package org.synapsegateway.importer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.synapsegateway.importer.synapse.Finding;
import org.synapsegateway.importer.synapse.Listener;
import org.synapsegateway.importer.synapse.Need;
import org.synapsegateway.importer.synapse.Site;
import org.synapsegateway.importer.synapse.Stream;
import org.synapsegateway.importer.synapse.SynapseProcess;

/**
 * Which workers serve which group. The strongest word counts: what the configuration demands, what
 * an admin has answered, what the proxy does that serves the site, what a worker's name says, what
 * its listeners can serve. Where nothing says anything there is a question.
 */
final class Assignment {
  /**
   * A worker in a group.
   *
   * @param source who says so, for people
   */
  record Member(SynapseProcess worker, Listener listener, String source) {
    /** Whether the gateway can speak to it. */
    boolean isReachable() {
      return listener.server().isPresent();
    }

    String server() {
      return listener.server().orElseThrow();
    }
  }

  /** What no generic worker takes of its own accord: others stand in, or one process only may. */
  private static final List<RouteGroup> GENERIC =
      List.of(
          RouteGroup.NORMAL_SYNC,
          RouteGroup.EVENT_CREATOR,
          RouteGroup.CLIENT_READER,
          RouteGroup.FEDERATION_READER,
          RouteGroup.FEDERATION_INBOUND);

  private final Site site;
  private final Answers answers;
  private final Map<RouteGroup, List<Member>> members = new EnumMap<>(RouteGroup.class);
  private final List<Finding> findings = new ArrayList<>();
  private final List<SynapseProcess> questions = new ArrayList<>();

  private Assignment(Site site, Answers answers) {
    this.site = site;
    this.answers = answers;
  }

  static Assignment of(Site site, Answers answers, Preference preference) {
    Assignment assignment = new Assignment(site, answers);
    assignment.decideFacts();
    Set<SynapseProcess> decided = assignment.decideAnswers();
    decided.addAll(assignment.decideByProxy(preference, decided));
    List<SynapseProcess> generic = assignment.decideNames(decided);
    assignment.fillUp(generic);
    assignment.sort();
    assignment.findSurprises();
    return assignment;
  }

  /** The workers of a group, in the order in which the ring has them. */
  List<Member> of(RouteGroup group) {
    return members.getOrDefault(group, List.of());
  }

  /** Those of them that the gateway can speak to. */
  List<Member> reachable(RouteGroup group) {
    return of(group).stream().filter(Member::isReachable).toList();
  }

  List<Finding> findings() {
    return findings;
  }

  /** Workers of which nothing says what they serve. */
  List<SynapseProcess> questions() {
    return questions;
  }

  private boolean add(RouteGroup group, SynapseProcess worker, String source) {
    Optional<Listener> listener = worker.listener(group.need());
    listener.ifPresent(
        it ->
            members
                .computeIfAbsent(group, key -> new ArrayList<>())
                .add(new Member(worker, it, source)));
    return listener.isPresent();
  }

  // ---- facts

  private void decideFacts() {
    for (SynapseProcess worker : site.workers()) {
      if (worker.listener(Need.MEDIA).isPresent()) {
        add(RouteGroup.MEDIA, worker, "fact: its listener serves media");
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
        || group == RouteGroup.QUARANTINED_MEDIA && writers.equals(workers(RouteGroup.MEDIA))) {
      return; // the last line of the group leads there
    }
    for (SynapseProcess writer : writers) {
      if (!add(group, writer, "fact: stream_writers, " + stream.place())) {
        findings.add(
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

  private List<SynapseProcess> workers(RouteGroup group) {
    return of(group).stream().map(Member::worker).toList();
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
                findings.add(Finding.problem(answer.place(), "there is no worker " + name));
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
    if (!add(group, worker, source)) {
      findings.add(
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

  private Set<SynapseProcess> decideByProxy(Preference preference, Set<SynapseProcess> answered) {
    Set<SynapseProcess> decided = new LinkedHashSet<>();
    for (RouteGroup group : RouteGroup.values()) {
      List<Preference.Share> shares = preference.shares(group);
      if (shares.isEmpty()) {
        continue;
      }
      Preference.Share first = shares.get(0);
      if (group.isFact()) {
        findOtherWriter(group, first);
      } else {
        for (SynapseProcess worker : behind(first)) {
          if (!answered.contains(worker)) {
            addOrTell(group, worker, "proxy: " + first.where());
          }
          decided.add(worker);
        }
      }
      for (Preference.Share other : shares.subList(1, shares.size())) {
        findings.add(
            Finding.problem(
                other.where(),
                "%d request lines of %s lead to %s, the most to %s"
                    .formatted(other.lines(), group.id(), other.servers(), first.servers())));
      }
    }
    return decided;
  }

  private void findOtherWriter(RouteGroup group, Preference.Share share) {
    List<SynapseProcess> there = behind(share);
    if (!of(group).isEmpty() && !there.equals(workers(group))) {
      findings.add(
          Finding.problem(
              share.where(),
              "leads %s to %s, and %s serves it"
                  .formatted(group.id(), share.servers(), names(group))));
    }
  }

  private List<SynapseProcess> behind(Preference.Share share) {
    return site.workers().stream()
        .filter(
            worker ->
                worker.listeners().stream()
                    .anyMatch(
                        listener ->
                            listener.server().stream().anyMatch(share.servers()::contains)
                                || listener.addresses().stream()
                                    .anyMatch(share.servers()::contains)))
        .toList();
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
      findings.add(
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
    if (worker.isAsked() && isIdle(worker) && !site.background().contains(worker.name())) {
      findings.add(
          Finding.note(
              worker.place(),
              worker.described()
                  + " has a listener, and nothing in the configuration makes anybody ask it"));
    }
  }

  private void askIfIdle(SynapseProcess worker) {
    if (worker.isAsked() && isIdle(worker) && !site.background().contains(worker.name())) {
      questions.add(worker);
    }
  }

  private boolean isIdle(SynapseProcess worker) {
    return members.values().stream().noneMatch(group -> isIn(group, worker));
  }

  private static boolean isIn(List<Member> group, SynapseProcess worker) {
    return group.stream().anyMatch(member -> member.worker().equals(worker));
  }

  // ---- what is left

  private void fillUp(List<SynapseProcess> generic) {
    for (RouteGroup group : GENERIC) {
      if (of(group).isEmpty()) {
        generic.forEach(worker -> add(group, worker, "by what its listener serves"));
      }
    }
    copyIfEmpty(RouteGroup.FEDERATION_INBOUND, RouteGroup.FEDERATION_READER);
    if (reachable(RouteGroup.CLIENT_READER).size() > 1) {
      // several that share rooms; one alone stands in by a line of its own
      copyIfEmpty(RouteGroup.PAGINATION, RouteGroup.CLIENT_READER);
    }
  }

  private void copyIfEmpty(RouteGroup group, RouteGroup from) {
    if (of(group).isEmpty()) {
      of(from).forEach(member -> add(group, member.worker(), "as " + from.id() + " has it"));
    }
  }

  /** As their files come, whoever has put them there. */
  private void sort() {
    members
        .values()
        .forEach(
            group ->
                group.sort(
                    Comparator.comparingInt(member -> site.workers().indexOf(member.worker()))));
  }

  // ---- what an admin should know

  private void findSurprises() {
    if (of(RouteGroup.SSO).size() > 1) {
      findings.add(
          Finding.problem(
              of(RouteGroup.SSO).get(1).worker().place(),
              "single sign-on works in one process only, and these are several: "
                  + names(RouteGroup.SSO)
                  + "; the main process serves it until one is answered for"));
      members.remove(RouteGroup.SSO);
    }
    for (SynapseProcess worker : site.workers()) {
      findOtherName(worker);
      List<String> groups =
          members.keySet().stream()
              .filter(group -> isIn(of(group), worker))
              .map(RouteGroup::id)
              .toList();
      if (groups.size() > 1) {
        findings.add(
            Finding.note(
                worker.place(),
                worker.name() + " serves several groups: " + String.join(", ", groups)));
      }
    }
    for (SynapseProcess worker : questions) {
      findings.add(
          Finding.problem(
              worker.place(),
              "%s: which group? Import with --ask, or: echo '%s: GROUP' >> %s"
                  .formatted(worker.described(), worker.name(), Answers.FILE)));
    }
  }

  /** A name that tells of a stream which others write. */
  private void findOtherName(SynapseProcess worker) {
    for (RouteGroup group : RouteGroup.values()) {
      boolean named =
          group.stream()
              .filter(
                  stream ->
                      ("_" + worker.name().replace('-', '_') + "_")
                          .matches(".*_" + stream + "\\d*_.*"))
              .isPresent();
      boolean writes =
          group.stream()
              .map(site.streams()::get)
              .filter(stream -> stream.writers().contains(worker.name()))
              .isPresent();
      if (named && !writes) {
        findings.add(
            Finding.problem(
                worker.place(),
                "%s is named after %s, which stream_writers gives to %s"
                    .formatted(worker.name(), group.id(), writers(group))));
      }
    }
  }

  private String writers(RouteGroup group) {
    return group.stream()
        .map(site.streams()::get)
        .map(stream -> String.join(", ", stream.writers()))
        .orElse("the main process");
  }

  private String names(RouteGroup group) {
    return String.join(", ", of(group).stream().map(member -> member.worker().name()).toList());
  }

  private static String names(List<RouteGroup> groups) {
    return String.join(", ", groups.stream().map(RouteGroup::id).toList());
  }
}
