package org.synapsegateway.process;

import io.micrometer.core.instrument.Counter;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.accesslog.AccessLog;
import org.synapsegateway.config.StartupError;
import org.synapsegateway.config.StepWarnings;
import org.synapsegateway.exchange.SharedServices;
import org.synapsegateway.fleet.Events;
import org.synapsegateway.fleet.Fleet;
import org.synapsegateway.fleet.FleetMeters;
import org.synapsegateway.fleet.HealthChecks;
import org.synapsegateway.fleet.History;
import org.synapsegateway.fleet.Lookout;
import org.synapsegateway.fleet.RefusedReload;
import org.synapsegateway.http.Destinations;
import org.synapsegateway.http.ReplayMemory;
import org.synapsegateway.http.Trace;
import org.synapsegateway.identity.UserDirectory;
import org.synapsegateway.identity.WhoAmI;
import org.synapsegateway.management.Answer;
import org.synapsegateway.management.FleetPages;
import org.synapsegateway.management.HostNames;
import org.synapsegateway.management.Lane;
import org.synapsegateway.management.Management;
import org.synapsegateway.management.Page;
import org.synapsegateway.management.Question;
import org.synapsegateway.management.Status;
import org.synapsegateway.metrics.FailureLog;
import org.synapsegateway.metrics.Figures;
import org.synapsegateway.metrics.Ledger;
import org.synapsegateway.metrics.Meter;
import org.synapsegateway.metrics.Meters;
import org.synapsegateway.metrics.ProcessMeters;
import org.synapsegateway.metrics.RequestMeters;
import org.synapsegateway.metrics.WorkerConnections;
import org.synapsegateway.net.ListenFailure;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.server.FrontDoor;
import org.synapsegateway.server.LoopWatch;
import org.synapsegateway.settings.Listener;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;
import org.synapsegateway.worker.Mirrors;
import org.synapsegateway.worker.Workers;

/**
 * The gateway's process: the front door, and behind it the generation of routes that serves.
 *
 * <p>Changed files make a new generation, which takes over once it has started whole; the one
 * before takes what it has begun to its end. Safe for any thread.
 */
public final class GatewayMain {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayMain.class);
  private static final long LOOK_MILLIS = 500;

  /** For how long an event loop stands still until systemd is no longer told that all is well. */
  private static final long LOST_MILLIS = 10_000;

  private static final String STOPS = "the gateway stops";

  /** What a stop may take beyond camel.main.shutdownTimeout. */
  private static final Duration STOP_MARGIN = Duration.ofSeconds(5);

  /** Settings of what outlives a generation. */
  private static final Set<Setting> OF_THE_PROCESS =
      EnumSet.of(
          Setting.LISTEN,
          Setting.TLS_CERTIFICATES,
          Setting.TLS_PROFILE,
          Setting.TLS_TICKETS,
          Setting.EVENT_LOOPS,
          Setting.CONNECTIONS_MAX,
          Setting.REPLAY_MEMORY,
          Setting.WHOAMI_TIMEOUT,
          Setting.WHOAMI_CACHE_TTL,
          Setting.WHOAMI_NEGATIVE_CACHE_TTL,
          Setting.WHOAMI_CACHE_SIZE,
          Setting.WHOAMI_RATE_MAX,
          Setting.WHOAMI_RATE_PER_CLIENT_MAX,
          Setting.ACCESS_LOG,
          Setting.ACCESS_LOG_FILE,
          Setting.ACCESS_LOG_ROTATE,
          Setting.ACCESS_LOG_SECRET,
          Setting.MANAGEMENT_HOST,
          Setting.MANAGEMENT_PORT,
          Setting.MANAGEMENT_HOSTS,
          Setting.MANAGEMENT_CONNECTIONS_MAX,
          Setting.MANAGEMENT_TIMEOUT,
          Setting.HEALTH_INTERVAL);

  private final Function<Map<String, String>, Page> explain;
  private final Map<String, String> overrides = new HashMap<>();
  private final Meters meters = new Meters();
  private final Destinations destinations = new Destinations();
  private final Ledger ledger = new Ledger(destinations);
  private final FrontDoor frontDoor = new FrontDoor(meters);
  private final Counter loaded = meters.counter(Meter.RELOADS, "loaded");
  private final Counter refused = meters.counter(Meter.RELOADS, "refused");
  private final List<Generation> leaving = new CopyOnWriteArrayList<>();
  private final Workers workers = new Workers();
  private final Mirrors mirrors = new Mirrors();
  private final ProcessMeters processMeters = new ProcessMeters();
  private final Lookout lookout = new Lookout();
  private final Events events = new Events();
  private final History history = new History();
  private final long started = System.nanoTime();
  private Settings settings;
  private UserDirectory users;
  private MemoryBudget replayBudget;
  private FileWatch watch;
  private CertificateKeeper certificates;
  private volatile ScheduledExecutorService keeper;
  private Management management;
  private volatile AccessLog accessLog;
  private LoopWatch loopWatch;
  private AccessLogTarget accessLogTarget;
  private Systemd systemd;
  private volatile Generation current;
  private volatile RefusedReload refusedReload;
  private volatile boolean failed;
  private volatile Duration reloadLimit = Duration.ofSeconds(30);
  private Consumer<Throwable> fatal = thrown -> {};

  /**
   * @param explain makes the page that explains requests, of the keys that count before all others
   */
  public GatewayMain(Function<Map<String, String>, Page> explain) {
    this.explain = explain;
    meters.gauge(Meter.REQUESTS_IN_FLIGHT, this::requestsInFlight);
    meters.gauge(Meter.GENERATIONS, this::generations);
    RequestMeters.show(ledger, meters);
    meters.counter(Meter.ACCESS_LOG_DROPPED, () -> accessLog == null ? 0 : accessLog.dropped());
    for (Mirrors.Outcome outcome : Mirrors.Outcome.values()) {
      meters.counter(Meter.MIRRORED, () -> mirrors.counted(outcome), outcome.tag());
    }
    WorkerConnections.show(meters, workers, destinations);
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
    return current.getCamelContext();
  }

  /**
   * Starts the routes and then opens the front door.
   *
   * @throws RuntimeException if something is wrong; {@link StartupError} explains it
   */
  public synchronized void start() {
    Generation first = new Generation(overrides, this::prepare);
    try {
      first.start();
      settings = first.settings();
      management = management();
      secure();
      // what routes begin by themselves, a timer's request for instance, takes a loop
      frontDoor.open(first.entrance(), observer(), first.ownConsumers()::start);
    } catch (RuntimeException | Error e) {
      if (management != null) {
        management.close();
      }
      if (certificates != null) {
        certificates.close();
      }
      BoundedStart.stop(first);
      throw e;
    }
    loopWatch = new LoopWatch(frontDoor.loops(), meters.counter(Meter.LOOP_BLOCKED)::increment);
    serve(first);
    watch = first.reloads() ? first.watch() : null;
    keeper = Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("keeper", true));
    FleetMeters.show(meters, this::fleet, lookout);
    lookout.ask(this::fleet, settings.millis(Setting.HEALTH_INTERVAL));
    lookout.watchDirectories(this::fleet);
    putPages();
    keeper.execute(() -> processMeters.show(meters, frontDoor.eventLoops()));
    StartupSummary.log(first.getCamelContext(), settings, management);
    lookout.tellChanges(this::fleet, ledger, events);
    lookout.record(this::fleet, ledger, history);
    keeper.scheduleWithFixedDelay(this::keep, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    keeper.scheduleAtFixedRate(new FailureLog(ledger)::look, 1, 1, TimeUnit.MINUTES);
    systemd = Systemd.of(System.getenv(), ProcessHandle.current().pid());
    systemd.ready(serving(first), () -> loopWatch.blockedMillis() < LOST_MILLIS);
  }

  /** Reads the certificates if somebody listens for https. */
  private void secure() {
    if (settings.listeners().stream().anyMatch(Listener::https)) {
      certificates = CertificateKeeper.of(settings);
      certificates.show(meters);
      frontDoor.secureBy(certificates.tls());
    }
  }

  private Trace.Observer observer() {
    if (settings.text(Setting.ACCESS_LOG).equals("off")) {
      return ledger;
    }
    accessLogTarget = new AccessLogTarget(settings);
    accessLog = AccessLog.of(settings, destinations, accessLogTarget);
    return new Observers(ledger, accessLog);
  }

  /** Takes what is under way to its end, for camel.main.shutdownTimeout at most, and stops. */
  public synchronized void stop() {
    if (current == null) {
      return;
    }
    systemd.stopping();
    keeper.shutdownNow();
    frontDoor.close(current.shutdownMillis());
    if (certificates != null) {
      certificates.close();
    }
    // until here it tells what is still under way, and that the gateway is not ready
    management.close();
    lookout.close();
    loopWatch.close();
    processMeters.close();
    if (accessLog != null) {
      accessLog.close();
      accessLogTarget.close();
    }
    current.stop();
    leaving.forEach(Generation::stop);
    current = null;
    systemd.close();
  }

  /** Listens on the management port, and answers nothing yet. */
  private Management management() {
    String host = settings.text(Setting.MANAGEMENT_HOST);
    int port = settings.count(Setting.MANAGEMENT_PORT);
    try {
      return new Management(host, port, managementLimits(host));
    } catch (IOException e) {
      throw new IllegalStateException(
          ListenFailure.describe(host + ":" + port, e, "management.host, management.port"));
    }
  }

  private void putPages() {
    management.get(
        "/observe/metrics", question -> Answer.text(Meters.PROMETHEUS_TEXT, meters.scrape()));
    management.post("/observe/explain", Lane.SLOW, explain.apply(overrides));
    management.post("/observe/reload", Lane.SLOW, this::reloadPage);
    FleetPages.put(management, this::getCamelContext, this::fleet, ledger, this::status, events);
    management.start();
  }

  private Management.Limits managementLimits(String host) {
    return new Management.Limits(
        new HostNames(host + " " + settings.text(Setting.MANAGEMENT_HOSTS)),
        settings.count(Setting.MANAGEMENT_CONNECTIONS_MAX),
        Duration.ofMillis(settings.millis(Setting.MANAGEMENT_TIMEOUT)));
  }

  private Fleet fleet() {
    return current.fleet();
  }

  /** The management port. */
  public Management managementPort() {
    return management;
  }

  /**
   * @param since the number of the first sample of the past that is told
   */
  private Status status(long since) {
    History.Past past = history.past(since);
    return new Status(
        version(),
        Duration.ofNanos(System.nanoTime() - started).toSeconds(),
        String.join(", ", frontDoor.localAddresses()),
        frontDoor.connectionCount(),
        generations(),
        refusedReload,
        Figures.bounds(),
        ledger.ofAll(),
        Status.of(current.fleet(), lookout, ledger, history, past),
        past,
        events.latest());
  }

  private int requestsInFlight() {
    Generation now = current;
    int sum = now == null ? 0 : now.entrance().inFlight();
    for (Generation generation : leaving) {
      sum += generation.entrance().inFlight();
    }
    return sum;
  }

  /** How many generations run. */
  public int generations() {
    return current == null ? 0 : 1 + leaving.size();
  }

  private void keep() {
    try {
      if (certificates != null) {
        certificates.look();
      }
      if (watch != null && watch.changed()) {
        reload();
      }
      stopThoseThatAreDone();
    } catch (RuntimeException | Error e) {
      fatal.accept(e);
      LOG.error("Looking after the routes failed: {}", StartupError.describe(e)); // and goes on
    }
  }

  /** Lets a reload take so long at most. */
  public void limitReloads(Duration limit) {
    reloadLimit = limit;
  }

  /** A reload that somebody asks for, be the files watched or not; they are read once for it. */
  private Reloaded reloadByHand(String why) {
    LOG.info("{}: the files are read again", why);
    if (watch != null) {
      watch.taken();
    }
    return reload();
  }

  /** Reloads on the keeper's thread, as reloads come one after the other, and waits for it. */
  private Answer reloadPage(Question question) {
    try {
      Reloaded done = keeper.submit(() -> reloadByHand("Reload by the management port")).get();
      return done.error() == null ? Answer.json(200, done) : refusal(done.error());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return refusal(STOPS);
    } catch (RejectedExecutionException e) {
      return refusal(STOPS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static Answer refusal(String error) {
    return Answer.json(409, Map.of("error", error));
  }

  private void reopenAccessLog() {
    AccessLog log = accessLog;
    if (log != null) {
      log.betweenWrites(accessLogTarget::reopen);
    }
  }

  private void hangUp() {
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
    Generation next = new Generation(overrides, this::prepare);
    try {
      return BoundedStart.of(next, reloadLimit).map(this::refuse).orElseGet(() -> takeOver(next));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Reloaded.refused(STOPS);
    } catch (RuntimeException | Error e) {
      BoundedStart.stopAside(next);
      return refuse(BoundedStart.Fault.of(e));
    }
  }

  private Reloaded refuse(BoundedStart.Fault fault) {
    refused.increment();
    fatal.accept(fault.thrown());
    RefusedReload before = refusedReload;
    String since =
        before == null ? Instant.now().truncatedTo(ChronoUnit.SECONDS).toString() : before.since();
    refusedReload = new RefusedReload(since, fault.text());
    systemd.status("Changed files are not loaded: " + fault.text());
    events.add(
        Events.Kind.REFUSED, null, "reload refused, the routes before go on: " + fault.text());
    LOG.error("The routes are not reloaded, those before go on: {}", fault.text());
    return Reloaded.refused(fault.text());
  }

  private synchronized Reloaded takeOver(Generation next) {
    if (current == null) {
      next.stop();
      return Reloaded.refused(STOPS);
    }
    List<String> changes = GenerationChange.lines(current, next);
    next.ownConsumers().takeOverFrom(current.ownConsumers());
    leaving.add(current);
    serve(next);
    frontDoor.lead(next.entrance());
    refusedReload = null;
    systemd.status(serving(next));
    loaded.increment();
    List<String> nextStart =
        OF_THE_PROCESS.stream()
            .filter(setting -> !next.settings().text(setting).equals(settings.text(setting)))
            .map(Setting::key)
            .toList();
    Reloaded done = new Reloaded(next.getCamelContext().getRoutesSize(), changes, nextStart, null);
    events.add(Events.Kind.RELOADED, null, "reloaded: " + done.text());
    LOG.info("Reloaded: {}", done.text());
    nextStart.forEach(key -> LOG.warn("{} has changed; that takes effect at the next start", key));
    return done;
  }

  private static String serving(Generation generation) {
    return generation.getCamelContext().getRoutesSize() + " routes serve";
  }

  private void serve(Generation generation) {
    HealthChecks.add(
        generation.getCamelContext(),
        generation.fleet(),
        lookout,
        frontDoor::isOpen,
        () -> refusedReload,
        loopWatch::blockedMillis);
    current = generation;
    StepWarnings.of(generation.getCamelContext(), generation.settings()).forEach(LOG::warn);
  }

  private void stopThoseThatAreDone() {
    List<Generation> done =
        leaving.stream().filter(generation -> generation.entrance().closeIfIdle()).toList();
    done.forEach(BoundedStart::stopAside);
    leaving.removeAll(done);
  }

  /** Gives a generation what it shares with those before it. */
  private void prepare(Generation generation) {
    if (users == null) {
      users =
          new UserDirectory(
              generation.whoAmI() == null ? null : this::ask, limits(generation.settings()));
      for (UserDirectory.LookUp how : UserDirectory.LookUp.values()) {
        meters.counter(Meter.WHOAMI, () -> users.lookUps(how), how.tag());
      }
    }
    if (replayBudget == null) {
      replayBudget = ReplayMemory.budget(generation.settings().bytes(Setting.REPLAY_MEMORY));
    }
    generation.entrance().teach(users);
    CamelContext context = generation.getCamelContext();
    SharedServices.of(context)
        .put(UserDirectory.class, users)
        .put(MemoryBudget.class, replayBudget)
        .put(SharedServices.EventLoops.class, frontDoor::loops)
        .put(Workers.class, workers)
        .put(Mirrors.class, mirrors)
        .put(Destinations.class, destinations);
    context.getRegistry().bind(MicrometerConstants.METRICS_REGISTRY_NAME, meters.registry());
    if (generation.settings().text(Setting.CAMEL_METERS).equals("on")) {
      context.addRoutePolicyFactory(new MicrometerRoutePolicyFactory());
    }
  }

  private void ask(WhoAmI.Question question, Executor loop, Consumer<byte[]> answer) {
    WhoAmI synapse = current.whoAmI();
    if (synapse == null) {
      answer.accept(null);
    } else {
      synapse.ask(question, loop, answer);
    }
  }

  /** The version that the jar's manifest has. */
  public static String version() {
    String version = GatewayMain.class.getPackage().getImplementationVersion();
    return version == null ? "not packaged" : version;
  }

  /** The limits that the settings give a directory of users. */
  public static UserDirectory.Limits limits(Settings settings) {
    return new UserDirectory.Limits(
        settings.count(Setting.WHOAMI_CACHE_SIZE),
        Duration.ofMillis(settings.millis(Setting.WHOAMI_CACHE_TTL)),
        Duration.ofMillis(settings.millis(Setting.WHOAMI_NEGATIVE_CACHE_TTL)),
        UserDirectory.Limits.QUESTIONS,
        settings.count(Setting.WHOAMI_RATE_PER_CLIENT_MAX),
        settings.count(Setting.WHOAMI_RATE_MAX),
        Duration.ofMillis(settings.millis(Setting.WHOAMI_TIMEOUT)));
  }

  /** Runs until a signal; returns the exit status, and has told why if it is not 0. */
  public int runAndReport() {
    return runAndReport(() -> {}, () -> {});
  }

  /**
   * As {@link #runAndReport()}.
   *
   * @param started what to do when it runs
   * @param stopped what to do when it runs no longer, or could not start
   */
  public int runAndReport(Runnable started, Runnable stopped) {
    LastResort lastResort = LastResort.start();
    fatal = OutOfMemory.watch(lastResort)::look;
    Thread hook = new Thread(() -> stopInOrder(stopped, lastResort), "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    Signals.hangUp(this::hangUp);
    Signals.user1(this::reopenAccessLog);
    try {
      start();
      started.run();
      new CountDownLatch(1).await(); // the signal's thread ends the process
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    } catch (Throwable e) {
      failed = true; // whatever it was, a supervisor must see a failure
      fatal.accept(e);
      System.err.println(StartupError.explain(e));
      return 1;
    }
  }

  /**
   * A stop that was asked for is a success, so the status is not that of the signal. Whatever
   * hangs, a bean of an admin's own or a start that has not ended, the process ends.
   */
  private void stopInOrder(Runnable stopped, LastResort lastResort) {
    Generation now = current;
    long limit = STOP_MARGIN.toMillis() + (now == null ? 0 : now.shutdownMillis());
    lastResort.within(limit, LastResort.Reason.SLOW_STOP);
    stop();
    stopped.run();
    Runtime.getRuntime().halt(failed ? 1 : 0);
  }
}
