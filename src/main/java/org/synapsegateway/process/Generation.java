// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainConfigurationProperties;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.spi.AsyncProcessorAwaitManager;
import org.apache.camel.spi.InternalProcessorFactory;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.util.OrderedLocationProperties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.config.Configuration;
import org.synapsegateway.config.ExtensionJars;
import org.synapsegateway.config.JsonSettings;
import org.synapsegateway.config.Layout;
import org.synapsegateway.config.PlacedSteps;
import org.synapsegateway.config.RouteDirectories;
import org.synapsegateway.config.RouteFilesCheck;
import org.synapsegateway.config.RouteRules;
import org.synapsegateway.config.SettingsFile;
import org.synapsegateway.config.YamlRoutes;
import org.synapsegateway.exchange.SharedServices;
import org.synapsegateway.exchange.StepChannels;
import org.synapsegateway.exchange.UnitsOfWork;
import org.synapsegateway.exchange.UnreadBodies;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.fleet.Fleet;
import org.synapsegateway.fleet.FleetChange;
import org.synapsegateway.loadbalance.RingListener;
import org.synapsegateway.loadbalance.WorkerWhoAmI;
import org.synapsegateway.routing.RequestChoice;
import org.synapsegateway.server.BlockingSteps;
import org.synapsegateway.server.ErrorHandlers;
import org.synapsegateway.server.FrontRoute;
import org.synapsegateway.server.LoopAwaitManager;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;
import org.synapsegateway.whoami.WhoAmI;
import org.synapsegateway.worker.Workers;

/**
 * The routes and settings of one moment: a Camel context that is made of config/ and routes/ and
 * starts whole or not at all.
 *
 * <p>It opens no port. The {@link GatewayMain} sends requests to it; when files have changed it
 * starts another one beside it and stops this one after its last request, as nginx does with its
 * cycles.
 */
public final class Generation extends Main {
  private static final Logger LOG = LoggerFactory.getLogger(Generation.class);

  /** How long a start waits for lists of workers. */
  private static final long LISTS_MILLIS = 5_000;

  static {
    RequestChoice.install();
  }

  private final Map<String, String> overrides;

  /** What the file of the settings looked like before it was read. */
  private final Map<Path, Object> look = ConfigFiles.look(List.of(Path.of(Layout.CONFIG)));

  @SuppressWarnings("NullAway.Init") // doInit() sets it
  private RouteFilesCheck routeFiles;

  @SuppressWarnings("NullAway.Init") // as routeFiles
  private Settings settings;

  @SuppressWarnings("NullAway.Init") // as routeFiles
  private FrontRoute frontRoute;

  private @Nullable WhoAmI whoAmI;

  @SuppressWarnings("NullAway.Init") // as routeFiles
  private FileWatch watch;

  @SuppressWarnings("NullAway.Init") // as routeFiles
  private Map<Path, ByteBuffer> contents;

  private volatile @Nullable Fleet fleet;

  @SuppressWarnings("NullAway.Init") // as routeFiles
  private OwnConsumers ownConsumers;

  /**
   * @param overrides values of keys that count before all others
   * @param prepare takes the generation when its settings are known and its routes are not
   */
  public Generation(Map<String, String> overrides, Consumer<Generation> prepare) {
    this.overrides = Map.copyOf(overrides);
    setRoutesCollector(new RoutesInOrder());
    // the process is stopped by the gateway, and not with the first context that stops
    setShutdownStrategy(new SimpleMainShutdownStrategy());
    setDefaultPropertyPlaceholderLocation("file:" + Layout.CONFIG + ";optional=true");
    setInitialProperties(Presets.all());
    overrides.forEach(this::addOverrideProperty);
    addMainListener(
        new MainListenerSupport() {
          @Override
          public void beforeConfigure(BaseMainSupport main) {
            bind(main.getCamelContext());
            prepare.accept(Generation.this);
          }

          @Override
          public void afterConfigure(BaseMainSupport main) {
            Configuration.refusePooling(main.getCamelContext());
            RouteRules.check(main.getCamelContext());
            ErrorHandlers.choose(main.getCamelContext());
            BlockingSteps.keepOffLoops(main.getCamelContext(), settings);
            ownConsumers = OwnConsumers.holdBack(main.getCamelContext());
          }
        });
  }

  /** The value of a key as it was given, with its placeholders. */
  private Optional<String> given(String key) {
    return Optional.ofNullable(overrides.get(key)).or(() -> Configuration.given(key));
  }

  /** Of files that Camel reads itself; Java's own default for settings is ISO 8859-1. */
  @Override
  protected CamelContext createCamelContext() {
    CamelContext context = super.createCamelContext();
    context.getPropertiesComponent().setEncoding(StandardCharsets.UTF_8.name());
    return context;
  }

  private void bind(CamelContext context) {
    context.setApplicationContextClassLoader(ExtensionJars.use());
    context
        .getCamelContextExtension()
        .addContextPlugin(AsyncProcessorAwaitManager.class, new LoopAwaitManager());
    UnitsOfWork.use(context);
    context
        .getCamelContextExtension()
        .addContextPlugin(InternalProcessorFactory.class, new StepChannels());
    PropertiesComponent properties = context.getPropertiesComponent();
    UnreadBodies.tell(context);
    YamlRoutes.use(context);
    PlacedSteps.use(context);
    JsonSettings.keep(properties, key -> given(key).orElse(""));
    Configuration.check(properties);
    routeFiles.end(properties.resolveProperty(Layout.ROUTES).orElse(""));
    settings = ListenerKeys.settle(properties);
    frontRoute = new FrontRoute(settings);
    whoAmI = whoAmI(context);
    ConfigFiles files = files(properties);
    Map<Path, Object> loaded = files.look();
    loaded.putAll(look); // the settings have been read by now, and the routes have not
    watch = new FileWatch(files::look, loaded);
    contents = files.contents();
    SharedServices.of(context)
        .put(Settings.class, settings)
        .put(RingListener.class, this::membersChanged);
    context.getRegistry().bind("frontDoor", frontRoute);
  }

  /** Camel looks at the files here for the first time, and fails if a directory is not there. */
  @Override
  protected void modelineRoutes(CamelContext context) throws Exception {
    chooseFiles(mainConfigurationProperties);
    super.modelineRoutes(context);
  }

  private static void chooseFiles(MainConfigurationProperties configuration) {
    configuration.setRoutesIncludePattern(
        RouteDirectories.forCamel(configuration.getRoutesIncludePattern()));
  }

  @Override
  protected void doConfigureCamelContextFromMainConfiguration(
      CamelContext context,
      MainConfigurationProperties configuration,
      OrderedLocationProperties configured)
      throws Exception {
    chooseFiles(configuration);
    super.doConfigureCamelContextFromMainConfiguration(context, configuration, configured);
  }

  /** Checks the settings file before Camel reads it, which would block for ever on a pipe. */
  @Override
  protected void doInit() throws Exception {
    ConfigurationException.throwIfAny(SettingsFile.faults());
    routeFiles = RouteFilesCheck.begin(given(Layout.ROUTES).orElse(Layout.ROUTE_FILES));
    super.doInit();
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    if (!frontRoute.hasRoute()) {
      throw ConfigurationException.of(
          Fault.of(
              Code.NO_FRONT_ROUTE,
              "",
              "no route takes the requests of clients; one of routes/ must begin with netty-http:"
                  + " and nettySharedHttpServer: \"#frontDoor\""));
    }
    frontRoute.listeners();
    Workers workers = SharedServices.of(getCamelContext()).get(Workers.class);
    if (workers != null) {
      // a ring without workers would send all to the fallback
      workers.awaitLists(LISTS_MILLIS);
    }
    synchronized (this) { // so that no change of a list is overwritten with what was before
      fleet = Fleet.of(getCamelContext());
    }
  }

  /** A list of workers has changed. */
  private synchronized void membersChanged() {
    Fleet before = fleet;
    if (before != null && getCamelContext().isStarted()) {
      fleet = Fleet.of(getCamelContext());
      FleetChange.lines(before, fleet).forEach(line -> LOG.info("Workers have changed: {}", line));
    }
  }

  public Settings settings() {
    return settings;
  }

  /** The workers that these routes send to, once they have started. */
  public Fleet fleet() {
    return Objects.requireNonNull(fleet, "the routes have not started");
  }

  /** Where requests enter these routes. */
  public FrontRoute frontRoute() {
    return frontRoute;
  }

  /** The consumers of these routes other than the front route. */
  OwnConsumers ownConsumers() {
    return ownConsumers;
  }

  /** Whether changed files are to be loaded while the gateway runs. */
  boolean reloads() {
    return settings.text(Setting.RELOAD).equals("on");
  }

  /** Reports when the files of this generation have changed. */
  FileWatch watch() {
    return watch;
  }

  private @Nullable WhoAmI whoAmI(CamelContext context) {
    List<String> uris =
        WorkerWhoAmI.uris(
            settings.text(Setting.WHOAMI_WORKERS), settings.text(Setting.WORKERS_DIRECTORY));
    return uris.isEmpty() ? null : new WorkerWhoAmI(context, uris);
  }

  private static ConfigFiles files(PropertiesComponent properties) {
    return new ConfigFiles(
        Path.of(properties.resolveProperty("camel.main.routesReloadDirectory").orElseThrow()),
        properties.resolveProperty("camel.main.routesReloadPattern").orElseThrow(),
        Path.of(Layout.CONFIG));
  }

  /** What the files held that this generation is made of. */
  Map<Path, ByteBuffer> contents() {
    return contents;
  }

  /** Asks the workers that know whose a token is; null if none is to be asked. */
  public @Nullable WhoAmI whoAmI() {
    return whoAmI;
  }

  /** How many routes it has, in words. */
  String serving() {
    return getCamelContext().getRoutesSize() + " routes serve";
  }

  /** How long requests in flight may take when the gateway stops. */
  long shutdownMillis() {
    return getCamelContext()
        .getShutdownStrategy()
        .getTimeUnit()
        .toMillis(getCamelContext().getShutdownStrategy().getTimeout());
  }
}
