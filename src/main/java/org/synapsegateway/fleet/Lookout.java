package org.synapsegateway.fleet;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.metrics.Ledger;
import org.synapsegateway.worker.ListeningSockets;
import org.synapsegateway.worker.SocketDirectories;
import org.synapsegateway.worker.WorkerEndpoint;
import org.synapsegateway.worker.WorkerHealth;
import org.synapsegateway.worker.WorkerSocket;

/**
 * Knows how the workers are.
 *
 * <p>It looks at a socket when somebody wants to know, once a second at most. If it is told to, it
 * also asks the workers for {@code /health} all the time, on threads of its own: one is enough
 * unless workers keep it waiting. It tells in the log when workers go down and come back, and warns
 * of directories that can hold no worker's socket any more. Safe for any thread.
 */
public final class Lookout implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lookout.class);
  private static final Duration FRESH = Duration.ofSeconds(1);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);
  private static final Duration BETWEEN_CHANGES = Duration.ofSeconds(2);
  private static final int MAX_SOCKETS = 10_000;
  private static final int PATIENCE_MILLIS = 5_000;

  private final LoadingCache<String, WorkerSocket> sockets =
      Caffeine.newBuilder()
          .expireAfterWrite(FRESH)
          .maximumSize(MAX_SOCKETS)
          .build(path -> WorkerSocket.at(Path.of(path)));

  private final Map<String, WorkerHealth> healths = new ConcurrentHashMap<>();
  private final Set<String> asking = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("health", true));
  private final ExecutorService askers =
      Executors.newCachedThreadPool(new DefaultThreadFactory("health-asker", true));

  /** The directories that have been told to be lost; confined to the clock. */
  private List<Fault> lost = List.of();

  private final StateTimes states = new StateTimes(InstantSource.system());
  private final StateTimes drains = new StateTimes(InstantSource.system());

  /** Since when a worker is so; to be busy for a moment does not count as another state. */
  public Instant since(WorkerEndpoint worker, Condition condition) {
    boolean busy = condition.state() == Condition.State.BUSY;
    return states.since(worker.path(), busy ? Condition.State.UP : condition.state());
  }

  /** Since when a worker is drained or not. */
  public Instant drainedSince(WorkerEndpoint worker) {
    return drains.since(worker.path(), worker.isDrained());
  }

  /** How a worker is. */
  public Condition of(WorkerEndpoint worker) {
    return Condition.of(sockets.get(worker.path()), healths.get(worker.path()));
  }

  /**
   * Asks for {@code /health} from now on.
   *
   * @param intervalMillis how often each worker is asked; 0 for never
   */
  public void ask(Supplier<Fleet> fleet, long intervalMillis) {
    if (intervalMillis > 0) {
      clock.scheduleWithFixedDelay(
          () -> askAll(fleet.get()), 0, intervalMillis, TimeUnit.MILLISECONDS);
    }
  }

  /** Warns of directories of sockets that are lost from now on, once of each. */
  public void watchDirectories(Supplier<Fleet> fleet) {
    long interval = BETWEEN_LOOKS.toMillis();
    clock.scheduleWithFixedDelay(
        () -> warnOfLost(fleet.get()), interval, interval, TimeUnit.MILLISECONDS);
  }

  /** Tells from now on when workers go down and come back, and reach their limits. */
  public void tellChanges(Supplier<Fleet> fleet, Ledger ledger, Events events) {
    WorkerLog log = new WorkerLog(System::nanoTime, events);
    LimitWatch limits = new LimitWatch(System::nanoTime, ledger, events);
    long interval = BETWEEN_CHANGES.toMillis();
    clock.scheduleWithFixedDelay(
        () -> {
          Fleet now = fleet.get();
          tellChanges(now, log);
          limits.look(now);
        },
        interval,
        interval,
        TimeUnit.MILLISECONDS);
  }

  /** Takes samples for the history from now on. */
  public void record(Supplier<Fleet> fleet, Ledger ledger, History history) {
    long period = History.PERIOD.toMillis();
    clock.scheduleAtFixedRate(
        () -> history.sample(fleet.get(), listed(), ledger), 0, period, TimeUnit.MILLISECONDS);
  }

  private void tellChanges(Fleet fleet, WorkerLog log) {
    Function<WorkerEndpoint, Condition> listed = listed();
    log.look(
        fleet,
        worker -> {
          Condition condition = listed.apply(worker);
          since(worker, condition);
          drainedSince(worker);
          return condition;
        });
    Set<String> paths = fleet.paths();
    states.retain(paths);
    drains.retain(paths);
  }

  /** How workers are by the list of this moment, so that nobody connects only to look. */
  private Function<WorkerEndpoint, Condition> listed() {
    ListeningSockets listening = ListeningSockets.now();
    return worker -> Condition.of(listening.at(Path.of(worker.path())), healths.get(worker.path()));
  }

  void warnOfLost(Fleet fleet) {
    List<Fault> now = SocketDirectories.lost(fleet.paths().stream().map(Path::of).toList());
    now.stream().filter(one -> !lost.contains(one)).forEach(one -> LOG.warn("{}", one));
    lost = now;
  }

  private void askAll(Fleet fleet) {
    Set<String> paths = fleet.paths();
    healths.keySet().retainAll(paths);
    // one that keeps us waiting is not asked again meanwhile
    paths.stream().filter(asking::add).forEach(path -> askers.execute(() -> ask(path)));
  }

  private void ask(String path) {
    try {
      healths.put(path, WorkerHealth.of(Path.of(path), PATIENCE_MILLIS));
    } finally {
      asking.remove(path);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    askers.shutdownNow();
  }
}
