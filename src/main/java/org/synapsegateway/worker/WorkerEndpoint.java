package org.synapsegateway.worker;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
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
import org.synapsegateway.http.Destination;
import org.synapsegateway.http.ReplayMemory;
import org.synapsegateway.http.Request;
import org.synapsegateway.http.Trace;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * Sends requests to a Synapse worker that listens on a UNIX socket.
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
    implements AsyncEndpoint, EndpointServiceLocation {
  /** The size of sun_path in Linux's sockaddr_un, less the NUL at its end. */
  private static final int LONGEST_PATH = 107;

  @UriPath(description = "The worker's socket as nginx writes it in server: unix:/path.sock")
  @Metadata(required = true)
  private final String server;

  @UriParam private final WorkerConfiguration configuration;

  private final WorkerComponent component;
  private final String path;
  private final long pollMax;
  private ReplayMemory replayMemory;
  private Admission admission = new Admission();
  private volatile WorkerPool[] pools = new WorkerPool[0];
  private final Map<String, Destination> destinations = new ConcurrentHashMap<>();

  WorkerEndpoint(String uri, WorkerComponent component, String server, Settings settings) {
    this(uri, component, server, settings, new WorkerConfiguration(settings));
  }

  /**
   * @param defaults the options, as far as the URI has no others
   */
  WorkerEndpoint(
      String uri,
      WorkerComponent component,
      String server,
      Settings settings,
      WorkerConfiguration defaults) {
    super(uri, component);
    this.component = component;
    this.server = server;
    this.path = path(server);
    this.configuration = defaults.copy("worker:" + server);
    this.pollMax = settings.millis(Setting.WORKER_POLL_MAX);
    setReplayBudget(ReplayMemory.budget(0));
  }

  /**
   * The worker behind an endpoint, before which an interceptSendToEndpoint or a mock may stand;
   * null if it is none.
   */
  public static WorkerEndpoint behind(Endpoint endpoint) {
    Endpoint inner = endpoint;
    while (inner instanceof InterceptSendToEndpoint before) {
      inner = before.getOriginalEndpoint();
    }
    return inner instanceof WorkerEndpoint worker ? worker : null;
  }

  private static String path(String server) {
    if (!server.startsWith("unix:")) {
      throw new IllegalArgumentException(
          "worker:" + server + " is not a UNIX socket; write worker:unix:/path.sock");
    }
    String path = server.substring("unix:".length());
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException(
          "worker:" + server + " has a relative path; write worker:unix:/path.sock");
    }
    int length = path.getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST_PATH) {
      throw new IllegalArgumentException(
          "worker:"
              + server
              + " has a path of "
              + length
              + " bytes; a UNIX socket's path has "
              + LONGEST_PATH
              + " at most");
    }
    return path;
  }

  /** The worker's name: the text that nginx has in {@code server}, from which the ring is made. */
  public String getServer() {
    return server;
  }

  @Override
  public String getServiceUrl() {
    return server;
  }

  @Override
  public String getServiceProtocol() {
    return "http";
  }

  /** The path of the worker's socket. */
  public String path() {
    return path;
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

  public int getMaxInFlight() {
    return configuration.getMaxInFlight();
  }

  int getKeepalive() {
    return configuration.getKeepalive();
  }

  long getIdleTimeout() {
    return configuration.getIdleTimeout();
  }

  long getConnectTimeout() {
    return configuration.getConnectTimeout();
  }

  long getReadTimeout() {
    return configuration.getReadTimeout();
  }

  long getSendTimeout() {
    return configuration.getSendTimeout();
  }

  int getQueue() {
    return configuration.getQueue();
  }

  long getQueueTimeout() {
    return configuration.getQueueTimeout();
  }

  /** How long a request's reply may take to begin, with the time for which a poll may be held. */
  long replyMillis(Trace trace) {
    return configuration.getReplyTimeout() + Math.min(trace.pollMillis(), pollMax);
  }

  /** The bytes that a request body has at most. */
  long bodyMaxBytes() {
    return configuration.bodyMaxBytes();
  }

  /** Shares with other endpoints what all copies of request bodies take together. */
  void setReplayBudget(MemoryBudget shared) {
    replayMemory = new ReplayMemory(configuration.replayMaxBytes(), shared);
  }

  /** The memory for copies of request bodies. */
  ReplayMemory replayMemory() {
    return replayMemory;
  }

  /** What the worker takes of a request's head. */
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

  /** Shares with other endpoints who may go to the worker. */
  void setAdmission(Admission shared) {
    admission = shared;
  }

  /** Who may go to this worker now, and who waits. */
  Admission admission() {
    return admission;
  }

  /**
   * Whether the worker is drained: it keeps what it has, and those that others can take go there.
   */
  public boolean isDrained() {
    return admission.isDrained();
  }

  /** Drains the worker or brings it back, for all routes and those that are loaded later. */
  public void drain(boolean yes) {
    admission.drain(yes);
  }

  /** The requests that wait because the worker has maxInFlight. */
  public int waiting() {
    return admission.waiting();
  }

  /** The worker's name for people, in metrics and logs: that of its socket, as inbound_main. */
  public String name() {
    return component.destinations().nameOf(server);
  }

  /** How many connections to the worker are open. */
  public int openConnections() {
    return Arrays.stream(pools).filter(Objects::nonNull).mapToInt(WorkerPool::openCount).sum();
  }

  /** How many of them wait for a request. */
  public int idleConnections() {
    return Arrays.stream(pools).filter(Objects::nonNull).mapToInt(WorkerPool::idleCount).sum();
  }

  /** This worker as the destination of a group's requests. */
  Destination destination(String group) {
    // asked for each request: no lambda that captures, which would be an allocation
    Destination known = destinations.get(group);
    if (known == null) {
      known = component.destinations().of(group, server);
      destinations.put(group, known);
    }
    return known;
  }

  /** This worker's connections on one event loop; called on that loop. */
  WorkerPool pool(Loop loop) {
    int number = loop.number();
    WorkerPool[] now = pools;
    return number < now.length && now[number] != null ? now[number] : addPool(loop);
  }

  /**
   * Closes an idle connection of whichever worker on this loop, because descriptors are short;
   * false if there is none.
   */
  boolean spareConnection(Loop loop) {
    return component.spareConnection(loop);
  }

  /** Closes this worker's oldest idle connection on a loop; false if there is none. */
  boolean closeOldest(Loop loop) {
    WorkerPool[] now = pools;
    WorkerPool pool = loop.number() < now.length ? now[loop.number()] : null;
    return pool != null && pool.closeOldest();
  }

  private synchronized WorkerPool addPool(Loop loop) {
    int number = loop.number();
    WorkerPool[] grown = Arrays.copyOf(pools, Math.max(pools.length, number + 1));
    WorkerPool pool = new WorkerPool(this, loop);
    grown[number] = pool;
    pools = grown;
    return pool;
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
  protected void doStop() throws Exception {
    for (WorkerPool pool : pools) {
      if (pool != null) {
        pool.closeIdle();
      }
    }
    super.doStop();
  }
}
