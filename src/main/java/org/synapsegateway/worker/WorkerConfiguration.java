// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * The options of a worker, which the component holds for all workers, and each endpoint for its
 * own, changed by its URI.
 *
 * <p>Times are in milliseconds; a URI gives them with a unit ({@code 30s}). Set before the routes
 * start, and read by any thread from then on.
 */
@UriParams
public class WorkerConfiguration implements Cloneable {
  /** Marks the option as not set: each kind of list has a default of its own. */
  private static final long OWN = -1;

  /** The ring is made from the names of hosts. */
  private static final String TARGET = "target";

  /** The ring is made from the names of hosts and from ports. */
  private static final String TARGET_AND_PORT = "target:port";

  private static final int MAX_MEMORY = Integer.MAX_VALUE / 2;

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
      description =
          "How long a worker with a full backlog is tried again; for a host, also how long it may"
              + " take to answer, 1 s if no place says otherwise")
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
          "How long a request waits for a worker that is not there, for what no other worker can"
              + " do")
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

  @UriParam(
      defaultValue = "false",
      description =
          "Whether WebSocket and other upgrades pass through, for what is no worker of Synapse")
  private boolean upgrade;

  @UriParam(
      javaType = "java.time.Duration",
      defaultValue = "600000",
      description =
          "How long a worker of worker:srv: stays that DNS no longer names; of worker:file: 0")
  private long forget = OWN;

  @UriParam(
      defaultValue = "target",
      enums = "target,target:port",
      description =
          "What the ring of worker:srv: is made from: the targets' names, or these with their"
              + " ports, where several workers are on one host")
  private String ring = TARGET;

  @UriParam(
      defaultValue = "false",
      description = "Whether the worker is asked over TLS, on a port of a host only")
  private boolean tls;

  @UriParam(
      description =
          "A PEM file with the authorities that may have signed the worker's certificate; those of"
              + " Java if there is none")
  private @Nullable String ca;

  @UriParam(
      description = "The name that the worker's certificate must have; the host's if there is none")
  private @Nullable String serverName;

  private String owner = "worker";
  private boolean connectTimeoutSet;
  private long backlogTimeout;
  private int replicas;
  private int replayMaxBytes;
  private HeadLimit headLimit = new HeadLimit(0, 0);
  private long bodyMaxBytes;

  public WorkerConfiguration() {
    this(Settings.defaults());
  }

  /** The options as the {@code gateway.worker.*} settings have them. */
  WorkerConfiguration(Settings settings) {
    replicas = settings.replicas();
    keepalive = settings.count(Setting.WORKER_KEEPALIVE);
    idleTimeout = settings.millis(Setting.WORKER_IDLE_TIMEOUT);
    connectTimeout = settings.millis(Setting.WORKER_CONNECT_TIMEOUT);
    backlogTimeout = connectTimeout;
    replyTimeout = settings.millis(Setting.WORKER_REPLY_TIMEOUT);
    readTimeout = settings.millis(Setting.WORKER_READ_TIMEOUT);
    sendTimeout = settings.millis(Setting.WORKER_SEND_TIMEOUT);
    bodyMax = settings.text(Setting.WORKER_BODY_MAX);
    bodyMaxBytes = settings.length(Setting.WORKER_BODY_MAX);
    replayMax = settings.text(Setting.REPLAY_MAX);
    replayMaxBytes = settings.bytes(Setting.REPLAY_MAX);
  }

  /**
   * The same options for one worker.
   *
   * @param uri its name in error messages
   */
  WorkerConfiguration copy(String uri) {
    try {
      WorkerConfiguration copy = (WorkerConfiguration) clone();
      copy.owner = uri;
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new RuntimeCamelException(e);
    }
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
    this.backlogTimeout = connectTimeout;
    this.connectTimeoutSet = true;
  }

  /** Sets how long a host may take to answer, but not how long its backlog may be full. */
  void setAnswerTimeout(long millis) {
    this.connectTimeout = millis;
  }

  /** How long a worker with a full backlog is tried again, in milliseconds. */
  long backlogTimeout() {
    return backlogTimeout;
  }

  /** Whether the component or a URI sets it, so that the general setting does not apply. */
  boolean isConnectTimeoutSet() {
    return connectTimeoutSet;
  }

  public long getReplyTimeout() {
    return replyTimeout;
  }

  public void setReplyTimeout(long replyTimeout) {
    this.replyTimeout = atLeast(1, "replyTimeout", replyTimeout);
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

  /** This gateway's part of {@code maxInFlight}. */
  int maxInFlightHere() {
    return Settings.part(maxInFlight, replicas);
  }

  /** This gateway's part of {@code queue}. */
  int queueHere() {
    return Settings.part(queue, replicas);
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
    this.bodyMaxBytes = Settings.size(owner + " bodyMax", bodyMax);
    this.bodyMax = bodyMax;
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
    this.replayMaxBytes = memory("replayMax", replayMax);
    this.replayMax = replayMax;
  }

  /** The bytes of the largest request body that is copied. */
  int replayMaxBytes() {
    return replayMaxBytes;
  }

  public String getHeadMax() {
    return headMax;
  }

  /** Sets the largest request head, as settings are written; 0B for no limit. */
  public void setHeadMax(String headMax) {
    this.headLimit = new HeadLimit(memory("headMax", headMax), fieldsMax);
    this.headMax = headMax;
  }

  public boolean isUpgrade() {
    return upgrade;
  }

  public void setUpgrade(boolean upgrade) {
    this.upgrade = upgrade;
  }

  public long getForget() {
    return forget;
  }

  public void setForget(long forget) {
    this.forget = atLeast(0, "forget", forget);
  }

  /**
   * How many milliseconds a worker stays a member that its list no longer names.
   *
   * @param own the default of this kind of list
   */
  long forgetMillis(long own) {
    return forget == OWN ? own : forget;
  }

  public String getRing() {
    return ring;
  }

  /**
   * Sets what the ring of a list is made from.
   *
   * @throws IllegalArgumentException if it is neither of the two
   */
  public void setRing(String ring) {
    if (!ring.equals(TARGET) && !ring.equals(TARGET_AND_PORT)) {
      throw new IllegalArgumentException(
          owner + " has ring=" + ring + "; write " + TARGET + " or " + TARGET_AND_PORT);
    }
    this.ring = ring;
  }

  /** Whether the ring of a list is made from hosts and ports. */
  boolean isRingOfPorts() {
    return ring.equals(TARGET_AND_PORT);
  }

  public boolean isTls() {
    return tls;
  }

  public void setTls(boolean tls) {
    this.tls = tls;
  }

  public @Nullable String getCa() {
    return ca;
  }

  public void setCa(@Nullable String ca) {
    this.ca = ca;
  }

  public @Nullable String getServerName() {
    return serverName;
  }

  public void setServerName(@Nullable String serverName) {
    this.serverName = serverName;
  }

  public int getFieldsMax() {
    return fieldsMax;
  }

  public void setFieldsMax(int fieldsMax) {
    this.fieldsMax = atLeast(0, "fieldsMax", fieldsMax);
    this.headLimit = new HeadLimit(headLimit.bytes(), fieldsMax);
  }

  /** The largest request head that the worker accepts. */
  HeadLimit headLimit() {
    return headLimit;
  }

  /** Reads a size that must fit into memory. */
  private int memory(String option, String text) {
    String name = owner + " " + option;
    long size = Settings.size(name, text);
    if (size > MAX_MEMORY) {
      throw new IllegalArgumentException(name + " = \"" + text + "\": write less than 1GiB");
    }
    return (int) size;
  }

  private int atLeast(int least, String option, int value) {
    return (int) atLeast(least, option, (long) value);
  }

  private long atLeast(long least, String option, long value) {
    if (value < least) {
      throw new IllegalArgumentException(
          owner + " has " + option + "=" + value + "; the least is " + least);
    }
    return value;
  }
}
