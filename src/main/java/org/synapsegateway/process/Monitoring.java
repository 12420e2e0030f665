// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.fleet.Events;
import org.synapsegateway.fleet.Fleet;
import org.synapsegateway.fleet.FleetMeters;
import org.synapsegateway.fleet.HealthChecks;
import org.synapsegateway.fleet.History;
import org.synapsegateway.fleet.RefusedReload;
import org.synapsegateway.fleet.WorkerProbe;
import org.synapsegateway.management.Status;
import org.synapsegateway.metrics.FailureLog;
import org.synapsegateway.metrics.Figures;
import org.synapsegateway.metrics.Meters;
import org.synapsegateway.metrics.ProcessMeters;
import org.synapsegateway.metrics.RequestCounters;
import org.synapsegateway.server.FrontDoor;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;
import org.synapsegateway.worker.WorkerAddress;
import org.synapsegateway.worker.Workers;

/**
 * What the process knows of its state and its past, for pages, health checks, meters and the log:
 * probes of workers, events, samples of counts. Safe for any thread.
 */
final class Monitoring implements AutoCloseable {
  private final FrontDoor frontDoor;
  private final Generations generations;
  private final Workers workers;
  private final RequestCounters counters;
  private final WorkerProbe probe = new WorkerProbe();
  private final Events events = new Events();
  private final History history = new History();
  private final ProcessMeters processMeters = new ProcessMeters();
  private final long started = System.nanoTime();

  Monitoring(
      FrontDoor frontDoor, Generations generations, Workers workers, RequestCounters counters) {
    this.frontDoor = frontDoor;
    this.generations = generations;
    this.workers = workers;
    this.counters = counters;
  }

  /** What has happened, for the status page. */
  Events events() {
    return events;
  }

  /** Begins to probe the workers. */
  void probeWorkers(Settings settings, Meters meters) {
    FleetMeters.show(meters, this::fleet, probe);
    probe.ask(this::fleet, settings.millis(Setting.HEALTH_INTERVAL));
    probe.watchDirectories(this::fleet);
  }

  /**
   * Begins to log changes and to take samples.
   *
   * @param toldAway the workers that the log has said are away
   * @param keeper where regular tasks run
   */
  void record(Set<WorkerAddress> toldAway, ScheduledExecutorService keeper) {
    probe.tellChanges(this::fleet, counters, events, toldAway);
    probe.record(this::fleet, counters, history);
    keeper.scheduleAtFixedRate(new FailureLog(counters)::look, 1, 1, TimeUnit.MINUTES);
  }

  /** Registers the meters of the process, which takes a moment. */
  void showProcess(Meters meters) {
    processMeters.show(meters, frontDoor.eventLoops());
  }

  /**
   * Adds the health checks of a generation.
   *
   * @param closed says why clients are not to be led here; null if they are
   * @param refused gives the reload that was refused; null if none was
   * @param blockedMillis gives for how long an event loop has been blocked
   */
  void addChecks(
      Generation generation,
      Supplier<@Nullable String> closed,
      Supplier<@Nullable RefusedReload> refused,
      LongSupplier blockedMillis) {
    HealthChecks.add(
        generation.getCamelContext(), generation::fleet, probe, closed, refused, blockedMillis);
  }

  /**
   * The data of the status page.
   *
   * @param refused the reload that was refused; null if none was
   * @param since the number of the first sample of the history to return
   */
  Status status(@Nullable RefusedReload refused, long since) {
    History.Past past = history.past(since);
    return new Status(
        Build.version(),
        Duration.ofNanos(System.nanoTime() - started).toSeconds(),
        String.join(", ", frontDoor.localAddresses()),
        frontDoor.connectionCount(),
        generations.count(),
        refused,
        Figures.bounds(),
        counters.ofAll(),
        counters.versions(),
        Status.of(fleet(), probe, counters, history, past),
        Status.of(workers.sources()),
        past,
        events.latest());
  }

  private Fleet fleet() {
    return generations.current().fleet();
  }

  @Override
  public void close() {
    probe.close();
    processMeters.close();
  }
}
