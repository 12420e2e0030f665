// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.synapsegateway.loadbalance.ConsistentHash;
import org.synapsegateway.loadbalance.HashRing;
import org.synapsegateway.loadbalance.RingChange;
import org.synapsegateway.worker.WorkerEndpoint;

/** What differs between the workers of two generations, in words. */
public final class FleetChange {
  private FleetChange() {}

  /** A line for each group whose workers have changed; none if nothing has changed. */
  public static List<String> lines(Fleet before, Fleet now) {
    Map<String, List<Group>> old = byName(before);
    Map<String, List<Group>> young = byName(now);
    Set<String> names = new LinkedHashSet<>(young.keySet());
    names.addAll(old.keySet());
    List<String> lines = new ArrayList<>();
    for (String name : names) {
      String change =
          change(old.getOrDefault(name, List.of()), young.getOrDefault(name, List.of()));
      if (!change.isEmpty()) {
        lines.add("group " + name + change);
      }
    }
    return lines;
  }

  /** A route may have several blocks of workers. */
  private static Map<String, List<Group>> byName(Fleet fleet) {
    return fleet.groups().stream()
        .collect(Collectors.groupingBy(Group::name, LinkedHashMap::new, Collectors.toList()));
  }

  private static String change(List<Group> before, List<Group> now) {
    if (before.isEmpty()) {
      return " is new, with " + String.join(", ", workers(now).values());
    }
    if (now.isEmpty()) {
      return " has no workers any more";
    }
    Map<String, String> added = workers(now);
    Map<String, String> removed = workers(before);
    added.keySet().removeAll(workers(before).keySet());
    removed.keySet().removeAll(workers(now).keySet());
    List<String> parts = new ArrayList<>();
    added.values().forEach(worker -> parts.add("+" + worker));
    removed.values().forEach(worker -> parts.add("-" + worker));
    String moved = moved(before, now);
    if (!moved.isEmpty()) {
      parts.add(moved);
    }
    return parts.isEmpty() ? "" : ": " + String.join(", ", parts);
  }

  /** The workers' names by their addresses. */
  private static Map<String, String> workers(List<Group> groups) {
    Map<String, String> names = new LinkedHashMap<>();
    for (Group group : groups) {
      for (WorkerEndpoint worker : group.workers()) {
        names.putIfAbsent(worker.address().toString(), worker.name());
      }
    }
    return names;
  }

  private static String moved(List<Group> before, List<Group> now) {
    ConsistentHash one = before.get(0).block();
    ConsistentHash other = now.get(0).block();
    if (before.size() + now.size() > 2 || one == null || other == null) {
      return "";
    }
    if (!one.getKey().equals(other.getKey()) || one.getPoints() != other.getPoints()) {
      return "balanced by another key or ring";
    }
    List<HashRing.Member> had = before.get(0).members();
    List<HashRing.Member> has = now.get(0).members();
    if (had.isEmpty() || has.isEmpty() || had.equals(has)) {
      return "";
    }
    double stays =
        RingChange.of(had, has, one.getPoints()).entrySet().stream()
            .filter(move -> move.getKey().stays())
            .mapToDouble(Map.Entry::getValue)
            .sum();
    return String.format(Locale.ROOT, "%.1f %% of its keys move", 100 * (1 - stays));
  }
}
