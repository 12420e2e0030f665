// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.worker.WorkerAddress;
import org.synapsegateway.worker.WorkerEndpoint;

/**
 * Logs when a worker goes down, why, and what happens to its requests; and when it is up again.
 *
 * <p>Confined to one thread.
 */
final class WorkerLog {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerLog.class);

  /** What is known of a worker that is down: why, and since when. */
  private record Fall(String reason, long nanos) {}

  private record Look(WorkerEndpoint worker, Condition condition) {}

  private final LongSupplier clock;
  private final Events events;
  private final Map<String, Fall> down = new HashMap<>();

  /** The workers that the start has logged as away; none after the first look. */
  private Set<WorkerAddress> toldAway;

  /**
   * @param clock returns nanoseconds since any fixed time
   * @param events where the same is kept for the status page
   * @param toldAway the workers of which the first look is not to log that they are down
   */
  WorkerLog(LongSupplier clock, Events events, Set<WorkerAddress> toldAway) {
    this.clock = clock;
    this.events = events;
    this.toldAway = toldAway;
  }

  /** Looks at all workers. */
  void look(Fleet fleet, Function<WorkerEndpoint, Condition> conditions) {
    Map<String, Look> now = new TreeMap<>();
    for (Group group : fleet.groups()) {
      for (WorkerEndpoint worker : group.workers()) {
        now.computeIfAbsent(
            worker.address().toString(), path -> new Look(worker, conditions.apply(worker)));
      }
    }
    down.keySet().retainAll(now.keySet());
    now.forEach(
        (path, look) -> {
          if (look.condition.accepts()) {
            rose(look.worker);
          } else if (fell(path, look.condition)) {
            tellFall(look, outcome(look, fleet, now));
          }
        });
    toldAway = Set.of();
  }

  private void tellFall(Look look, String outcome) {
    WorkerEndpoint worker = look.worker;
    Condition condition = look.condition;
    String name = worker.name();
    boolean isDown = condition.state() == Condition.State.DOWN;
    Advice advice = Objects.requireNonNull(condition.advice()); // as it accepts nothing
    String what = "is %s: %s".formatted(condition.state(), advice.why());
    events.add(
        isDown ? Events.Kind.DOWN : Events.Kind.FAILING, name, "%s; %s".formatted(what, outcome));
    if (!toldAway.contains(worker.address())) {
      String found = advice.tells(condition.detail()) ? "" : ": " + condition.detail();
      LOG.warn(
          "Worker {} {} ({}{}); {}. What helps: {}",
          name,
          what,
          worker.address(),
          found,
          outcome,
          advice.todo());
    }
  }

  private boolean fell(String path, Condition condition) {
    Fall before = down.get(path);
    String reason = condition.toString();
    if (before == null) {
      down.put(path, new Fall(reason, clock.getAsLong()));
    } else if (!before.reason().equals(reason)) {
      down.put(path, new Fall(reason, before.nanos()));
    }
    return before == null || !before.reason().equals(reason);
  }

  private void rose(WorkerEndpoint worker) {
    Fall fall = down.remove(worker.address().toString());
    if (fall != null) {
      Duration away = Duration.ofNanos(clock.getAsLong() - fall.nanos());
      String text = "is up again, after %d s".formatted(away.toSeconds());
      events.add(Events.Kind.UP, worker.name(), text);
      LOG.info("Worker {} {}", worker.name(), text);
    }
  }

  /** What becomes of the requests of each of the worker's groups. */
  private static String outcome(Look look, Fleet fleet, Map<String, Look> now) {
    Predicate<WorkerEndpoint> accepts =
        worker -> {
          Look other = now.get(worker.address().toString());
          return other != null && other.condition.isListening();
        };
    return look.condition.state() == Condition.State.FAILING
        ? "it still gets requests until it is drained"
        : fleet.groups().stream()
            .filter(group -> group.has(look.worker))
            .map(group -> Consequence.of(fleet, group, accepts))
            .distinct()
            .collect(Collectors.joining("; "));
  }
}
