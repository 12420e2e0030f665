package org.synapsegateway.worker;

import java.util.Map;
import java.util.function.Function;
import org.apache.camel.Endpoint;
import org.apache.camel.Producer;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.synapsegateway.http.ReplayMemory;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * Creates the endpoints of {@code worker:} URIs, with the defaults of the {@code gateway.worker.*}
 * settings.
 */
@Component("worker")
public class WorkerComponent extends DefaultComponent {
  private Function<WorkerEndpoint, Producer> producers = WorkerProducer::new;
  private ReplayMemory replayMemory;

  /** Lets others take the requests in the workers' place, so that no worker is connected to. */
  public void replaceProducers(Function<WorkerEndpoint, Producer> producers) {
    this.producers = producers;
  }

  Producer producer(WorkerEndpoint worker) {
    return producers.apply(worker);
  }

  /** The memory for copies of request bodies, which all workers share. */
  synchronized ReplayMemory replayMemory(Settings settings) {
    if (replayMemory == null) {
      replayMemory = new ReplayMemory(settings.bytes(Setting.REPLAY_MAX));
    }
    return replayMemory;
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
