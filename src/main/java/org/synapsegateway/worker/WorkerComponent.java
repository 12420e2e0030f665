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
import org.synapsegateway.exchange.SharedServices;
import org.synapsegateway.http.AccessRule;
import org.synapsegateway.http.Destinations;
import org.synapsegateway.http.RepeatableRequests;
import org.synapsegateway.http.Request;
import org.synapsegateway.net.Loop;
import org.synapsegateway.settings.Settings;

/**
 * Creates the endpoints of {@code worker:} URIs, with the defaults of the {@code gateway.worker.*}
 * settings.
 */
@Component("worker")
public class WorkerComponent extends DefaultComponent {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerComponent.class);

  private static final long PAUSE_OF_WARNINGS = TimeUnit.MINUTES.toNanos(1);

  @Metadata(description = "The options of all workers, as far as their URIs have no others")
  private WorkerConfiguration configuration;

  private final AtomicLong warned = new AtomicLong(System.nanoTime() - 2 * PAUSE_OF_WARNINGS);
  private Function<WorkerEndpoint, Producer> producers = WorkerProducer::new;
  private volatile List<RepeatableRequests> repeatable;

  /** Lets others take the requests in the workers' place, so that no worker is connected to. */
  public void replaceProducers(Function<WorkerEndpoint, Producer> producers) {
    this.producers = producers;
  }

  Producer producer(WorkerEndpoint worker) {
    return producers.apply(worker);
  }

  /** What counts mirrored requests, those of earlier routes among them. */
  Mirrors mirrors() {
    return shared().get(Mirrors.class, Mirrors::new);
  }

  /** The destinations of all requests, those of earlier routes among them. */
  Destinations destinations() {
    return shared().get(Destinations.class, Destinations::new);
  }

  private SharedServices shared() {
    return SharedServices.of(getCamelContext());
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
    return getCamelContext() == null ? Settings.defaults() : shared().settings();
  }

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    WorkerEndpoint endpoint =
        new WorkerEndpoint(uri, this, remaining, settings(), getConfiguration());
    setProperties(endpoint, parameters);
    endpoint.setReplayBudget(shared().replayBudget());
    endpoint.setAdmission(
        shared().get(Admissions.class, Admissions::new).of(Path.of(endpoint.path())));
    return endpoint;
  }
}
