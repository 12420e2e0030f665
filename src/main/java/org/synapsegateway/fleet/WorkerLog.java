package org.synapsegateway.fleet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.worker.WorkerEndpoint;

/**
 * Tells in the log when a worker goes down, why, and what becomes of its requests; and when it is
 * up again.
 *
 * <p>Confined to one thread.
 */
final class WorkerLog {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerLog.class);

  /** What is known of a worker that is down: why, and since when. */
  private record Fall(String reason, long nanos) {}

  private final LongSupplier clock;
  private final Map<String, Fall> down = new HashMap<>();

  /** Whether the first look is over, which finds what the start has told already. */
  private boolean tells;

  /**
   * @param clock tells nanoseconds, from whatever time
   */
  WorkerLog(LongSupplier clock) {
    this.clock = clock;
  }

  /** Looks at all workers; the first look tells nothing, as the start has told it. */
  void look(Fleet fleet, Function<WorkerEndpoint, Condition> conditions) {
    Map<String, Condition> now = new TreeMap<>();
    Map<String, WorkerEndpoint> workers = new HashMap<>();
    for (Group group : fleet.groups()) {
      for (WorkerEndpoint worker : group.workers()) {
        workers.put(worker.path(), worker);
        now.computeIfAbsent(worker.path(), path -> conditions.apply(worker));
      }
    }
    down.keySet().retainAll(now.keySet());
    now.forEach(
        (path, condition) -> {
          if (condition.accepts()) {
            rose(workers.get(path));
          } else if (fell(path, condition) && tells) {
            String name = workers.get(path).name();
            LOG.warn("Worker {} is {}; {}", name, condition, outcome(path, fleet, now));
          }
        });
    tells = true;
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
    Fall fall = down.remove(worker.path());
    if (fall != null) {
      Duration away = Duration.ofNanos(clock.getAsLong() - fall.nanos());
      LOG.info("Worker {} is up again, after {} s", worker.name(), away.toSeconds());
    }
  }

  /** What becomes of the requests of each of the worker's groups. */
  private static String outcome(String path, Fleet fleet, Map<String, Condition> now) {
    List<String> outcomes = new ArrayList<>();
    for (Group group : fleet.groups()) {
      List<String> paths = group.workers().stream().map(WorkerEndpoint::path).toList();
      if (!paths.contains(path)) {
        continue;
      }
      long up = paths.stream().distinct().filter(own -> now.get(own).accepts()).count();
      outcomes.add(
          up > 0
              ? "requests of group %s go to %s"
                  .formatted(group.name(), up == 1 ? "the other worker" : "the other " + up)
              : group.mayFallBack()
                  ? "requests of group %s go to others that stand in".formatted(group.name())
                  : "requests of group %s fail with 502, as nobody stands in"
                      .formatted(group.name()));
    }
    return String.join("; ", outcomes);
  }
}
