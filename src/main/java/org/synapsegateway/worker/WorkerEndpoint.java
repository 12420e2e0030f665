package org.synapsegateway.worker;

import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/** Sends requests to a Synapse worker that listens on a UNIX socket. */
@UriEndpoint(
    firstVersion = "0.1.0",
    scheme = "worker",
    title = "Synapse Worker",
    syntax = "worker:server",
    producerOnly = true,
    category = {Category.HTTP, Category.NETWORKING})
public class WorkerEndpoint extends DefaultEndpoint {
  @UriPath(description = "The worker's socket as nginx writes it in \"server\": unix:/path.sock")
  @Metadata(required = true)
  private final String server;

  @UriParam(
      defaultValue = "1",
      description = "The share of this worker in its group, as nginx's weight")
  private int weight = 1;

  WorkerEndpoint(String uri, WorkerComponent component, String server) {
    super(uri, component);
    this.server = server;
  }

  /** The worker's name: the text that nginx has in {@code server}, from which the ring is made. */
  public String getServer() {
    return server;
  }

  public int getWeight() {
    return weight;
  }

  public void setWeight(int weight) {
    this.weight = weight;
  }

  @Override
  public Producer createProducer() throws Exception {
    throw new UnsupportedOperationException();
  }

  @Override
  public Consumer createConsumer(Processor processor) {
    throw new UnsupportedOperationException("worker: endpoints cannot be consumed from");
  }
}
