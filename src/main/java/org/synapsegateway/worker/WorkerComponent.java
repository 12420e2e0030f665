package org.synapsegateway.worker;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.camel.Endpoint;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.exchange.HttpMessage;
import org.synapsegateway.http.AccessRule;
import org.synapsegateway.http.Destinations;
import org.synapsegateway.http.RepeatableRequests;
import org.synapsegateway.http.ReplayMemory;
import org.synapsegateway.http.Request;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * Creates the endpoints of {@code worker:} URIs, with the defaults of the {@code gateway.worker.*}
 * settings.
 */
@Component("worker")
public class WorkerComponent extends DefaultComponent {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerComponent.class);

  /** The registry's name for what all copies of request bodies take together. */
  public static final String REPLAY_BUDGET = "replayBudget";

  private static final long PAUSE_OF_WARNINGS = TimeUnit.MINUTES.toNanos(1);

  @Metadata(description = "The options of all workers, as far as their URIs have no others")
  private WorkerConfiguration configuration;

  private final AtomicLong warned = new AtomicLong(System.nanoTime() - 2 * PAUSE_OF_WARNINGS);
  private Function<WorkerEndpoint, Producer> producers = WorkerProducer::new;
  private MemoryBudget replayBudget;
  private volatile List<RepeatableRequests> repeatable;
  private Admissions admissions;
  private Mirrors mirrors;
  private Destinations destinations;

  /** Lets others take the requests in the workers' place, so that no worker is connected to. */
  public void replaceProducers(Function<WorkerEndpoint, Producer> producers) {
    this.producers = producers;
  }

  Producer producer(WorkerEndpoint worker) {
    return producers.apply(worker);
  }

  /** Who is let in to the workers, as the registry knows from earlier routes. */
  private synchronized Admissions admissions() {
    if (admissions == null) {
      Admissions shared = getCamelContext().getRegistry().findSingleByType(Admissions.class);
      admissions = shared == null ? new Admissions() : shared;
    }
    return admissions;
  }

  /** What counts mirrored requests, those of earlier routes among them. */
  synchronized Mirrors mirrors() {
    if (mirrors == null) {
      Mirrors shared = getCamelContext().getRegistry().findSingleByType(Mirrors.class);
      mirrors = shared == null ? new Mirrors() : shared;
    }
    return mirrors;
  }

  /** The destinations of all requests, as the registry knows from earlier routes. */
  synchronized Destinations destinations() {
    if (destinations == null) {
      Destinations shared = getCamelContext().getRegistry().findSingleByType(Destinations.class);
      destinations = shared == null ? new Destinations() : shared;
    }
    return destinations;
  }

  /** The memory for copies of request bodies, as the settings have it. */
  ReplayMemory replayMemory(Settings settings) {
    return new ReplayMemory(settings.bytes(Setting.REPLAY_MAX), replayBudget(settings));
  }

  /** What all copies take together, those of earlier routes among them, if the registry knows. */
  private synchronized MemoryBudget replayBudget(Settings settings) {
    if (replayBudget == null) {
      MemoryBudget shared =
          getCamelContext().getRegistry().lookupByNameAndType(REPLAY_BUDGET, MemoryBudget.class);
      replayBudget =
          shared == null ? ReplayMemory.budget(settings.bytes(Setting.REPLAY_MEMORY)) : shared;
    }
    return replayBudget;
  }

  /**
   * Whether a request may be sent to two workers: by its method, or as a bean of the routes says.
   */
  public boolean isRepeatable(Request request) {
    if (request.head().isIdempotent()) {
      return true;
    }
    for (RepeatableRequests some : repeatable()) {
      if (some.contains(request.head())) {
        return true;
      }
    }
    return false;
  }

  /** Whether a bean of the routes keeps a request from every worker. */
  boolean refuses(Request request) {
    for (AccessRule rule : getCamelContext().getRegistry().findByType(AccessRule.class)) {
      if (rule.refuses(request)) {
        return true;
      }
    }
    return false;
  }

  /** The beans of the routes, which are all there when the first request comes. */
  private List<RepeatableRequests> repeatable() {
    List<RepeatableRequests> known = repeatable;
    if (known == null) {
      known = List.copyOf(getCamelContext().getRegistry().findByType(RepeatableRequests.class));
      repeatable = known;
    }
    return known;
  }

  /**
   * Closes an idle connection of whichever worker on this loop, because no descriptor is left for
   * one that is needed; false if there is none. Warns of that once a minute.
   */
  boolean spareConnection(Loop loop) {
    boolean spared =
        getCamelContext().getEndpoints().stream()
            .map(WorkerEndpoint::behind)
            .anyMatch(worker -> worker != null && worker.closeOldest(loop));
    long now = System.nanoTime();
    long last = warned.get();
    if (now - last > PAUSE_OF_WARNINGS && warned.compareAndSet(last, now)) {
      LOG.warn(
          "No descriptor is left to connect to a worker; {}. Raise the limit of open files"
              + " (ulimit -n, LimitNOFILE of systemd)",
          spared ? "an idle connection is closed for it" : "the request gets 503");
    }
    return spared;
  }

  @Override
  protected void doInit() throws Exception {
    super.doInit();
    getCamelContext()
        .getRegistry()
        .bind(HttpMessage.REPLAY_MEMORY, ReplayMemory.class, replayMemory(settings()));
  }

  /** The options of all workers, as far as their URIs have no others. */
  public synchronized WorkerConfiguration getConfiguration() {
    if (configuration == null) {
      configuration = new WorkerConfiguration(settings());
    }
    return configuration;
  }

  public synchronized void setConfiguration(WorkerConfiguration configuration) {
    this.configuration = configuration;
  }

  private Settings settings() {
    Settings settings =
        getCamelContext() == null
            ? null
            : getCamelContext().getRegistry().findSingleByType(Settings.class);
    return settings == null ? Settings.defaults() : settings;
  }

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    Settings settings = settings();
    WorkerEndpoint endpoint =
        new WorkerEndpoint(uri, this, remaining, settings, getConfiguration());
    setProperties(endpoint, parameters);
    endpoint.setReplayBudget(replayBudget(settings));
    endpoint.setAdmission(admissions().of(Path.of(endpoint.path())));
    return endpoint;
  }
}
