// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.synapsegateway.fault.Code;
import org.synapsegateway.importer.synapse.Finding;
import org.synapsegateway.importer.synapse.Site;
import org.synapsegateway.importer.synapse.SynapseProcess;

/** Decides which workers serve which group by what the proxy does that serves the site. */
final class ProxyDecision {
  /** A quarter of a group's lines, at least, lead to the workers that get it. */
  private static final int MIN_SHARE = 4;

  private final Site site;
  private final ExistingProxy proxy;
  private final ProxyAddresses addresses;
  private final Assignment assignment;

  ProxyDecision(Site site, ExistingProxy proxy, ProxyAddresses addresses, Assignment assignment) {
    this.site = site;
    this.proxy = proxy;
    this.addresses = addresses;
    this.assignment = assignment;
  }

  /** Returns the workers that the proxy sends anything to: of those no name counts. */
  Set<SynapseProcess> decide(Set<SynapseProcess> answered) {
    Set<SynapseProcess> decided = new LinkedHashSet<>(workers(proxy.servers()));
    for (RouteGroup group : RouteGroup.values()) {
      List<ExistingProxy.Share> shares = ordered(proxy.shares(group));
      if (group.isFact()) {
        shares.forEach(share -> findOtherThanFact(group, share));
      } else if (!shares.isEmpty()) {
        ExistingProxy.Share first = shares.get(0);
        for (SynapseProcess worker : workers(first.servers())) {
          if (!answered.contains(worker)) {
            assignment.addOrTell(group, worker, "proxy: " + first.where());
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
  private List<ExistingProxy.Share> ordered(List<ExistingProxy.Share> shares) {
    int lines = shares.stream().mapToInt(ExistingProxy.Share::lines).sum();
    List<ExistingProxy.Share> ordered = new ArrayList<>(shares);
    ordered.sort(
        Comparator.comparing(share -> isMain(share) || share.lines() * MIN_SHARE < lines ? 1 : 0));
    return ordered.isEmpty() || !isMain(ordered.get(0)) ? ordered : shares;
  }

  private void findOther(RouteGroup group, ExistingProxy.Share first, ExistingProxy.Share other) {
    String text =
        "%d request lines of %s lead to %s, the most to %s"
            .formatted(other.lines(), group.id(), other.servers(), first.servers());
    // the main process can serve it too, which is a matter of load
    assignment
        .findings()
        .add(
            isMain(other) || isMain(first)
                ? Finding.note(Code.SPLIT_GROUP, other.where(), text)
                : Finding.problem(Code.SPLIT_GROUP, other.where(), text));
  }

  private boolean isMain(ExistingProxy.Share share) {
    return share.servers().stream()
        .allMatch(server -> addresses.process(server).filter(SynapseProcess::isMain).isPresent());
  }

  private void findOtherThanFact(RouteGroup group, ExistingProxy.Share share) {
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
        .add(
            isAble
                ? Finding.note(Code.NOT_THE_WRITER, share.where(), text)
                : Finding.problem(Code.NOT_THE_WRITER, share.where(), text));
  }

  /** Those behind some addresses, in the order of their files. */
  private List<SynapseProcess> workers(Collection<String> servers) {
    Set<SynapseProcess> there =
        servers.stream()
            .flatMap(server -> addresses.processes(server).stream())
            .collect(Collectors.toSet());
    return site.workers().stream().filter(there::contains).toList();
  }
}
