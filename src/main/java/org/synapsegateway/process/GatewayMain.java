// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.config.StartupError;
import org.synapsegateway.config.StepWarnings;
import org.synapsegateway.management.FleetPages;
import org.synapsegateway.management.Lane;
import org.synapsegateway.management.Management;
import org.synapsegateway.management.Page;
import org.synapsegateway.metrics.DiscoveryMeters;
import org.synapsegateway.metrics.Meter;
import org.synapsegateway.metrics.Meters;
import org.synapsegateway.metrics.RequestCounters;
import org.synapsegateway.metrics.RequestMeters;
import org.synapsegateway.metrics.WorkerConnections;
import org.synapsegateway.request.Destinations;
import org.synapsegateway.request.Trace;
import org.synapsegateway.server.FrontDoor;
import org.synapsegateway.server.LoopWatch;
import org.synapsegateway.settings.Listener;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;
import org.synapsegateway.worker.Mirrors;
import org.synapsegateway.worker.WorkerAddress;
import org.synapsegateway.worker.Workers;

/**
 * The gateway's process: the front door, and the generation of routes that serves.
 *
 * <p>Changed files make a new generation, which takes over once it has started whole; the one
 * before takes what it has begun to its end. Safe for any thread.
 */
public final class GatewayMain {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayMain.class);
  private static final long LOOK_MILLIS = 500;

  /** How long an event loop may be blocked until the notices to systemd's watchdog stop. */
  private static final long LOST_MILLIS = 10_000;

  private final Function<Map<String, String>, Page> explain;
  private final Map<String, String> overrides = new HashMap<>();
  private final Meters meters = new Meters();
  private final Destinations destinations = new Destinations();
  private final RequestCounters counters = new RequestCounters(destinations);
  private final FrontDoor frontDoor = new FrontDoor(meters);
  private final Generations generations = new Generations();
  private final Workers workers = new Workers();
  private final Mirrors mirrors = new Mirrors();
  private final SharedState shared =
      new SharedState(meters, frontDoor, workers, mirrors, destinations, generations::current);
  private final Knowledge knowledge = new Knowledge(workers, shared);
  private final Systemd systemd = Systemd.of(System.getenv(), ProcessHandle.current().pid());
  private final Monitoring monitoring = new Monitoring(frontDoor, generations, workers, counters);
  private final Upgrade upgrade = new Upgrade(frontDoor, generations, knowledge, systemd);
  private final Reloads reloads =
      new Reloads(
          this::generation,
          generations,
          this::takeOver,
          this::failed,
          systemd,
          monitoring.events(),
          meters);

  @SuppressWarnings("NullAway.Init") // start() sets it, and nothing asks before
  private Settings settings;

  private @Nullable CertificateKeeper certificates;

  @SuppressWarnings("NullAway.Init") // start() sets it, and nothing asks before
  private volatile ScheduledExecutorService keeper;

  @SuppressWarnings("NullAway.Init") // start() sets it, and nothing asks before
  private Management management;

  private volatile @Nullable AccessLogOutput accessLog;

  @SuppressWarnings("NullAway.Init") // start() sets it, and nothing asks before
  private LoopWatch loopWatch;

  private volatile boolean stopping;
  private Consumer<Throwable> fatal = thrown -> {};
  private @Nullable Path predecessor;

  /**
   * @param explain makes the page that explains requests, of the keys that count before all others
   */
  public GatewayMain(Function<Map<String, String>, Page> explain) {
    this.explain = explain;
    meters.gauge(Meter.REQUESTS_IN_FLIGHT, generations::requestsInFlight);
    meters.gauge(Meter.GENERATIONS, generations::count);
    RequestMeters.show(counters, meters);
    meters.counter(Meter.ACCESS_LOG_DROPPED, () -> accessLog == null ? 0 : accessLog.dropped());
    for (Mirrors.Outcome outcome : Mirrors.Outcome.values()) {
      meters.counter(Meter.MIRRORED, () -> mirrors.counted(outcome), outcome.tag());
    }
    WorkerConnections.show(meters, workers, destinations);
    DiscoveryMeters.show(meters, workers.sources());
  }

  /** Gives a key a value that counts before those of the command line, environment and file. */
  public void addOverrideProperty(String key, String value) {
    overrides.put(key, value);
  }

  /** The front door. */
  public FrontDoor frontDoor() {
    return frontDoor;
  }

  /** The context of the routes that serve now. */
  public CamelContext getCamelContext() {
    return generations.current().getCamelContext();
  }

  /** Has it replace the process that waits at a socket; to be called before the start. */
  public void takeOverFrom(Path socket) {
    predecessor = socket;
  }

  /** Says how a process is started that is to take this one's place. */
  void startSuccessorsBy(Successor.Launcher launcher) {
    upgrade.startSuccessorsBy(launcher);
  }

  /** Says what to do when another process serves, and the last connection here has ended. */
  void whenSucceeded(Runnable end) {
    upgrade.whenEnded(end);
  }

  /**
   * Starts the routes and then opens the front door.
   *
   * @throws RuntimeException if something is wrong; {@link StartupError} explains it
   */
  public void start() {
    synchronized (generations) {
      try (Predecessor before = Predecessor.at(predecessor)) {
        start(before);
        before.serving();
      }
      if (accessLog != null) {
        accessLog.lead();
      }
      systemd.ready(generations.current().serving(), () -> loopWatch.blockedMillis() < LOST_MILLIS);
    }
  }

  private Generation generation() {
    return new Generation(overrides, shared::give);
  }

  private void start(Predecessor before) {
    Generation first = generation();
    try {
      first.start();
      settings = first.settings();
      management = ManagementPort.open(settings, before.sockets());
      secure(before);
      frontDoor.inherit(before.sockets());
      // what routes begin by themselves, a timer's request for instance, takes a loop
      frontDoor.open(first.frontRoute(), observer(before), () -> begin(before, first));
    } catch (RuntimeException | Error e) {
      String why = StartupError.describe(e);
      generations.withdraw();
      if (management != null) {
        management.close();
      }
      if (certificates != null) {
        certificates.close();
      }
      BoundedStart.stop(first);
      workers.close();
      before.failed(why); // when nothing is taken here any more
      throw e;
    }
    loopWatch = new LoopWatch(frontDoor.loops(), meters.counter(Meter.LOOP_BLOCKED)::increment);
    watch(first);
    reloads.begin(first);
    upgrade.begin(management, certificates, accessLog);
    keeper = Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("keeper", true));
    monitoring.probeWorkers(settings, meters);
    putPages();
    keeper.execute(() -> monitoring.showProcess(meters));
    keeper.execute(ClassFiles::open);
    Set<WorkerAddress> toldAway = StartupSummary.log(first.getCamelContext(), settings, management);
    monitoring.record(toldAway, keeper);
    keeper.scheduleWithFixedDelay(this::keep, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void begin(Predecessor before, Generation first) {
    knowledge.take(before.takeOver());
    generations.lead(first); // consumers and clients may need it at once
    first.ownConsumers().start();
  }

  /** Reads the certificates if a listener is https. */
  private void secure(Predecessor before) {
    if (settings.listeners().stream().anyMatch(Listener::https)) {
      certificates = CertificateKeeper.of(settings, before);
      certificates.show(meters);
      frontDoor.secureBy(certificates.tls());
    }
  }

  private Trace.Observer observer(Predecessor before) {
    accessLog = AccessLogOutput.of(settings, destinations, !before.exists());
    return accessLog == null ? counters : new Observers(counters, accessLog.observer());
  }

  /** Takes what is under way to its end, for camel.main.shutdownTimeout at most, and stops. */
  public void stop() {
    synchronized (generations) {
      if (generations.orNull() != null) {
        stopAll();
      }
    }
  }

  private void stopAll() {
    systemd.stopping();
    keeper.shutdownNow();
    announceStop();
    frontDoor.close(shutdownMillis());
    if (certificates != null) {
      certificates.close();
    }
    // until here it shows requests in flight, and that the gateway is not ready
    management.close();
    monitoring.close();
    loopWatch.close();
    if (accessLog != null) {
      accessLog.close();
    }
    generations.stop();
    workers.close();
    systemd.close();
  }

  /** Serves while load balancers find out that the gateway is not ready. */
  private void announceStop() {
    stopping = true;
    long delay = delayMillis();
    if (delay > 0) {
      frontDoor.announceEnd(); // a client that has to connect anew may get to another gateway
      LOG.info("Not ready; accepting clients for another {} ms", delay);
      try {
        new CountDownLatch(1).await(delay, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Why clients are not to be led here; null if they are. */
  private @Nullable String closed() {
    if (!frontDoor.isOpen()) {
      return "no connection is accepted";
    }
    return stopping ? "the gateway is about to stop" : null;
  }

  private long delayMillis() {
    // who does not listen any more is not waited for
    return frontDoor.isOpen() ? generations.current().settings().millis(Setting.STOP_DELAY) : 0;
  }

  private void putPages() {
    management.post("/observe/explain", Lane.SLOW, explain.apply(overrides));
    new ProcessPages(keeper, () -> reloadByHand("Reload by the management port"), upgrade)
        .putOn(management, meters);
    FleetPages.put(
        management,
        this::getCamelContext,
        () -> generations.current().fleet(),
        counters,
        since -> monitoring.status(reloads.latestRefused(), since),
        monitoring.events(),
        upgrade::beforeItIsTold);
    management.start();
  }

  /** How long what is under way may take at a stop. */
  long shutdownMillis() {
    Generation now = generations.orNull();
    return now == null ? 0 : now.shutdownMillis();
  }

  /** How long a stop may take, with the time before it in which the gateway still serves. */
  long stopMillis() {
    return shutdownMillis() + (generations.orNull() == null ? 0 : delayMillis());
  }

  /** Sets the handler of uncaught failures, which may end the process. */
  void whenFatal(Consumer<Throwable> look) {
    fatal = look;
  }

  /** How many generations run. */
  public int generations() {
    return generations.count();
  }

  /** The management port. */
  public Management managementPort() {
    return management;
  }

  private void keep() {
    if (!upgrade.isDone()) {
      if (certificates != null) {
        keep("The watch of certificates", certificates::look);
      }
      keep("The watch of changed files", reloads::look);
    }
    keep("The end of previous routes", generations::stopThoseThatAreDone);
  }

  /** One that fails is logged, and keeps none of the others from its turn. */
  private void keep(String what, Runnable look) {
    try {
      look.run();
    } catch (RuntimeException | Error e) {
      failed(e);
      LOG.error("{} failed: {}", what, StartupError.describe(e));
    }
  }

  private void failed(Throwable thrown) {
    fatal.accept(thrown);
  }

  /** Limits the time of a reload. */
  public void limitReloads(Duration limit) {
    reloads.limit(limit);
  }

  /** Reads the files again, on this thread. */
  public Reloaded reload() {
    return reloads.reload();
  }

  private Reloaded reloadByHand(String why) {
    return upgrade.isDone() ? Reloaded.refused(Upgrade.REPLACED) : reloads.byHand(why);
  }

  /** Reopens the file of the access log, after it was moved. */
  void reopenAccessLog() {
    AccessLogOutput log = accessLog;
    if (log != null) {
      log.reopen();
    }
  }

  /** Has the files read again. */
  void hangUp() {
    ScheduledExecutorService now = keeper;
    if (now != null && !now.isShutdown()) { // before, the files are being read anyway
      now.execute(() -> reloadByHand("SIGHUP"));
    }
  }

  private void takeOver(Generation next) {
    watch(next);
    generations.lead(next); // once nothing can fail any more
    frontDoor.lead(next.frontRoute());
  }

  /** Adds the checks of a generation, and warns of its steps. */
  private void watch(Generation generation) {
    monitoring.addChecks(
        generation, this::closed, reloads::latestRefused, loopWatch::blockedMillis);
    StepWarnings.of(generation.getCamelContext(), generation.settings())
        .forEach(warning -> LOG.warn("{}", warning));
  }
}
