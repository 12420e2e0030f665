// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.camel.Endpoint;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.exchange.SharedServices;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.request.AccessRule;
import org.synapsegateway.request.Destinations;
import org.synapsegateway.request.RepeatableRequests;
import org.synapsegateway.request.Request;
import org.synapsegateway.settings.Settings;

/**
 * Creates the endpoints of {@code worker:} URIs, with the defaults of the {@code gateway.worker.*}
 * settings.
 */
@Component("worker")
public class WorkerComponent extends DefaultComponent {
  @Metadata(description = "The options of all workers, as far as their URIs have no others")
  private @Nullable WorkerConfiguration configuration;

  private Function<WorkerEndpoint, Producer> producers = WorkerProducer::new;
  private final RouteBeans<RepeatableRequests> repeatable =
      new RouteBeans<>(RepeatableRequests.class);
  private final RouteBeans<AccessRule> rules = new RouteBeans<>(AccessRule.class);

  /** Replaces the producers of all workers, for a dry run that connects to no worker. */
  public void replaceProducers(Function<WorkerEndpoint, Producer> producers) {
    this.producers = producers;
  }

  Producer producer(WorkerEndpoint worker) {
    return producers.apply(worker);
  }

  /** Counts mirrored requests, including those of earlier routes. */
  Mirrors mirrors() {
    return shared().get(Mirrors.class, Mirrors::new);
  }

  /** The destinations of all requests, including those of earlier routes. */
  Destinations destinations() {
    return shared().get(Destinations.class, Destinations::new);
  }

  /** The workers that endpoints share, including those of earlier routes. */
  Workers workers() {
    return shared().get(Workers.class, Workers::new);
  }

  private SharedServices shared() {
    return SharedServices.of(getCamelContext());
  }

  /**
   * Whether a request may be sent to two workers, because of its method or of a bean of the routes.
   */
  public boolean isRepeatable(Request request) {
    if (request.head().isIdempotent()) {
      return true;
    }
    for (RepeatableRequests some : repeatable.all()) {
      if (some.contains(request.head())) {
        return true;
      }
    }
    return false;
  }

  /** Whether a bean of the routes keeps a request from every worker. */
  boolean refuses(Request request) {
    for (AccessRule rule : rules.all()) {
      if (rule.refuses(request)) {
        return true;
      }
    }
    return false;
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
    boolean isList = WorkerList.isList(remaining);
    // the options of a list are checked when they become those of a worker
    String server = isList ? WorkerAddress.TCP + "worker:1" : remaining;
    WorkerEndpoint endpoint = new WorkerEndpoint(uri, this, server, settings(), getConfiguration());
    parameters.forEach(OptionValues::check);
    setProperties(endpoint, parameters);
    endpoint.setReplayBudget(shared().memoryBudget());
    return isList ? new WorkerListEndpoint(uri, this, remaining, endpoint) : endpoint;
  }

  /** The memory for all copies of request bodies. */
  MemoryBudget memoryBudget() {
    return shared().memoryBudget();
  }

  /** The routes' beans of one type, which are all there when the first request comes. */
  private final class RouteBeans<T> {
    private final Class<T> type;
    private volatile @Nullable List<T> all;

    RouteBeans(Class<T> type) {
      this.type = type;
    }

    List<T> all() {
      List<T> known = all;
      if (known == null) {
        known = List.copyOf(getCamelContext().getRegistry().findByType(type));
        all = known;
      }
      return known;
    }
  }
}
