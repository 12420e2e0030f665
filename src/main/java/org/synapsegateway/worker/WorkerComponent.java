package org.synapsegateway.worker;

import java.util.Map;
import java.util.function.Function;
import org.apache.camel.Endpoint;
import org.apache.camel.Producer;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.synapsegateway.settings.Settings;

/**
 * Creates the endpoints of {@code worker:} URIs, with the defaults of the {@code gateway.worker.*}
 * settings.
 */
@Component("worker")
public class WorkerComponent extends DefaultComponent {
  private Function<WorkerEndpoint, Producer> producers = WorkerProducer::new;

  /** Lets others take the requests in the workers' place, so that no worker is connected to. */
  public void replaceProducers(Function<WorkerEndpoint, Producer> producers) {
    this.producers = producers;
  }

  Producer producer(WorkerEndpoint worker) {
    return producers.apply(worker);
  }

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    Settings settings = getCamelContext().getRegistry().findSingleByType(Settings.class);
    WorkerEndpoint endpoint =
        new WorkerEndpoint(uri, this, remaining, settings == null ? Settings.defaults() : settings);
    setProperties(endpoint, parameters);
    return endpoint;
  }
}
