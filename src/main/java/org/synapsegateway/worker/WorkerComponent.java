package org.synapsegateway.worker;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.synapsegateway.settings.Settings;

/**
 * Creates the endpoints of {@code worker:} URIs, with the defaults of the {@code gateway.worker.*}
 * settings.
 */
@Component("worker")
public class WorkerComponent extends DefaultComponent {
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
