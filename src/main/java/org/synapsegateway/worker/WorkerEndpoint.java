package org.synapsegateway.worker;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
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
 * <p>Times are in milliseconds, or with a unit ({@code 30s}). Safe for any thread; its pools are
 * confined to their event loops.
 */
@UriEndpoint(
    firstVersion = "0.1.0",
    scheme = "worker",
    title = "Synapse Worker",
    syntax = "worker:server",
    producerOnly = true,
    category = {Category.HTTP, Category.NETWORKING})
public class WorkerEndpoint extends DefaultEndpoint {
  /** The size of sun_path in Linux's sockaddr_un, less the NUL at its end. */
  private static final int LONGEST_PATH = 107;

  private static final int MOST_MEMORY = Integer.MAX_VALUE / 2;

  @UriPath(description = "The worker's socket as nginx writes it in server: unix:/path.sock")
  @Metadata(required = true)
  private final String server;

  @UriParam(
      defaultValue = "1",
      description = "The share of this worker in its group, as nginx's weight")
  private int weight = 1;

  @UriParam(
      defaultValue = "10",
      description = "Idle connections kept for each event loop; more go when not needed for 10 s")
  private int keepalive;

  @UriParam(
      javaType = "java.time.Duration",
      defaultValue = "50000",
      description = "How long a connection is kept idle; Synapse closes its own after 60 s")
  private long idleTimeout;

  @UriParam(
      javaType = "java.time.Duration",
      defaultValue = "5000",
      description = "How long a full backlog is tried again")
  private long connectTimeout;

  @UriParam(
      javaType = "java.time.Duration",
      defaultValue = "180000",
      description =
          "Time from the request to the reply's head; for long polls above their timeout=")
  private long replyTimeout;

  @UriParam(
      javaType = "java.time.Duration",
      defaultValue = "60000",
      description = "Time between two reads of a reply's body")
  private long readTimeout;

  @UriParam(
      javaType = "java.time.Duration",
      defaultValue = "60000",
      description = "Time for the worker to take more of a request")
  private long sendTimeout;

  @UriParam(
      javaType = "java.time.Duration",
      defaultValue = "0",
      description =
          "How long a request waits for a worker that is not there, for what no other worker can do")
  private long hold;

  @UriParam(
      defaultValue = "0",
      description = "Requests that the worker has at once, over all event loops; 0 for no limit")
  private int maxInFlight;

  @UriParam(
      defaultValue = "0",
      description = "Requests that wait in order when the worker has maxInFlight; more get 429")
  private int queue;

  @UriParam(
      javaType = "java.time.Duration",
      defaultValue = "5000",
      description = "How long a request waits in the queue; then it gets 429")
  private long queueTimeout = 5_000;

  @UriParam(
      defaultValue = "1GiB",
      description =
          "The largest request body, with its unit, for instance 50MiB; a larger one gets 413")
  private String bodyMax;

  @UriParam(
      defaultValue = "64KiB",
      description =
          "The largest request body that is kept to be sent to another worker, with its unit")
  private String replayMax;

  @UriParam(
      defaultValue = "0B",
      description =
          "The largest request head that the worker takes, line ends not counted, with its unit;"
              + " a larger one gets 431; 0B for no limit")
  private String headMax = "0B";

  @UriParam(
      defaultValue = "0",
      description =
          "The most field lines in a request that the worker takes; more get 431; 0 for no limit")
  private int fieldsMax;

  private final WorkerComponent component;
  private final String path;
  private final long pollMax;
  private ReplayMemory replayMemory;
  private HeadLimit headLimit = new HeadLimit(0, 0);
  private long bodyMaxBytes;
  private Admission admission = new Admission();
  private volatile WorkerPool[] pools = new WorkerPool[0];
  private volatile Destination lastDestination;

  WorkerEndpoint(String uri, WorkerComponent component, String server, Settings settings) {
    super(uri, component);
    this.component = component;
    this.server = server;
    this.path = path(server);
    this.replayMemory =
        new ReplayMemory(settings.bytes(Setting.REPLAY_MAX), ReplayMemory.budget(0));
    keepalive = settings.count(Setting.WORKER_KEEPALIVE);
    idleTimeout = settings.millis(Setting.WORKER_IDLE_TIMEOUT);
    connectTimeout = settings.millis(Setting.WORKER_CONNECT_TIMEOUT);
    replyTimeout = settings.millis(Setting.WORKER_REPLY_TIMEOUT);
    readTimeout = settings.millis(Setting.WORKER_READ_TIMEOUT);
    sendTimeout = settings.millis(Setting.WORKER_SEND_TIMEOUT);
    bodyMax = settings.text(Setting.WORKER_BODY_MAX);
    bodyMaxBytes = settings.length(Setting.WORKER_BODY_MAX);
    replayMax = settings.text(Setting.REPLAY_MAX);
    pollMax = settings.millis(Setting.WORKER_POLL_MAX);
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

  /** The path of the worker's socket. */
  public String path() {
    return path;
  }

  public int getWeight() {
    return weight;
  }

  public void setWeight(int weight) {
    this.weight = atLeast(1, "weight", weight);
  }

  public int getKeepalive() {
    return keepalive;
  }

  public void setKeepalive(int keepalive) {
    this.keepalive = atLeast(0, "keepalive", keepalive);
  }

  public long getIdleTimeout() {
    return idleTimeout;
  }

  public void setIdleTimeout(long idleTimeout) {
    this.idleTimeout = atLeast(1, "idleTimeout", idleTimeout);
  }

  public long getConnectTimeout() {
    return connectTimeout;
  }

  public void setConnectTimeout(long connectTimeout) {
    this.connectTimeout = atLeast(0, "connectTimeout", connectTimeout);
  }

  public long getReplyTimeout() {
    return replyTimeout;
  }

  public void setReplyTimeout(long replyTimeout) {
    this.replyTimeout = atLeast(1, "replyTimeout", replyTimeout);
  }

  /** How long a request's reply may take to begin, with the time for which a poll may be held. */
  long replyMillis(Trace trace) {
    return replyTimeout + Math.min(trace.pollMillis(), pollMax);
  }

  public long getReadTimeout() {
    return readTimeout;
  }

  public void setReadTimeout(long readTimeout) {
    this.readTimeout = atLeast(1, "readTimeout", readTimeout);
  }

  public long getSendTimeout() {
    return sendTimeout;
  }

  public void setSendTimeout(long sendTimeout) {
    this.sendTimeout = atLeast(1, "sendTimeout", sendTimeout);
  }

  public long getHold() {
    return hold;
  }

  public void setHold(long hold) {
    this.hold = atLeast(0, "hold", hold);
  }

  public int getMaxInFlight() {
    return maxInFlight;
  }

  public void setMaxInFlight(int maxInFlight) {
    this.maxInFlight = atLeast(0, "maxInFlight", maxInFlight);
  }

  public int getQueue() {
    return queue;
  }

  public void setQueue(int queue) {
    this.queue = atLeast(0, "queue", queue);
  }

  public long getQueueTimeout() {
    return queueTimeout;
  }

  public void setQueueTimeout(long queueTimeout) {
    this.queueTimeout = atLeast(1, "queueTimeout", queueTimeout);
  }

  public String getBodyMax() {
    return bodyMax;
  }

  /** Sets the largest request body, as settings are written; 0B allows none but the empty one. */
  public void setBodyMax(String bodyMax) {
    this.bodyMaxBytes = Settings.size("worker:" + server + " bodyMax", bodyMax);
    this.bodyMax = bodyMax;
  }

  /** Counts the requests that are mirrored. */
  Mirrors mirrors() {
    return component.mirrors();
  }

  /** Whether a rule of the routes keeps a request from every worker. */
  boolean refuses(Request request) {
    return component.refuses(request);
  }

  /** The bytes that a request body has at most. */
  long bodyMaxBytes() {
    return bodyMaxBytes;
  }

  public String getReplayMax() {
    return replayMax;
  }

  /** Sets the largest request body that is copied, as settings are written; 0B for none. */
  public void setReplayMax(String replayMax) {
    this.replayMemory = new ReplayMemory(memory("replayMax", replayMax), replayMemory.budget());
    this.replayMax = replayMax;
  }

  /** Shares with other endpoints what all copies of request bodies take together. */
  void setReplayBudget(MemoryBudget shared) {
    replayMemory = new ReplayMemory(replayMemory.mostOfOne(), shared);
  }

  /** The memory for copies of request bodies. */
  ReplayMemory replayMemory() {
    return replayMemory;
  }

  public String getHeadMax() {
    return headMax;
  }

  /** Sets the largest request head, as settings are written; 0B for no limit. */
  public void setHeadMax(String headMax) {
    this.headLimit = new HeadLimit(memory("headMax", headMax), fieldsMax);
    this.headMax = headMax;
  }

  public int getFieldsMax() {
    return fieldsMax;
  }

  public void setFieldsMax(int fieldsMax) {
    this.fieldsMax = atLeast(0, "fieldsMax", fieldsMax);
    this.headLimit = new HeadLimit(headLimit.bytes(), fieldsMax);
  }

  /** What the worker takes of a request's head. */
  HeadLimit headLimit() {
    return headLimit;
  }

  /** Whether a request may be sent to two workers without harm. */
  boolean isRepeatable(Request request) {
    return component.isRepeatable(request);
  }

  /** A size of what is kept in memory. */
  private int memory(String option, String text) {
    String name = "worker:" + server + " " + option;
    long size = Settings.size(name, text);
    if (size > MOST_MEMORY) {
      throw new IllegalArgumentException(name + " = \"" + text + "\": write less than 1GiB");
    }
    return (int) size;
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
    Destination known = lastDestination;
    if (known == null || !known.group().equals(group)) {
      known = component.destinations().of(group, server);
      lastDestination = known;
    }
    return known;
  }

  private int atLeast(int least, String option, int value) {
    return (int) atLeast(least, option, (long) value);
  }

  private long atLeast(long least, String option, long value) {
    if (value < least) {
      throw new IllegalArgumentException(
          "worker:" + server + " has " + option + "=" + value + "; the least is " + least);
    }
    return value;
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
