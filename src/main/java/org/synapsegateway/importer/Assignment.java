// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.synapsegateway.fault.Code;
import org.synapsegateway.importer.synapse.Finding;
import org.synapsegateway.importer.synapse.Listener;
import org.synapsegateway.importer.synapse.Site;
import org.synapsegateway.importer.synapse.SynapseProcess;

/** Which workers serve which group, and what is to be told about it. */
final class Assignment {
  /**
   * A worker in a group.
   *
   * @param source who says so, for people
   */
  record Member(SynapseProcess worker, Listener listener, String source) {
    /** Whether the gateway can speak to it. */
    boolean isReachable() {
      return listener.isReachable();
    }
  }

  private final Map<RouteGroup, List<Member>> members = new EnumMap<>(RouteGroup.class);
  private final List<Finding> findings = new ArrayList<>();
  private final List<SynapseProcess> questions = new ArrayList<>();

  /** The workers of a group, in the order in which the ring has them. */
  List<Member> of(RouteGroup group) {
    return members.getOrDefault(group, List.of());
  }

  /** Those of them that the gateway can speak to. */
  List<Member> reachable(RouteGroup group) {
    return of(group).stream().filter(Member::isReachable).toList();
  }

  List<SynapseProcess> workers(RouteGroup group) {
    return of(group).stream().map(Member::worker).toList();
  }

  String names(RouteGroup group) {
    return String.join(", ", workers(group).stream().map(SynapseProcess::name).toList());
  }

  /** The groups that a worker is in. */
  List<RouteGroup> groups(SynapseProcess worker) {
    return members.keySet().stream().filter(group -> workers(group).contains(worker)).toList();
  }

  List<Finding> findings() {
    return findings;
  }

  /** Workers of which nothing says what they serve. */
  List<SynapseProcess> questions() {
    return questions;
  }

  /**
   * Adds a worker to a group.
   *
   * @return false if it has no listener for the group
   */
  boolean add(RouteGroup group, SynapseProcess worker, String source) {
    Optional<Listener> listener = worker.listener(group.need());
    listener.ifPresent(
        it ->
            members
                .computeIfAbsent(group, key -> new ArrayList<>())
                .add(new Member(worker, it, source)));
    return listener.isPresent();
  }

  /** Adds a worker to a group, or tells that it has no listener for it. */
  void addOrTell(RouteGroup group, SynapseProcess worker, String source) {
    if (!add(group, worker, source)) {
      findings.add(
          Finding.problem(
              Code.MISSING_RESOURCE,
              worker.place(),
              "%s should serve %s, and has no listener for %s: requests would get 404"
                  .formatted(
                      worker.described(),
                      group.id(),
                      group.need().name().toLowerCase(Locale.ROOT))));
    }
  }

  /** Leaves a group without workers. */
  void clear(RouteGroup group) {
    members.remove(group);
  }

  /** As their files come, whoever has put them there. */
  void sort(Site site) {
    members
        .values()
        .forEach(
            group ->
                group.sort(
                    Comparator.comparingInt(member -> site.workers().indexOf(member.worker()))));
  }
}
