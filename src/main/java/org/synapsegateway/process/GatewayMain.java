// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import io.micrometer.core.instrument.Counter;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.accesslog.AccessLog;
import org.synapsegateway.config.StartupError;
import org.synapsegateway.config.StepWarnings;
import org.synapsegateway.config.TokenFile;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.fault.Reason;
import org.synapsegateway.fleet.Events;
import org.synapsegateway.fleet.Fleet;
import org.synapsegateway.fleet.FleetMeters;
import org.synapsegateway.fleet.HealthChecks;
import org.synapsegateway.fleet.History;
import org.synapsegateway.fleet.RefusedReload;
import org.synapsegateway.fleet.WorkerProbe;
import org.synapsegateway.management.Answer;
import org.synapsegateway.management.FleetPages;
import org.synapsegateway.management.Guard;
import org.synapsegateway.management.HostNames;
import org.synapsegateway.management.Lane;
import org.synapsegateway.management.Management;
import org.synapsegateway.management.Page;
import org.synapsegateway.management.Status;
import org.synapsegateway.metrics.DiscoveryMeters;
import org.synapsegateway.metrics.FailureLog;
import org.synapsegateway.metrics.Figures;
import org.synapsegateway.metrics.Meter;
import org.synapsegateway.metrics.Meters;
import org.synapsegateway.metrics.ProcessMeters;
import org.synapsegateway.metrics.RequestCounters;
import org.synapsegateway.metrics.RequestMeters;
import org.synapsegateway.metrics.WorkerConnections;
import org.synapsegateway.net.InheritedSockets;
import org.synapsegateway.net.ListenFailure;
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

  private static final String STOPS = "the gateway stops";
  private static final String TICKETS = "tickets";

  private final Function<Map<String, String>, Page> explain;
  private final Map<String, String> overrides = new HashMap<>();
  private final Meters meters = new Meters();
  private final Destinations destinations = new Destinations();
  private final RequestCounters counters = new RequestCounters(destinations);
  private final FrontDoor frontDoor = new FrontDoor(meters);
  private final Counter loaded = meters.counter(Meter.RELOADS, "loaded");
  private final Counter refused = meters.counter(Meter.RELOADS, "refused");
  private final Generations generations = new Generations();
  private final Workers workers = new Workers();
  private final Mirrors mirrors = new Mirrors();
  private final SharedState shared =
      new SharedState(meters, frontDoor, workers, mirrors, destinations, generations::current);
  private final Knowledge knowledge = new Knowledge(workers, shared);
  private final ProcessMeters processMeters = new ProcessMeters();
  private final WorkerProbe probe = new WorkerProbe();
  private final Events events = new Events();
  private final History history = new History();
  private final long started = System.nanoTime();

  @SuppressWarnings("NullAway.Init") // start() sets it, and nothing asks before
  private Settings settings;

  private @Nullable FileWatch watch;
  private @Nullable CertificateKeeper certificates;

  @SuppressWarnings("NullAway.Init") // start() sets it, and nothing asks before
  private volatile ScheduledExecutorService keeper;

  @SuppressWarnings("NullAway.Init") // start() sets it, and nothing asks before
  private Management management;

  private volatile @Nullable AccessLog accessLog;

  @SuppressWarnings("NullAway.Init") // start() sets it, and nothing asks before
  private LoopWatch loopWatch;

  private @Nullable AccessLogTarget accessLogTarget;
  private final Systemd systemd = Systemd.of(System.getenv(), ProcessHandle.current().pid());
  private volatile @Nullable RefusedReload refusedReload;
  private volatile boolean stopping;
  private volatile Duration reloadLimit = Duration.ofSeconds(30);
  private Consumer<Throwable> fatal = thrown -> {};
  private @Nullable Path predecessor;
  private Successor.Launcher successors = Successor::sameCommand;
  private Runnable succeeded = () -> {};
  private volatile boolean replaced;

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
    successors = launcher;
  }

  /** Says what to do when another process serves, and the last connection here has ended. */
  void whenSucceeded(Runnable end) {
    succeeded = end;
  }

  /**
   * Starts the routes and then opens the front door.
   *
   * @throws RuntimeException if something is wrong; {@link StartupError} explains it
   */
  public synchronized void start() {
    try (Predecessor before = Predecessor.at(predecessor)) {
      start(before);
      before.serving();
    }
    betweenLines(AccessLogTarget::lead);
    systemd.ready(serving(generations.current()), () -> loopWatch.blockedMillis() < LOST_MILLIS);
  }

  private void start(Predecessor before) {
    Generation first = new Generation(overrides, shared::give);
    try {
      first.start();
      settings = first.settings();
      management = management(before.sockets());
      secure(before.part(TICKETS));
      frontDoor.inherit(before.sockets());
      // what routes begin by themselves, a timer's request for instance, takes a loop
      frontDoor.open(first.frontRoute(), observer(before), () -> begin(before, first));
    } catch (RuntimeException | Error e) {
      before.failed(StartupError.describe(e));
      if (management != null) {
        management.close();
      }
      if (certificates != null) {
        certificates.close();
      }
      BoundedStart.stop(first);
      workers.close();
      throw e;
    }
    loopWatch = new LoopWatch(frontDoor.loops(), meters.counter(Meter.LOOP_BLOCKED)::increment);
    serve(first);
    watch = first.reloads() ? first.watch() : null;
    keeper = Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("keeper", true));
    FleetMeters.show(meters, this::fleet, probe);
    probe.ask(this::fleet, settings.millis(Setting.HEALTH_INTERVAL));
    probe.watchDirectories(this::fleet);
    putPages();
    keeper.execute(() -> processMeters.show(meters, frontDoor.eventLoops()));
    keeper.execute(ClassFiles::open);
    Set<WorkerAddress> toldAway = StartupSummary.log(first.getCamelContext(), settings, management);
    probe.tellChanges(this::fleet, counters, events, toldAway);
    probe.record(this::fleet, counters, history);
    keeper.scheduleWithFixedDelay(this::keep, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    keeper.scheduleAtFixedRate(new FailureLog(counters)::look, 1, 1, TimeUnit.MINUTES);
  }

  private void begin(Predecessor before, Generation first) {
    knowledge.take(before.takeOver());
    first.ownConsumers().start();
  }

  /** Reads the certificates if a listener is https. */
  private void secure(byte @Nullable [] ticketKeys) {
    if (settings.listeners().stream().anyMatch(Listener::https)) {
      certificates = CertificateKeeper.of(settings, ticketKeys);
      certificates.show(meters);
      frontDoor.secureBy(certificates.tls());
    }
  }

  private Trace.Observer observer(Predecessor before) {
    if (settings.text(Setting.ACCESS_LOG).equals("off")) {
      return counters;
    }
    accessLogTarget = new AccessLogTarget(settings, !before.exists());
    accessLog = AccessLog.of(settings, destinations, accessLogTarget);
    return new Observers(counters, accessLog);
  }

  /** Takes what is under way to its end, for camel.main.shutdownTimeout at most, and stops. */
  public synchronized void stop() {
    if (generations.orNull() == null) {
      return;
    }
    systemd.stopping();
    keeper.shutdownNow();
    announceStop();
    frontDoor.close(shutdownMillis());
    if (certificates != null) {
      certificates.close();
    }
    // until here it shows requests in flight, and that the gateway is not ready
    management.close();
    probe.close();
    loopWatch.close();
    processMeters.close();
    if (accessLog != null) {
      accessLog.close();
    }
    if (accessLogTarget != null) {
      accessLogTarget.close();
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
    return generations.current().settings().millis(Setting.STOP_DELAY);
  }

  /** Listens on the management port, and answers nothing yet. */
  private Management management(InheritedSockets inherited) {
    String host = settings.text(Setting.MANAGEMENT_HOST);
    int port = settings.count(Setting.MANAGEMENT_PORT);
    try {
      return new Management(host, port, managementLimits(host), guard(), inherited);
    } catch (IOException e) {
      String address = host + ":" + port;
      throw ConfigurationException.of(
          Fault.of(
              Code.CANNOT_LISTEN,
              address,
              ListenFailure.describe(address, e, "management.host, management.port")),
          e);
    }
  }

  /** Without a token the gateway serves, and the management port admits no change. */
  private Guard guard() {
    String name = settings.text(Setting.MANAGEMENT_TOKEN_FILE);
    if (name.isEmpty()) {
      return Guard.closed(Setting.MANAGEMENT_TOKEN_FILE.key() + " is empty");
    }
    Path file = Path.of(name).toAbsolutePath();
    try {
      String token = TokenFile.make(file, settings.text(Setting.MANAGEMENT_TOKEN_GROUP));
      return Guard.of(token, file.toRealPath() + " (" + Setting.MANAGEMENT_TOKEN_FILE.key() + ")");
    } catch (IOException e) {
      LOG.warn(
          "{}",
          Fault.of(
              Code.TOKEN_FILE,
              name,
              "nobody can drain workers or reload by the management port: " + e.getMessage()));
      return Guard.closed("there is no management token: " + e.getMessage());
    }
  }

  private void putPages() {
    for (String path : List.of("/observe/metrics", "/metrics")) {
      management.get(path, question -> Answer.text(Meters.PROMETHEUS_TEXT, meters.scrape()));
    }
    management.post("/observe/explain", Lane.SLOW, explain.apply(overrides));
    management.change("/observe/reload", Lane.SLOW, question -> answer(this::reloadPage));
    management.change("/observe/upgrade", Lane.SLOW, question -> answer(this::upgradePage));
    FleetPages.put(management, this::getCamelContext, this::fleet, counters, this::status, events);
    management.start();
  }

  private Management.Limits managementLimits(String host) {
    return new Management.Limits(
        new HostNames(host + " " + settings.text(Setting.MANAGEMENT_HOSTS)),
        settings.count(Setting.MANAGEMENT_CONNECTIONS_MAX),
        Duration.ofMillis(settings.millis(Setting.MANAGEMENT_TIMEOUT)));
  }

  private Fleet fleet() {
    return generations.current().fleet();
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

  /**
   * @param since the number of the first sample of the history to return
   */
  private Status status(long since) {
    History.Past past = history.past(since);
    return new Status(
        Build.version(),
        Duration.ofNanos(System.nanoTime() - started).toSeconds(),
        String.join(", ", frontDoor.localAddresses()),
        frontDoor.connectionCount(),
        generations.count(),
        refusedReload,
        Figures.bounds(),
        counters.ofAll(),
        counters.versions(),
        Status.of(fleet(), probe, counters, history, past),
        Status.of(workers.sources()),
        past,
        events.latest());
  }

  private void keep() {
    try {
      if (certificates != null && !replaced) {
        certificates.look();
      }
      if (watch != null && !replaced && watch.changed()) {
        reload();
      }
      generations.stopThoseThatAreDone();
    } catch (RuntimeException | Error e) {
      fatal.accept(e);
      LOG.error("The watch of changed files failed: {}", StartupError.describe(e)); // and goes on
    }
  }

  /** Limits the time of a reload. */
  public void limitReloads(Duration limit) {
    reloadLimit = limit;
  }

  /** A reload on request, whether the files are watched or not; they are read once for it. */
  private Reloaded reloadByHand(String why) {
    if (replaced) {
      return Reloaded.refused("another process serves");
    }
    LOG.info("{}: the files are read again", why);
    if (watch != null) {
      watch.taken();
    }
    return reload();
  }

  /** Answers on the keeper's thread, as such changes come one after the other. */
  private Answer answer(Callable<Answer> change) {
    try {
      return keeper.submit(change).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return refusal(STOPS);
    } catch (RejectedExecutionException e) {
      return refusal(STOPS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private Answer reloadPage() {
    Reloaded done = reloadByHand("Reload by the management port");
    return done.error() == null ? Answer.json(200, done) : refusal(done.error());
  }

  private Answer upgradePage() {
    String obstacle = obstacle();
    if (obstacle != null) {
      return Answer.json(501, Map.of("error", obstacle));
    }
    try {
      long process = Successor.start(successors, new Estate());
      long before = ProcessHandle.current().pid();
      return Answer.json(200, new Upgraded(process, before, frontDoor.connectionCount()));
    } catch (IOException e) {
      LOG.error("Upgrade refused, this process goes on: {}", e.getMessage());
      return refusal(Reason.of(e));
    }
  }

  /** Why no other process can replace this one; null if one can. */
  private @Nullable String obstacle() {
    if (frontDoor.descriptors().isEmpty()) {
      return "an upgrade takes Netty's epoll transport, which does not load here; restart instead";
    }
    return ProcessHandle.current().pid() == 1
        ? "this is process 1, with which its container ends; start another container instead"
        : null;
  }

  /** What another process takes over. */
  private final class Estate implements Successor.Estate {
    @Override
    public List<Map.Entry<String, Integer>> sockets() {
      List<Map.Entry<String, Integer>> all = new ArrayList<>(frontDoor.descriptors());
      all.addAll(management.descriptors());
      return all;
    }

    @Override
    public Map<String, byte[]> first() {
      byte[] keys = certificates == null ? null : certificates.tls().ticketKeys();
      return keys == null ? Map.of() : Map.of(TICKETS, keys);
    }

    @Override
    public Map<String, byte[]> pause() {
      generations.current().ownConsumers().stop();
      return knowledge.tell();
    }

    @Override
    public void goOn() {
      generations.current().ownConsumers().start();
    }

    @Override
    public void leave(long process) {
      replaced = true;
      systemd.handTo(process);
      frontDoor.leave();
      management.leave();
      if (accessLogTarget != null) {
        accessLogTarget.follow();
      }
      LOG.info(
          "Process {} serves from now on; this one ends with the last of its {} connections",
          process,
          frontDoor.connectionCount());
      Thread end = new Thread(GatewayMain.this::awaitLast, "leave");
      end.setDaemon(true);
      end.start();
    }
  }

  private void awaitLast() {
    frontDoor.awaitLast();
    while (management.isAnswering()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
    succeeded.run();
  }

  private static Answer refusal(String error) {
    return Answer.json(409, Map.of("error", error));
  }

  /** Reopens the file of the access log, after it was moved. */
  void reopenAccessLog() {
    betweenLines(AccessLogTarget::reopen);
  }

  private void betweenLines(Consumer<AccessLogTarget> action) {
    AccessLog log = accessLog;
    AccessLogTarget target = accessLogTarget;
    if (log != null && target != null) {
      log.betweenWrites(() -> action.accept(target));
    }
  }

  /** Has the files read again. */
  void hangUp() {
    ScheduledExecutorService now = keeper;
    if (now != null && !now.isShutdown()) { // before, the files are being read anyway
      now.execute(() -> reloadByHand("SIGHUP"));
    }
  }

  /**
   * Starts another generation, which takes over if it is whole; does nothing after a stop.
   *
   * <p>A stop does not wait for it.
   */
  public Reloaded reload() {
    Generation next = new Generation(overrides, shared::give);
    try {
      return BoundedStart.of(next, reloadLimit).map(this::refuse).orElseGet(() -> takeOver(next));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Reloaded.refused(STOPS);
    } catch (RuntimeException | Error e) {
      BoundedStart.stopAside(next);
      return refuse(BoundedStart.Failed.of(e));
    }
  }

  private Reloaded refuse(BoundedStart.Failed fault) {
    refused.increment();
    fatal.accept(fault.thrown());
    RefusedReload before = refusedReload;
    String since =
        before == null ? Instant.now().truncatedTo(ChronoUnit.SECONDS).toString() : before.since();
    refusedReload = new RefusedReload(since, fault.text());
    systemd.status("Changed files are not loaded: " + fault.text());
    events.add(
        Events.Kind.REFUSED, null, "reload refused, the routes before go on: " + fault.text());
    LOG.error("Reload refused, the current routes stay: {}", fault.text());
    return Reloaded.refused(fault.text());
  }

  private synchronized Reloaded takeOver(Generation next) {
    Generation current = generations.orNull();
    if (current == null) {
      next.stop();
      return Reloaded.refused(STOPS);
    }
    List<String> changes = GenerationChange.lines(current, next);
    next.ownConsumers().takeOverFrom(current.ownConsumers());
    generations.leave(current);
    serve(next);
    frontDoor.lead(next.frontRoute());
    refusedReload = null;
    systemd.status(serving(next));
    loaded.increment();
    List<String> nextStart = ProcessSettings.changed(settings, next.settings());
    Reloaded done = new Reloaded(next.getCamelContext().getRoutesSize(), changes, nextStart, null);
    events.add(Events.Kind.RELOADED, null, "reloaded: " + done.text());
    LOG.info("Reloaded: {}", done.text());
    done.later().forEach(later -> LOG.warn("{}", later));
    return done;
  }

  private static String serving(Generation generation) {
    return generation.getCamelContext().getRoutesSize() + " routes serve";
  }

  private void serve(Generation generation) {
    HealthChecks.add(
        generation.getCamelContext(),
        generation::fleet,
        probe,
        this::closed,
        () -> refusedReload,
        loopWatch::blockedMillis);
    generations.lead(generation);
    StepWarnings.of(generation.getCamelContext(), generation.settings())
        .forEach(warning -> LOG.warn("{}", warning));
  }
}
