package org.synapsegateway;

import io.micrometer.core.instrument.Counter;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.spi.Registry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.identity.UserDirectory;
import org.synapsegateway.identity.WhoAmI;
import org.synapsegateway.observe.Management;
import org.synapsegateway.observe.Meter;
import org.synapsegateway.observe.Meters;
import org.synapsegateway.server.FrontDoor;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;
import org.synapsegateway.worker.Admissions;

/**
 * The gateway's process: the front door, and behind it the generation of routes that serves.
 *
 * <p>Changed files make a new generation, which takes over once it has started whole; the one
 * before takes what it has begun to its end. Safe for any thread.
 */
public final class GatewayMain {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayMain.class);
  private static final long LOOK_MILLIS = 500;

  /** Settings of what outlives a generation. */
  private static final Set<Setting> OF_THE_PROCESS =
      EnumSet.of(
          Setting.EVENT_LOOPS,
          Setting.CONNECTIONS_MAX,
          Setting.WHOAMI_PATIENCE,
          Setting.WHOAMI_KEEP,
          Setting.WHOAMI_KEEP_UNKNOWN,
          Setting.WHOAMI_TOKENS,
          Setting.MANAGEMENT_HOST,
          Setting.MANAGEMENT_PORT);

  private final Map<String, String> overrides = new HashMap<>();
  private final Meters meters = new Meters();
  private final FrontDoor frontDoor = new FrontDoor(meters);
  private final Counter loaded = meters.counter(Meter.RELOADS, "loaded");
  private final Counter refused = meters.counter(Meter.RELOADS, "refused");
  private final List<Generation> leaving = new ArrayList<>();
  private final Admissions admissions = new Admissions();
  private Settings settings;
  private UserDirectory users;
  private FileWatch watch;
  private ScheduledExecutorService keeper;
  private Management management;
  private volatile Generation current;
  private volatile boolean failed;

  public GatewayMain() {
    meters.gauge(Meter.REQUESTS_IN_FLIGHT, this::requestsInFlight);
    meters.gauge(Meter.GENERATIONS, this::generations);
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
      frontDoor.open(first.entrance());
    } catch (RuntimeException e) {
      first.stop();
      throw e;
    }
    current = first;
    settings = first.settings();
    watch = first.reloads() ? first.watch() : null;
    keeper = Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("keeper", true));
    management = management();
    StartupSummary.log(first.getCamelContext(), settings, management);
    keeper.scheduleWithFixedDelay(this::keep, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Takes what is under way to its end, for camel.main.shutdownTimeout at most, and stops. */
  public synchronized void stop() {
    if (current == null) {
      return;
    }
    keeper.shutdownNow();
    if (management != null) {
      management.close();
    }
    frontDoor.close(current.shutdownMillis());
    current.stop();
    leaving.forEach(Generation::stop);
    current = null;
  }

  /** Without metrics the gateway still does what it is for, so that is no reason not to start. */
  private Management management() {
    String host = settings.text(Setting.MANAGEMENT_HOST);
    int port = settings.count(Setting.MANAGEMENT_PORT);
    try {
      return new Management(host, port, meters);
    } catch (IOException e) {
      LOG.error(
          "No metrics: cannot listen on {}:{}: {} (management.host, management.port)",
          host,
          port,
          e.getMessage());
      return null;
    }
  }

  /** The management port; null if it could not be opened. */
  Management managementPort() {
    return management;
  }

  private synchronized int requestsInFlight() {
    int sum = current == null ? 0 : current.entrance().inFlight();
    for (Generation generation : leaving) {
      sum += generation.entrance().inFlight();
    }
    return sum;
  }

  /** How many generations run. */
  synchronized int generations() {
    return current == null ? 0 : 1 + leaving.size();
  }

  private void keep() {
    try {
      if (watch != null && watch.changed()) {
        reload();
      }
      stopThoseThatAreDone();
    } catch (RuntimeException e) {
      LOG.error("Looking after the routes failed", e); // and must go on nevertheless
    }
  }

  /** Starts another generation, which takes over if it is whole; does nothing after a stop. */
  synchronized void reload() {
    if (current == null) {
      return; // it waited for the stop to end
    }
    Generation next = new Generation(overrides, this::prepare);
    try {
      next.start();
    } catch (RuntimeException e) {
      next.stop();
      refused.increment();
      LOG.error("The routes are not reloaded, those before go on: {}", StartupError.describe(e));
      return;
    }
    leaving.add(current);
    current = next;
    frontDoor.lead(next.entrance());
    loaded.increment();
    LOG.info("Reloaded: {} routes serve from now on", next.getCamelContext().getRoutesSize());
    for (Setting setting : OF_THE_PROCESS) {
      if (!next.settings().text(setting).equals(settings.text(setting))) {
        LOG.warn("{} has changed; that takes effect at the next start", setting.key());
      }
    }
  }

  private synchronized void stopThoseThatAreDone() {
    leaving.removeIf(
        generation -> {
          boolean done = generation.entrance().closeIfIdle();
          if (done) {
            generation.stop();
          }
          return done;
        });
  }

  /** Gives a generation what it shares with those before it. */
  private void prepare(Generation generation) {
    if (users == null) {
      users = users(generation.whoAmI() == null ? null : this::ask, generation.settings());
    }
    Registry registry = generation.getCamelContext().getRegistry();
    registry.bind("userDirectory", users);
    registry.bind("admissions", admissions);
    registry.bind(MicrometerConstants.METRICS_REGISTRY_NAME, meters.registry());
  }

  private void ask(Slice token, Executor loop, Consumer<byte[]> answer) {
    WhoAmI synapse = current.whoAmI();
    if (synapse == null) {
      answer.accept(null);
    } else {
      synapse.ask(token, loop, answer);
    }
  }

  /** A directory of users, which asks Synapse if that is not null. */
  static UserDirectory users(WhoAmI synapse, Settings settings) {
    return new UserDirectory(
        synapse,
        new UserDirectory.Limits(
            settings.count(Setting.WHOAMI_TOKENS),
            Duration.ofMillis(settings.millis(Setting.WHOAMI_KEEP)),
            Duration.ofMillis(settings.millis(Setting.WHOAMI_KEEP_UNKNOWN)),
            UserDirectory.Limits.DEFAULT.questions(),
            Duration.ofMillis(settings.millis(Setting.WHOAMI_PATIENCE))));
  }

  /** Runs until a signal; returns the exit status, and has told why if it is not 0. */
  int runAndReport() {
    return runAndReport(() -> {}, () -> {});
  }

  /**
   * As {@link #runAndReport()}.
   *
   * @param started what to do when it runs
   * @param stopped what to do when it runs no longer, or could not start
   */
  int runAndReport(Runnable started, Runnable stopped) {
    Thread hook = new Thread(() -> stopInOrder(stopped), "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      start();
      started.run();
      new CountDownLatch(1).await(); // the signal's thread ends the process
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    } catch (RuntimeException e) {
      failed = true;
      System.err.println(StartupError.explain(e));
      return 1;
    }
  }

  /** A stop that was asked for is a success, so the status is not that of the signal. */
  private void stopInOrder(Runnable stopped) {
    stop();
    stopped.run();
    Runtime.getRuntime().halt(failed ? 1 : 0);
  }
}
