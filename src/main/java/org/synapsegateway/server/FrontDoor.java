package org.synapsegateway.server;

import io.micrometer.core.instrument.Counter;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Failure;
import org.synapsegateway.metrics.Meter;
import org.synapsegateway.metrics.Meters;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Loops;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.request.Trace;
import org.synapsegateway.settings.Listener;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;
import org.synapsegateway.tls.Handshakes;
import org.synapsegateway.tls.Tls;

/**
 * The gateway's listeners and the connections of its clients.
 *
 * <p>It opens when the first routes have started and stays open until the gateway stops: routes
 * that are loaded again take over between two requests of a connection, and no connection is lost.
 * Safe for any thread.
 */
public final class FrontDoor {
  private static final Logger LOG = LoggerFactory.getLogger(FrontDoor.class);

  /** How many idle connections end at once to make room, and how long it is until the next do. */
  private static final int MAX_ROOM = 64;

  private static final long PAUSE_OF_ROOM_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final ChannelGroup connections =
      new DefaultChannelGroup("clients", GlobalEventExecutor.INSTANCE);

  private final MemoryBudget headMemory = MemoryBudget.partOfHeap(4);
  private final Map<Failure, Counter> refused = new EnumMap<>(Failure.class);

  private final Meters meters;
  private final ClientWatch clientWatch;
  private final AtomicLong madeRoom = new AtomicLong(System.nanoTime() - PAUSE_OF_ROOM_NANOS);

  private volatile Entrance entrance;
  private volatile boolean closing;
  private Trace.Observer observer;
  private ConnectionLimits limits;
  private Loops loops;
  private volatile Sockets sockets;
  private final HandshakeMeters handshakes;
  private Tls tls;

  public FrontDoor(Meters meters) {
    meters.gauge(Meter.CLIENT_CONNECTIONS, connections::size);
    meters.gauge(Meter.CLIENT_CONNECTIONS_IDLE, this::idleConnections);
    for (Failure reason : List.of(Failure.OVERLOADED, Failure.TOO_MANY_REQUESTS)) {
      refused.put(reason, meters.counter(Meter.CLIENT_CONNECTIONS_REFUSED, reason.tag()));
    }
    this.meters = meters;
    clientWatch = new ClientWatch(meters);
    handshakes = new HandshakeMeters(meters);
  }

  /** Has TLS put before the connections of https listeners; to be called before it is opened. */
  public void secureBy(Tls secures) {
    tls = secures;
  }

  /**
   * Opens what these routes and their settings name, and leads requests to them.
   *
   * @param requests reads what has become of each request
   * @param before is to run before, when the event loops do; if it fails nothing is opened
   * @throws IllegalStateException if something cannot be listened on; says why
   */
  public void open(Entrance first, Trace.Observer requests, Runnable before) {
    entrance = first;
    observer = requests;
    Settings settings = first.settings();
    limits = ConnectionLimits.of(settings);
    loops = new Loops(settings.count(Setting.EVENT_LOOPS));
    try {
      before.run();
    } catch (RuntimeException | Error e) {
      loops.close();
      throw e;
    }
    listen(first.listeners());
  }

  /** Leads requests from now on to other routes; those under way go on where they are. */
  public void lead(Entrance next) {
    List<Listener> listeners = next.listeners();
    if (!next.namesListeners() && !listeners.equals(entrance.listeners())) {
      LOG.warn("The gateway is to listen on {}; that takes effect at the next start", listeners);
    }
    entrance = next;
  }

  private void listen(List<Listener> listeners) {
    Sockets opening =
        new Sockets(loops, new Descriptors(System.getenv(), ProcessHandle.current().pid()));
    try {
      for (Listener listener : listeners) {
        opening.open(listener, entrance.listenKeys(), new Gate(this, listener, tls, meters));
      }
    } catch (RuntimeException | Error e) {
      opening.close();
      loops.close();
      throw e;
    }
    sockets = opening;
    opening.accept();
    LOG.info(
        "Listening on {} with {} event loops ({}), for up to {} connections",
        String.join(" and ", opening.addresses()),
        loops.size(),
        loops.isNative() ? "epoll" : "NIO: no native transport here, so slower",
        limits.most());
  }

  /** A trusted proxy connects for many clients, so its connections do not count as one client's. */
  ConnectionLimits.Place place(Client peer) {
    int maxFromOne = entrance.settings().count(Setting.CONNECTIONS_PER_CLIENT_MAX);
    boolean counts = maxFromOne > 0 && !entrance.forwarded().isTrusted(peer);
    return limits.enter(counts ? peer.inet() : null, maxFromOne);
  }

  /** Takes a connection, if it is to be answered: with a refusal at least. */
  boolean mayEnter(Channel channel, ConnectionLimits.Place place) {
    if (limits.isNearlyFull()) {
      makeRoom();
    }
    if (!place.mayAsk()) {
      refused(place.refusal());
      place.leave();
      channel.close();
      return false;
    }
    connections.add(channel);
    return true;
  }

  /** Counts a connection that was not admitted. */
  void refused(Failure reason) {
    refused.get(reason).increment();
  }

  /** Ends some connections that only wait for another request, now and then. */
  private void makeRoom() {
    long now = System.nanoTime();
    long last = madeRoom.get();
    if (now - last < PAUSE_OF_ROOM_NANOS || !madeRoom.compareAndSet(last, now)) {
      return;
    }
    connections.stream()
        .filter(FrontDoor::isIdle)
        .limit(MAX_ROOM)
        .forEach(idle -> idle.pipeline().fireUserEventTriggered(ClientEnd.CLOSING));
  }

  private static boolean isIdle(Channel channel) {
    return channel.pipeline().last() instanceof ClientEnd end && end.isIdle();
  }

  /** Where requests are led to now. */
  Entrance entrance() {
    return entrance;
  }

  /** Who reads what has become of the requests. */
  Trace.Observer observer() {
    return observer;
  }

  /** What heads of more than ordinary size may take: a quarter of the heap is room for hundreds. */
  MemoryBudget headMemory() {
    return headMemory;
  }

  /** Whether connections should end with the reply that they are waiting for. */
  boolean isClosing() {
    return closing;
  }

  /** Who hears what becomes of handshakes. */
  Handshakes handshakes() {
    return handshakes;
  }

  /** Who tells of clients that are not who they should be. */
  ClientWatch clientWatch() {
    return clientWatch;
  }

  /** The first port that is listened on, or -1. */
  public int localPort() {
    return sockets == null ? -1 : sockets.port();
  }

  /** The address and port that are listened on, as a URL has them; the first of several. */
  public String localAddress() {
    return isOpen() ? sockets.addresses().get(0) : "nowhere";
  }

  /** All that is listened on, as URLs have it. */
  public List<String> localAddresses() {
    return sockets == null ? List.of() : sockets.addresses();
  }

  /** Whether it listens. */
  public boolean isOpen() {
    return sockets != null && sockets.isOpen();
  }

  private long idleConnections() {
    return connections.stream().filter(FrontDoor::isIdle).count();
  }

  /** The loop of a connection. */
  Loop loop(Channel channel) {
    return loops.of(channel.eventLoop());
  }

  /** The loops of all connections, once it is open. */
  public List<Loop> loops() {
    return loops == null ? List.of() : loops.all();
  }

  /** The event loops, once it is open. */
  public EventLoopGroup eventLoops() {
    return loops.group();
  }

  /** How many clients are connected. */
  public int connectionCount() {
    return connections.size();
  }

  /**
   * Listens no longer, lets each connection end with the reply that it is waiting for, and cuts
   * those that have not ended in time; nothing happens if it is not open.
   */
  public void close(long timeoutMillis) {
    if (sockets == null) {
      return;
    }
    closing = true;
    sockets.close();
    for (Channel connection : connections) {
      connection.pipeline().fireUserEventTriggered(ClientEnd.CLOSING);
    }
    int open = connections.size();
    if (open > 0) {
      LOG.info("Stopping: {} open connections have {} ms to end", open, timeoutMillis);
    }
    if (!connections.newCloseFuture().awaitUninterruptibly(timeoutMillis)) {
      LOG.warn("{} connections did not end in time and are cut", connections.size());
      connections.close().awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
    loops.close();
  }
}
