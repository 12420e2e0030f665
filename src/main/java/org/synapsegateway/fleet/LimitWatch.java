// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.metrics.RequestCounters;
import org.synapsegateway.worker.WorkerEndpoint;

/**
 * Tells when requests begin to wait or are refused because a limit is reached; once until there has
 * been none for a minute. Confined to one thread.
 */
final class LimitWatch {
  /** What all requests are known by; no worker's path is empty. */
  private static final String ALL = "";

  private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();

  private static final class Reached {
    private long count;
    private long nanos;
    private boolean told;
  }

  private final LongSupplier clock;
  private final RequestCounters counters;
  private final Events events;
  private final Map<String, Reached> known = new HashMap<>();

  /**
   * @param clock returns nanoseconds since any fixed time
   */
  LimitWatch(LongSupplier clock, RequestCounters counters, Events events) {
    this.clock = clock;
    this.counters = counters;
    this.events = events;
  }

  void look(Fleet fleet) {
    Map<String, WorkerEndpoint> workers = fleet.workers();
    known.keySet().removeIf(path -> !path.equals(ALL) && !workers.containsKey(path));
    workers.forEach(
        (path, worker) -> {
          if (worker.getMaxInFlight() > 0) {
            String text = "has as many requests in flight as it may (maxInFlight=%d): others wait";
            look(
                path,
                counters.ofWorker(worker.name()).waits(),
                worker.name(),
                text.formatted(worker.getMaxInFlight()));
          }
        });
    look(ALL, counters.ofAll().refused(), null, "requests are refused, as a limit is reached");
  }

  private void look(String key, long count, @Nullable String worker, String text) {
    Reached limit = known.computeIfAbsent(key, path -> new Reached());
    long now = clock.getAsLong();
    if (count > limit.count) {
      limit.count = count;
      limit.nanos = now;
      if (!limit.told) {
        limit.told = true;
        events.add(Events.Kind.LIMIT, worker, text);
      }
    } else if (now - limit.nanos > QUIET_NANOS) {
      limit.told = false;
    }
  }
}
