// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.EndpointAware;
import org.apache.camel.Navigate;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.loadbalance.ConsistentHash;
import org.synapsegateway.worker.WorkerAddress;
import org.synapsegateway.worker.WorkerEndpoint;

/**
 * All workers that the routes of one generation send to at one moment, by their groups. Immutable.
 */
public final class Fleet {
  private final List<Group> groups = new ArrayList<>();

  /** The fallbacks of groups that list no workers, by their names. */
  private final Map<String, String> empty = new TreeMap<>();

  private Fleet() {}

  /** The fleet of routes that have started. */
  public static Fleet of(CamelContext context) {
    Fleet fleet = new Fleet();
    for (Route route : context.getRoutes()) {
      fleet.visit(route, route.navigate().next());
    }
    return fleet;
  }

  private void visit(Route route, Iterable<Processor> steps) {
    for (Processor step : steps) {
      if (step instanceof ConsistentHash block) {
        add(route, block.workers(), block);
        continue;
      }
      WorkerEndpoint worker =
          step instanceof EndpointAware sender ? WorkerEndpoint.behind(sender.getEndpoint()) : null;
      if (worker != null) {
        add(route, List.of(worker), null);
      } else if (step instanceof Navigate<?> outer && outer.hasNext()) {
        visit(route, outer.next().stream().map(Processor.class::cast).toList());
      }
    }
  }

  private void add(Route route, List<WorkerEndpoint> workers, @Nullable ConsistentHash block) {
    if (!workers.isEmpty() || block != null && block.hasLists()) {
      groups.add(
          new Group(
              route.getRouteId(),
              route.getRouteDescription(),
              route.getEndpoint().getEndpointUri(),
              workers,
              block));
    } else if (block != null) {
      empty.put(route.getRouteId(), block.fallbackUri());
    }
  }

  /** The groups that list workers, or have lists that name some. */
  public List<Group> groups() {
    return groups;
  }

  /**
   * The groups without anyone to serve their requests: neither a worker nor a fallback listens.
   *
   * @param listens whether a process listens at the address of a worker
   */
  public Set<String> deserted(Predicate<String> listens) {
    Predicate<WorkerEndpoint> accepts = worker -> listens.test(worker.address().toString());
    return groups.stream()
        .filter(group -> served(group, accepts) == Served.BY_NOBODY)
        .map(Group::name)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Who gets the requests of a group. */
  public enum Served {
    BY_WORKERS,
    BY_FALLBACK,
    BY_NOBODY
  }

  /** Who gets the requests of a group at this moment, if those workers get any that accept. */
  public Served served(Group group, Predicate<WorkerEndpoint> accepts) {
    if (group.served(accepts)) {
      return Served.BY_WORKERS;
    }
    return hasFallback(group, accepts, new HashSet<>()) ? Served.BY_FALLBACK : Served.BY_NOBODY;
  }

  private boolean hasFallback(Group group, Predicate<WorkerEndpoint> accepts, Set<Group> asked) {
    if (!group.mayFallBack() || !asked.add(group)) {
      return false;
    }
    List<Group> others = fallbacks(group);
    // a route without workers of its own may do anything
    return others.isEmpty()
        || others.stream().anyMatch(to -> to.served(accepts) || hasFallback(to, accepts, asked));
  }

  /** The groups that take a group's requests when its workers are down. */
  public List<Group> fallbacks(Group group) {
    return groups.stream().filter(other -> other.from().equals(group.fallbackUri())).toList();
  }

  /** The groups without workers whose requests a group takes, by their names. */
  public List<String> alsoServed(Group group) {
    return empty.keySet().stream().filter(name -> group.from().equals(empty.get(name))).toList();
  }

  /** An endpoint of each worker, by their addresses. */
  public Map<String, WorkerEndpoint> workers() {
    Map<String, WorkerEndpoint> workers = new TreeMap<>();
    for (Group group : groups) {
      group.workers().forEach(worker -> workers.putIfAbsent(worker.address().toString(), worker));
    }
    return workers;
  }

  /**
   * An endpoint of one worker, of which each group has its own.
   *
   * @param name the name of its socket, with or without {@code .sock}, or of its host, or all of
   *     its address
   * @throws IllegalArgumentException if no worker has this name, or several
   */
  public WorkerEndpoint named(String name) {
    Map<String, WorkerEndpoint> found = new TreeMap<>();
    for (Group group : groups) {
      for (WorkerEndpoint worker : group.workers()) {
        if (isCalled(worker, name)) {
          found.put(worker.address().toString(), worker);
        }
      }
    }
    if (found.size() == 1) {
      return found.values().iterator().next();
    }
    throw new IllegalArgumentException(
        found.isEmpty()
            ? "there is no worker " + name + hint(name) + "; there are " + names()
            : name + " may be any of " + found.keySet() + ": write the address");
  }

  private static boolean isCalled(WorkerEndpoint worker, String name) {
    WorkerAddress address = worker.address();
    return List.of(worker.name(), worker.name() + ".sock", address.toString(), address.server())
        .contains(name);
  }

  /** Names mostly differ from what people call a worker by a prefix, as inbound_ is one. */
  private String hint(String name) {
    return names().stream()
        .filter(known -> known.endsWith("_" + name))
        .findFirst()
        .map(known -> "; did you mean " + known + "?")
        .orElse("");
  }

  private Set<String> names() {
    Set<String> names = new TreeSet<>();
    groups.forEach(group -> group.workers().forEach(worker -> names.add(worker.name())));
    return names;
  }
}
