package org.synapsegateway.fleet;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.synapsegateway.observe.Ledger;
import org.synapsegateway.worker.WorkerEndpoint;

/**
 * Tells when requests begin to wait because a worker has as many as it may; once until there has
 * been none for a minute. Confined to one thread.
 */
final class LimitWatch {
  private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();

  private static final class Waits {
    private long count;
    private long nanos;
    private boolean told;
  }

  private final LongSupplier clock;
  private final Ledger ledger;
  private final Events events;
  private final Map<String, Waits> known = new HashMap<>();

  /**
   * @param clock tells nanoseconds, from whatever time
   */
  LimitWatch(LongSupplier clock, Ledger ledger, Events events) {
    this.clock = clock;
    this.ledger = ledger;
    this.events = events;
  }

  void look(Fleet fleet) {
    Map<String, WorkerEndpoint> workers = fleet.workers();
    known.keySet().retainAll(workers.keySet());
    workers.forEach(
        (path, worker) -> {
          if (worker.getMaxInFlight() > 0) {
            look(worker, known.computeIfAbsent(path, key -> new Waits()));
          }
        });
  }

  private void look(WorkerEndpoint worker, Waits waits) {
    long now = clock.getAsLong();
    long count = ledger.ofWorker(worker.name()).waits();
    if (count > waits.count) {
      waits.count = count;
      waits.nanos = now;
      if (!waits.told) {
        waits.told = true;
        events.add(
            Events.Kind.LIMIT,
            worker.name(),
            "has as many requests in flight as it may (maxInFlight=%d): others wait"
                .formatted(worker.getMaxInFlight()));
      }
    } else if (now - waits.nanos > QUIET_NANOS) {
      waits.told = false;
    }
  }
}
