// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.AsyncEndpoint;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.EndpointServiceLocation;
import org.apache.camel.spi.InterceptSendToEndpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.discovery.Member;
import org.synapsegateway.exchange.KeepsNoExchange;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.request.Destination;
import org.synapsegateway.request.ReplayBudget;
import org.synapsegateway.request.Request;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * Sends requests to a Synapse worker that listens on a UNIX socket or on a port of a host.
 *
 * <p>Safe for any thread; its pools are confined to their event loops.
 */
@UriEndpoint(
    firstVersion = "0.1.0",
    scheme = "worker",
    title = "Synapse Worker",
    syntax = "worker:server",
    producerOnly = true,
    category = {Category.HTTP, Category.NETWORKING})
public class WorkerEndpoint extends DefaultEndpoint
    implements AsyncEndpoint, EndpointServiceLocation, KeepsNoExchange {
  @UriPath(
      description =
          "The worker as nginx writes it in server: unix:/path.sock, or tcp: and then host:port; or"
              + " a list of workers: srv: and then the name of SRV records, file: and then a path")
  @Metadata(required = true)
  private final String server;

  @UriParam private final WorkerConfiguration configuration;

  private final WorkerComponent component;
  private final String ringText;
  private final WorkerAddress address;
  private final long pollMax;
  private ReplayBudget replayBudget;
  private final Map<String, Destination> destinations = new ConcurrentHashMap<>();
  private volatile Worker worker;

  WorkerEndpoint(String uri, WorkerComponent component, String server, Settings settings) {
    this(uri, component, server, settings, new WorkerConfiguration(settings));
  }

  /**
   * @param defaults the options that the URI does not set
   */
  WorkerEndpoint(
      String uri,
      WorkerComponent component,
      String server,
      Settings settings,
      WorkerConfiguration defaults) {
    this(
        uri,
        component,
        server,
        WorkerAddress.ringText(server),
        settings.millis(Setting.WORKER_POLL_MAX),
        defaults.copy("worker:" + server));
    if (address instanceof WorkerAddress.Tcp && !defaults.isConnectTimeoutSet()) {
      configuration.setAnswerTimeout(settings.millis(Setting.WORKER_TCP_CONNECT_TIMEOUT));
    }
  }

  private WorkerEndpoint(
      String uri,
      WorkerComponent component,
      String server,
      String ringText,
      long pollMax,
      WorkerConfiguration configuration) {
    super(uri, component);
    this.component = component;
    this.server = server;
    this.ringText = ringText;
    this.address = WorkerAddress.of(server);
    this.configuration = configuration;
    this.pollMax = pollMax;
    this.replayBudget = new ReplayBudget(configuration.replayMaxBytes(), ReplayBudget.budget(0));
  }

  /**
   * A worker that a list names, with the options of this endpoint.
   *
   * @param budget what all copies of request bodies take together
   */
  WorkerEndpoint member(Member member, MemoryBudget budget) {
    WorkerConfiguration options = configuration.copy("worker:" + member.server());
    if (member.weight() > 0) {
      options.setWeight(member.weight());
    }
    WorkerEndpoint worker =
        new WorkerEndpoint(
            "worker:" + member.server(),
            component,
            member.server(),
            member.ring(),
            pollMax,
            options);
    worker.setReplayBudget(budget);
    return worker;
  }

  /**
   * The worker of an endpoint, which an interceptSendToEndpoint or a mock may wrap; null if it is
   * not a worker.
   */
  public static @Nullable WorkerEndpoint behind(@Nullable Endpoint endpoint) {
    return inner(endpoint) instanceof WorkerEndpoint worker ? worker : null;
  }

  /** The endpoint behind all interceptors. */
  static @Nullable Endpoint inner(@Nullable Endpoint endpoint) {
    Endpoint inner = endpoint;
    while (inner instanceof InterceptSendToEndpoint before) {
      inner = before.getOriginalEndpoint();
    }
    return inner;
  }

  /** The worker's name: the text that nginx has in {@code server}, from which the ring is made. */
  public String getServer() {
    return ringText;
  }

  @Override
  public String getServiceUrl() {
    return server;
  }

  @Override
  public String getServiceProtocol() {
    return "http";
  }

  /** Where the worker listens. */
  public WorkerAddress address() {
    return address;
  }

  /** The worker's addresses in the network, as they are known now; none for a UNIX socket. */
  public List<InetAddress> networkAddresses() {
    return worker.addresses();
  }

  /** TLS on a connection to the worker that may block; the connection itself if it has none. */
  Socket overTls(Socket plain) throws IOException {
    WorkerTls tls = worker.tls();
    return tls == null
        ? plain
        : component
            .workers()
            .tls(tls.ca())
            .over(plain, tls.name(), ((WorkerAddress.Tcp) address).port());
  }

  /** How many connections to the worker are open. */
  public int openConnections() {
    return worker.openConnections();
  }

  /** The options of this worker. */
  public WorkerConfiguration getConfiguration() {
    return configuration;
  }

  public int getWeight() {
    return configuration.getWeight();
  }

  public long getHold() {
    return configuration.getHold();
  }

  /** How many requests the worker may have of this gateway; 0 for no limit. */
  public int getMaxInFlight() {
    return configuration.maxInFlightHere();
  }

  /** How long a request's reply may take to begin, with the time for which a poll may be held. */
  long replyMillis(Request request) {
    return configuration.getReplyTimeout() + Math.min(request.heldMillis(), pollMax);
  }

  /** The bytes that a request body has at most. */
  long bodyMaxBytes() {
    return configuration.bodyMaxBytes();
  }

  /** Sets the memory for copies of request bodies, which endpoints share. */
  void setReplayBudget(MemoryBudget shared) {
    replayBudget = new ReplayBudget(configuration.replayMaxBytes(), shared);
  }

  /** The memory for copies of request bodies. */
  ReplayBudget replayBudget() {
    return replayBudget;
  }

  /** The largest request head that the worker accepts. */
  HeadLimit headLimit() {
    return configuration.headLimit();
  }

  /** Counts the requests that are mirrored. */
  Mirrors mirrors() {
    return component.mirrors();
  }

  /** Whether a rule of the routes keeps a request from every worker. */
  boolean refuses(Request request) {
    return component.refuses(request);
  }

  /** Whether a request may be sent to two workers without harm. */
  boolean isRepeatable(Request request) {
    return component.isRepeatable(request);
  }

  /** The worker, which other endpoints may share; there once this one is initialised. */
  Worker worker() {
    return worker;
  }

  /**
   * Whether the worker is drained: it keeps what it has, and those that others can take go there.
   */
  public boolean isDrained() {
    return worker.isDrained();
  }

  /** Drains the worker or brings it back, for all routes and those that are loaded later. */
  public void drain(boolean yes) {
    worker.drain(yes);
  }

  /** The requests that wait because the worker has maxInFlight. */
  public int waiting() {
    return worker.limiter().waiting();
  }

  /** The worker's name for people, in metrics and logs: that of its socket, as inbound_main. */
  public String name() {
    return component.destinations().nameOf(worker.server());
  }

  /** This worker as the destination of a group's requests. */
  Destination destination(String group) {
    // asked for each request: no lambda that captures, which would be an allocation
    Destination known = destinations.get(group);
    if (known == null) {
      known = component.destinations().of(group, worker.server());
      destinations.put(group, known);
    }
    return known;
  }

  @Override
  public Producer createProducer() {
    return component.producer(this);
  }

  @Override
  public Consumer createConsumer(Processor processor) {
    throw new UnsupportedOperationException(
        "worker: is where requests go to; they come from netty-http:");
  }

  @Override
  protected void doInit() throws Exception {
    super.doInit();
    if (address instanceof WorkerAddress.Tcp && configuration.getConnectTimeout() == 0) {
      throw new IllegalArgumentException(
          "worker:" + server + " has connectTimeout=0, in which no host can answer; write 1s");
    }
    worker = component.workers().enter(address, WorkerTls.of(address, configuration));
  }

  @Override
  protected void doStop() throws Exception {
    if (worker != null) {
      component.workers().leave(worker);
    }
    super.doStop();
  }
}
