// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
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
import org.synapsegateway.metrics.RequestCounters;
import org.synapsegateway.worker.ListeningSockets;
import org.synapsegateway.worker.SocketDirectories;
import org.synapsegateway.worker.WorkerAddress;
import org.synapsegateway.worker.WorkerEndpoint;
import org.synapsegateway.worker.WorkerHealth;
import org.synapsegateway.worker.WorkerSocket;

/**
 * Probes the workers, and keeps their conditions.
 *
 * <p>It looks at a socket when somebody wants to know, once a second at most. Of a worker on
 * another host it knows as long as a connection to it is open; else it connects, every two seconds
 * and beside those who want to know, so that none of them waits for a host. If it is told to, it
 * also asks the workers for {@code /health} all the time, on threads of its own: one is enough
 * unless workers keep it waiting. It tells in the log when workers go down and come back, and warns
 * of directories that can hold no worker's socket any more. Safe for any thread.
 */
public final class WorkerProbe implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerProbe.class);
  private static final Duration FRESH = Duration.ofSeconds(1);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);
  private static final Duration BETWEEN_CHANGES = Duration.ofSeconds(2);
  private static final int MAX_SOCKETS = 10_000;
  private static final int TIMEOUT_MILLIS = 5_000;

  private final Cache<WorkerAddress, WorkerSocket> sockets =
      Caffeine.newBuilder().expireAfterWrite(FRESH).maximumSize(MAX_SOCKETS).build();

  /** The latest answers of the workers' hosts, refreshed in the background. */
  private final Cache<WorkerAddress, WorkerSocket> hosts =
      Caffeine.newBuilder().expireAfterWrite(BETWEEN_LOOKS).maximumSize(MAX_SOCKETS).build();

  private final Map<WorkerAddress, WorkerHealth> healths = new ConcurrentHashMap<>();
  private final Set<WorkerAddress> asking = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("health", true));
  private final ExecutorService askers =
      Executors.newCachedThreadPool(new DefaultThreadFactory("health-asker", true));

  /** The directories that have been logged as lost; confined to the clock. */
  private List<Fault> lost = List.of();

  private final StateTimes states = new StateTimes(InstantSource.system());
  private final StateTimes drains = new StateTimes(InstantSource.system());

  /** Since when a worker is so; to be busy for a moment does not count as another state. */
  public Instant since(WorkerEndpoint worker, Condition condition) {
    boolean busy = condition.state() == Condition.State.BUSY;
    return states.since(worker.address().toString(), busy ? Condition.State.UP : condition.state());
  }

  /** Since when a worker is drained or not. */
  public Instant drainedSince(WorkerEndpoint worker) {
    return drains.since(worker.address().toString(), worker.isDrained());
  }

  /** How a worker is. */
  public Condition of(WorkerEndpoint worker) {
    return condition(
        worker, (isRemote(worker) ? hosts : sockets).get(worker.address(), at -> look(worker)));
  }

  private static boolean isRemote(WorkerEndpoint worker) {
    return worker.address() instanceof WorkerAddress.Tcp;
  }

  private static WorkerSocket look(WorkerEndpoint worker) {
    return WorkerSocket.at(worker);
  }

  private Condition condition(WorkerEndpoint worker, WorkerSocket found) {
    if (!found.isListening()) {
      healths.remove(worker.address()); // it may be well when it is back
    }
    return Condition.of(found, healths.get(worker.address()));
  }

  /**
   * Asks for {@code /health} from now on.
   *
   * @param intervalMillis how often each worker is asked; 0 for never
   */
  public void ask(Supplier<Fleet> fleet, long intervalMillis) {
    if (intervalMillis > 0) {
      repeat(() -> askAll(fleet.get()), 0, intervalMillis);
    }
  }

  /** Warns of directories of sockets that are lost from now on, once of each. */
  public void watchDirectories(Supplier<Fleet> fleet) {
    long interval = BETWEEN_LOOKS.toMillis();
    repeat(() -> warnOfLost(fleet.get()), interval, interval);
  }

  /**
   * Tells from now on when workers go down and come back, and reach their limits.
   *
   * @param toldAway the workers that do not listen, as the log says already
   */
  public void tellChanges(
      Supplier<Fleet> fleet, RequestCounters counters, Events events, Set<WorkerAddress> toldAway) {
    WorkerLog log = new WorkerLog(System::nanoTime, events, toldAway);
    LimitWatch limits = new LimitWatch(System::nanoTime, counters, events);
    long interval = BETWEEN_CHANGES.toMillis();
    repeat(
        () -> {
          Fleet now = fleet.get();
          tellChanges(now, log);
          limits.look(now);
        },
        interval,
        interval);
  }

  /** Takes samples for the history from now on. */
  public void record(Supplier<Fleet> fleet, RequestCounters counters, History history) {
    long period = History.PERIOD.toMillis();
    clock.scheduleAtFixedRate(
        guarded(() -> history.sample(fleet.get(), listed(), counters)),
        0,
        period,
        TimeUnit.MILLISECONDS);
  }

  private void repeat(Runnable look, long firstMillis, long pauseMillis) {
    clock.scheduleWithFixedDelay(guarded(look), firstMillis, pauseMillis, TimeUnit.MILLISECONDS);
  }

  /** A look that fails is logged, and is not the last one, as it would be for the clock. */
  private Runnable guarded(Runnable look) {
    return () -> {
      try {
        look.run();
      } catch (RuntimeException | Error e) {
        if (!clock.isShutdown()) { // else the threads that it needs have ended
          LOG.error("A look at the workers failed", e);
        }
      }
    };
  }

  private void tellChanges(Fleet fleet, WorkerLog log) {
    lookAtHosts(fleet);
    Function<WorkerEndpoint, Condition> listed = listed();
    log.look(
        fleet,
        worker -> {
          Condition condition = listed.apply(worker);
          since(worker, condition);
          drainedSince(worker);
          return condition;
        });
    Set<String> addresses = fleet.workers().keySet();
    states.retain(addresses);
    drains.retain(addresses);
  }

  /** All at once, as each that does not answer takes its time. */
  private void lookAtHosts(Fleet fleet) {
    List<CompletableFuture<Void>> looks =
        fleet.workers().values().stream()
            .filter(WorkerProbe::isRemote)
            .map(
                worker ->
                    CompletableFuture.runAsync(
                        () -> hosts.put(worker.address(), look(worker)), askers))
            .toList();
    looks.forEach(CompletableFuture::join);
  }

  /** The state of workers by their connections or the list of sockets, so that none is opened. */
  private Function<WorkerEndpoint, Condition> listed() {
    ListeningSockets listening = ListeningSockets.now();
    return worker ->
        worker.address() instanceof WorkerAddress.Unix unix
            ? condition(worker, listening.at(unix.path(), worker.openConnections()))
            : of(worker);
  }

  void warnOfLost(Fleet fleet) {
    List<Fault> now =
        SocketDirectories.lost(
            fleet.workers().values().stream().map(WorkerEndpoint::address).toList());
    now.stream().filter(one -> !lost.contains(one)).forEach(one -> LOG.warn("{}", one));
    lost = now;
  }

  private void askAll(Fleet fleet) {
    Collection<WorkerEndpoint> workers = fleet.workers().values();
    healths.keySet().retainAll(workers.stream().map(WorkerEndpoint::address).toList());
    // one that keeps us waiting is not asked again meanwhile
    workers.stream()
        .filter(worker -> asking.add(worker.address()))
        .forEach(worker -> askers.execute(() -> ask(worker)));
  }

  private void ask(WorkerEndpoint worker) {
    WorkerAddress address = worker.address();
    try {
      healths.put(address, WorkerHealth.of(worker, TIMEOUT_MILLIS));
    } finally {
      asking.remove(address);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    askers.shutdownNow();
  }
}
