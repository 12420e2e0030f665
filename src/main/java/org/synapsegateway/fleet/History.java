// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.metrics.Figures;
import org.synapsegateway.metrics.RequestCounters;
import org.synapsegateway.worker.WorkerEndpoint;

/**
 * The last half hour of all workers: a sample of each every ten seconds, which costs no request and
 * no event loop anything. It grows with the workers and not with requests or time. One thread takes
 * samples, any may read.
 */
public final class History {
  static final Duration PERIOD = Duration.ofSeconds(10);

  /** The track of all requests; no worker's path is empty. */
  private static final String ALL = "";

  private final InstantSource clock;
  private final Map<String, Track> tracks = new HashMap<>();

  /** How many samples there have been: the number of the next one. */
  private long taken;

  private Instant last;

  /**
   * The samples to return.
   *
   * @param periodSeconds between two samples
   * @param first the number of the first one; they are numbered from 0 since the start
   * @param next the number of the sample that comes next
   * @param until the time of the last one, as ISO 8601 has it
   * @param all of all requests; null before the first sample
   */
  public record Past(
      long periodSeconds, long first, long next, String until, Track.@Nullable Series all) {}

  public History() {
    this(InstantSource.system());
  }

  History(InstantSource clock) {
    this.clock = clock;
    last = clock.instant();
  }

  /**
   * Takes a sample.
   *
   * @param conditions returns the present state of a worker
   */
  synchronized void sample(
      Fleet fleet, Function<WorkerEndpoint, Condition> conditions, RequestCounters counters) {
    Map<String, WorkerEndpoint> workers = fleet.workers();
    tracks.keySet().removeIf(path -> !path.equals(ALL) && !workers.containsKey(path));
    add(ALL, counters.ofAll(), 'u');
    workers.forEach(
        (path, worker) -> {
          String state = conditions.apply(worker).state().toString();
          add(path, counters.ofWorker(worker.name()), state.charAt(0));
        });
    taken++;
    last = clock.instant();
  }

  private void add(String path, Figures figures, char state) {
    tracks.computeIfAbsent(path, key -> new Track(taken, figures)).add(taken, figures, state);
  }

  /** The samples from this number on that are kept. */
  public synchronized Past past(long from) {
    long first = first(from);
    return new Past(
        PERIOD.toSeconds(),
        first,
        taken,
        last.truncatedTo(ChronoUnit.SECONDS).toString(),
        series(ALL, first, taken));
  }

  /** A worker's samples from this number on; null if it has none yet. */
  public synchronized Track.@Nullable Series of(WorkerEndpoint worker, Past past) {
    return series(worker.address().toString(), past.first(), past.next());
  }

  private Track.@Nullable Series series(String path, long first, long next) {
    Track track = tracks.get(path);
    return track == null ? null : track.series(first, next);
  }

  private long first(long from) {
    return Math.min(taken, Math.max(from, Math.max(0, taken - Track.SAMPLES)));
  }
}
