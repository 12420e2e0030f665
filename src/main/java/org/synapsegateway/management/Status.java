// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.discovery.SourceState;
import org.synapsegateway.discovery.SourceStates;
import org.synapsegateway.fleet.Advice;
import org.synapsegateway.fleet.Condition;
import org.synapsegateway.fleet.Consequence;
import org.synapsegateway.fleet.Events;
import org.synapsegateway.fleet.Fleet;
import org.synapsegateway.fleet.Group;
import org.synapsegateway.fleet.History;
import org.synapsegateway.fleet.RefusedReload;
import org.synapsegateway.fleet.Track;
import org.synapsegateway.fleet.WorkerProbe;
import org.synapsegateway.metrics.Figures;
import org.synapsegateway.metrics.RequestCounters;
import org.synapsegateway.worker.WorkerEndpoint;

/**
 * The gateway at one moment, for the status page and for scripts.
 *
 * @param version of the gateway
 * @param uptimeSeconds since the gateway started
 * @param listening the address and port where clients connect
 * @param connections of clients that are open
 * @param generations of routes that run: the current one, and older ones that finish their requests
 * @param refusedReload changed files that are not loaded; null if there are none
 * @param bounds the upper bounds of {@link Figures#firstByte()}, in seconds
 * @param all the figures of all requests
 * @param versions how many requests came over HTTP/1 and over HTTP/2
 * @param sources the lists of workers and the hosts that are looked up
 * @param past the last half hour
 * @param events what has happened, the newest first
 */
public record Status(
    String version,
    long uptimeSeconds,
    String listening,
    int connections,
    int generations,
    @Nullable RefusedReload refusedReload,
    List<Double> bounds,
    Figures all,
    List<Long> versions,
    List<OfGroup> groups,
    List<OfSource> sources,
    History.Past past,
    List<Events.Event> events) {

  /**
   * A route with workers.
   *
   * @param by what its requests are balanced by; null if there is nothing to balance
   * @param fallback whether others take over when all its workers are down
   * @param fallbacks the groups that do, as far as they are known
   * @param served what serves its requests at this moment: workers, fallback or nobody
   * @param alsoServed the groups without workers whose requests it takes
   */
  public record OfGroup(
      String name,
      @Nullable String description,
      @Nullable String by,
      boolean fallback,
      List<OfWorker> workers,
      List<String> fallbacks,
      String served,
      List<String> alsoServed) {}

  /**
   * A worker in a group.
   *
   * @param server as the route names it
   * @param state up, busy, failing or down
   * @param detail what was found at its socket
   * @param share the part of the group's keys that it gets at this moment, from 0 to 1
   * @param waiting the requests that wait because it has maxInFlight
   * @param figures the figures of its requests, from all groups
   * @param since since when it is in this state, as ISO 8601 has it
   * @param drainedSince since when it is drained; null if it is not
   * @param why what is wrong, in words; null if nothing is
   * @param todo what helps; null if nothing is wrong
   * @param outcome where the requests of its keys go now; null if it gets them
   * @param past its last half hour; null if there is no sample yet
   */
  public record OfWorker(
      String name,
      String server,
      String state,
      String detail,
      boolean drained,
      double share,
      int waiting,
      Figures figures,
      String since,
      @Nullable String drainedSince,
      @Nullable String why,
      @Nullable String todo,
      @Nullable String outcome,
      Track.@Nullable Series past) {}

  /**
   * A list of workers or a host.
   *
   * @param members how many workers belong to a list; null for a host
   * @param ageSeconds since the last usable answer, or since the first question
   * @param since since when answers are unusable, as ISO 8601 has it; null if the last one is
   *     usable
   * @param why the reason in words; null if the last one is usable
   */
  public record OfSource(
      String name,
      @Nullable Integer members,
      long ageSeconds,
      @Nullable String since,
      @Nullable String why) {}

  /** All lists and hosts in use. */
  public static List<OfSource> of(SourceStates sources) {
    return sources.all().stream().map(Status::of).toList();
  }

  private static OfSource of(SourceState source) {
    SourceState.Failing failing = source.failing();
    return new OfSource(
        source.name(),
        source.isList() ? source.members() : null,
        (long) source.age(),
        failing == null ? null : failing.since().truncatedTo(ChronoUnit.SECONDS).toString(),
        failing == null ? null : failing.why());
  }

  /** All groups of a fleet as they are. */
  public static List<OfGroup> of(
      Fleet fleet,
      WorkerProbe probe,
      RequestCounters counters,
      History history,
      History.Past past) {
    Reader reader = new Reader(fleet, probe, counters, history, past);
    return fleet.groups().stream().map(reader::group).toList();
  }

  /** Collects what is known of groups and workers. */
  private record Reader(
      Fleet fleet,
      WorkerProbe probe,
      RequestCounters counters,
      History history,
      History.Past past) {
    OfGroup group(Group group) {
      List<OfWorker> workers = new ArrayList<>();
      double[] shares = group.shares(worker -> !isListening(worker));
      for (WorkerEndpoint worker : group.workers()) {
        workers.add(worker(group, worker, shares[workers.size()]));
      }
      return new OfGroup(
          group.name(),
          group.description(),
          group.by(),
          group.mayFallBack(),
          workers,
          fleet.fallbacks(group).stream().map(Group::name).distinct().toList(),
          served(group),
          fleet.alsoServed(group));
    }

    private String served(Group group) {
      return switch (fleet.served(group, this::isListening)) {
        case BY_WORKERS -> "workers";
        case BY_FALLBACK -> "fallback";
        case BY_NOBODY -> "nobody";
      };
    }

    private boolean isListening(WorkerEndpoint worker) {
      return probe.of(worker).isListening();
    }

    private OfWorker worker(Group group, WorkerEndpoint worker, double share) {
      Condition condition = probe.of(worker);
      Advice advice = condition.advice();
      Instant drained = probe.drainedSince(worker);
      return new OfWorker(
          worker.name(),
          worker.getServer(),
          condition.state().toString(),
          condition.detail(),
          worker.isDrained(),
          share,
          worker.waiting(),
          counters.ofWorker(worker.name()),
          text(probe.since(worker, condition)),
          worker.isDrained() ? text(drained) : null,
          advice == null ? null : advice.why(),
          advice == null ? null : advice.todo(),
          condition.state() == Condition.State.DOWN
              ? Consequence.of(fleet, group, this::isListening)
              : null,
          history.of(worker, past));
    }

    private static String text(Instant time) {
      return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
  }
}
