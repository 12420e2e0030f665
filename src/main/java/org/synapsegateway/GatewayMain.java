package org.synapsegateway;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.DefaultMainShutdownStrategy;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.support.LifecycleStrategySupport;
import org.synapsegateway.identity.UserDirectory;
import org.synapsegateway.loadbalance.WorkerWhoAmI;
import org.synapsegateway.server.FrontDoor;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * Camel's main with the gateway's front door: reads config/application.properties and routes/ of
 * the working directory.
 */
public final class GatewayMain extends Main {
  static final String CONFIG = "config/application.properties";
  static final String ROUTES = "camel.main.routesIncludePattern";
  static final String ROUTE_FILES = "file:routes/*.camel.yaml";

  /**
   * What the data path relies on, and what a key in the configuration may change at its own risk.
   */
  private static final Map<String, String> PRESETS =
      Map.ofEntries(
          // a direct: endpoint that waits for its route would hold up an event loop
          Map.entry("camel.component.direct.block", "false"),
          // bodies are streams from socket to socket and are read once
          Map.entry("camel.main.streamCachingEnabled", "false"),
          Map.entry("camel.main.name", "synapse-gateway"),
          Map.entry(ROUTES, ROUTE_FILES),
          Map.entry("camel.main.routesReloadDirectory", "routes"),
          Map.entry("camel.main.routesReloadPattern", "*.camel.yaml"),
          // with true, Camel 4.18 loads a file once for each route in it, and then finds duplicates
          Map.entry("camel.main.routesReloadRemoveAllRoutes", "false"),
          Map.entry("camel.main.jmxEnabled", "false"),
          Map.entry("camel.main.shutdownTimeout", "30"),
          Map.entry("camel.main.startupSummaryLevel", "oneline"),
          Map.entry("camel.main.basePackageScanEnabled", "false"));

  private final Function<Settings, FrontDoor> doors;
  private FrontDoor frontDoor;

  public GatewayMain() {
    this(FrontDoor::new);
  }

  /**
   * @param doors makes the front door
   */
  GatewayMain(Function<Settings, FrontDoor> doors) {
    this.doors = doors;
    setDefaultPropertyPlaceholderLocation("file:" + CONFIG + ";optional=true");
    Properties presets = new Properties();
    presets.putAll(PRESETS);
    // so that {{placeholders}} in routes have their defaults too
    for (Setting setting : Setting.values()) {
      presets.setProperty(setting.key(), setting.defaultValue());
    }
    setInitialProperties(presets);
    addMainListener(
        new MainListenerSupport() {
          @Override
          public void beforeConfigure(BaseMainSupport main) {
            bindFrontDoor(main.getCamelContext());
          }

          @Override
          public void afterConfigure(BaseMainSupport main) {
            RouteRules.check(main.getCamelContext());
          }
        });
  }

  /** The front door; null before the start. */
  public FrontDoor frontDoor() {
    return frontDoor;
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    if (frontDoor.getConsumersSize() == 0) {
      throw new IllegalStateException(
          "no route stands behind the front door, so nothing can be served; one of routes/ must begin"
              + " with netty-http: and nettySharedHttpServer: \"#frontDoor\"");
    }
  }

  /** Runs until a signal; returns the exit status, and has told why if it is not 0. */
  int runAndReport() {
    DefaultMainShutdownStrategy signals = new DefaultMainShutdownStrategy(this);
    signals.disableHangupSupport();
    setShutdownStrategy(signals);
    CountDownLatch ended = new CountDownLatch(1);
    Thread hook = new Thread(() -> stopInOrder(signals, ended), "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      run();
      return getExitCode();
    } catch (Exception e) {
      Runtime.getRuntime().removeShutdownHook(hook);
      System.err.println(StartupError.explain(e));
      return 1;
    } finally {
      ended.countDown();
    }
  }

  /** A stop that was asked for is a success, so the status is not that of the signal. */
  private static void stopInOrder(DefaultMainShutdownStrategy signals, CountDownLatch ended) {
    signals.shutdown();
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(0);
  }

  private void bindFrontDoor(CamelContext context) {
    PropertiesComponent properties = context.getPropertiesComponent();
    Configuration.check(properties);
    RouteFiles.of(properties.resolveProperty(ROUTES).orElse("")).check();
    Settings settings = new Settings(properties::resolveProperty);
    frontDoor = doors.apply(settings);
    context.getRegistry().bind("settings", Settings.class, settings);
    context.getRegistry().bind("frontDoor", frontDoor);
    context.getRegistry().bind("userDirectory", userDirectory(context, settings));
    context.addLifecycleStrategy(
        new LifecycleStrategySupport() {
          @Override
          public void onContextStopping(CamelContext stopping) {
            frontDoor.beginClosing();
          }

          @Override
          public void onContextStopped(CamelContext stopped) {
            frontDoor.stop();
          }
        });
  }

  private static UserDirectory userDirectory(CamelContext context, Settings settings) {
    String socket = settings.text(Setting.WHOAMI_WORKER);
    String uri = "worker:unix:" + settings.text(Setting.WORKERS_DIRECTORY) + "/" + socket;
    return new UserDirectory(
        socket.isEmpty() ? null : new WorkerWhoAmI(context, uri),
        new UserDirectory.Limits(
            settings.count(Setting.WHOAMI_TOKENS),
            Duration.ofMillis(settings.millis(Setting.WHOAMI_KEEP)),
            Duration.ofMillis(settings.millis(Setting.WHOAMI_KEEP_UNKNOWN)),
            UserDirectory.Limits.DEFAULT.questions(),
            Duration.ofMillis(settings.millis(Setting.WHOAMI_PATIENCE))));
  }
}
