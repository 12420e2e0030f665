// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.micrometer.core.instrument.Counter;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http2.SpareHeads;
import org.synapsegateway.metrics.Meter;
import org.synapsegateway.metrics.Meters;
import org.synapsegateway.net.InheritedSockets;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Loops;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.net.PerLoop;
import org.synapsegateway.net.SharedBudget;
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

  /** How long a stop waits for a blocked loop. */
  private static final long LAST_ACCEPTED_MILLIS = 1_000;

  /** In which connections leave for a new process, whose code is slow at first. */
  private static final Duration DEPARTURE = Duration.ofSeconds(5);

  private final ClientConnections connections = new ClientConnections();
  private final PerLoop<Deflaters> deflaters = new PerLoop<>(loop -> new Deflaters());
  private final PerLoop<SpareHeads> spareHeads = new PerLoop<>(loop -> new SpareHeads());
  private final SharedBudget headMemory = new SharedBudget(MemoryBudget.partOfHeap(4));
  private final MemoryBudget uploadMemory = MemoryBudget.partOfHeap(4);
  private final Map<Failure, Counter> refused = new EnumMap<>(Failure.class);

  private final Meters meters;
  private final ClientWatch clientWatch;

  @SuppressWarnings("NullAway.Init") // open() sets it, before any connection is there
  private volatile FrontRoute frontRoute;

  private volatile boolean closing;
  private volatile @Nullable Departure departure;
  private InheritedSockets inherited = new InheritedSockets();

  @SuppressWarnings("NullAway.Init") // open() sets it, before any connection is there
  private Trace.Observer observer;

  @SuppressWarnings("NullAway.Init") // open() sets it, before any connection is there
  private ConnectionLimits limits;

  private List<Listener> opened = List.of();

  @SuppressWarnings("NullAway.Init") // open() sets it, before any connection is there
  private Loops loops;

  private volatile @Nullable Sockets sockets;
  private final HandshakeMeters handshakes;
  private @Nullable Tls tls;

  public FrontDoor(Meters meters) {
    meters.gauge(Meter.CLIENT_CONNECTIONS, connections::count);
    meters.gauge(Meter.CLIENT_CONNECTIONS_IDLE, connections::idle);
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

  /** Has it listen on what the process before has opened; to be called before it is opened. */
  public void inherit(InheritedSockets sockets) {
    inherited = sockets;
  }

  /**
   * Opens the listeners of these routes' settings, and sends requests to the routes.
   *
   * @param requests reads what has become of each request
   * @param before is to run before, when the event loops do; if it fails nothing is opened
   * @throws IllegalStateException if something cannot be listened on; says why
   */
  public void open(FrontRoute first, Trace.Observer requests, Runnable before) {
    frontRoute = first;
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
    opened = first.listeners();
    listen(opened);
  }

  /** Sends new requests to other routes; those in flight stay in theirs. */
  public void lead(FrontRoute next) {
    List<Listener> listeners = next.listeners();
    if (!next.namesListeners() && !listeners.equals(opened)) {
      LOG.warn(
          "{}",
          Fault.of(
              Code.NEXT_START,
              listeners.toString(),
              "The gateway is to listen on "
                  + listeners
                  + "; that takes effect at the next start"));
    }
    frontRoute = next;
  }

  private void listen(List<Listener> listeners) {
    Sockets opening =
        new Sockets(
            loops, new Descriptors(System.getenv(), ProcessHandle.current().pid()), inherited);
    try {
      for (Listener listener : listeners) {
        opening.open(listener, frontRoute.listenKeys(), new Gate(this, listener, tls, meters));
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
        limits.max());
  }

  /** Whether connections of an address are one client's: a trusted proxy connects for many. */
  private boolean countsAsOne(Client peer) {
    return peer.inet() != null && !frontRoute.forwarded().isTrusted(peer);
  }

  /** Whose share of a budget a connection takes: its client's, or its own if that is unknown. */
  Object owner(Client peer, Object connection) {
    InetAddress address = peer.inet();
    return address != null && countsAsOne(peer) ? address : connection;
  }

  ConnectionLimits.Place place(Client peer) {
    Settings settings = frontRoute.settings();
    int maxFromOne =
        Settings.part(settings.count(Setting.CONNECTIONS_PER_CLIENT_MAX), settings.replicas());
    boolean counts = maxFromOne > 0 && countsAsOne(peer);
    return limits.enter(counts ? peer.inet() : null, maxFromOne);
  }

  /** Takes a connection, if it is to be answered: with a refusal at least. */
  boolean mayEnter(Channel channel, ConnectionLimits.Place place) {
    if (limits.isNearlyFull()) {
      connections.makeRoom();
    }
    Failure refusal = place.refusal();
    if (refusal != null && !place.mayAsk()) {
      refused(refusal);
      place.leave();
      channel.close();
      return false;
    }
    connections.add(channel);
    return true;
  }

  /** Counts a connection that was not admitted. */
  void refused(Failure reason) {
    Objects.requireNonNull(refused.get(reason)).increment(); // the constructor adds both
  }

  /** Where requests are led to now. */
  FrontRoute frontRoute() {
    return frontRoute;
  }

  /** Who reads what has become of the requests. */
  Trace.Observer observer() {
    return observer;
  }

  /** What heads of more than ordinary size may take: a quarter of the heap is room for hundreds. */
  SharedBudget headMemory() {
    return headMemory;
  }

  /** What clients of HTTP/2 may send ahead of bodies that flow. */
  MemoryBudget uploadMemory() {
    return uploadMemory;
  }

  /** Whether connections should end, those soon that wait for a request. */
  boolean isClosing() {
    return closing;
  }

  /** Whether a connection is to end with its next reply. */
  boolean isEnding(Object connection) {
    Departure now = departure;
    return closing || now != null && now.isDue(connection, System.nanoTime());
  }

  /** What the bodies of a loop are compressed by; called on that loop. */
  Deflaters deflaters(Loop loop) {
    return deflaters.of(loop);
  }

  /** Where the heads of requests come from that streams of a loop carry. */
  SpareHeads spareHeads(Loop loop) {
    return spareHeads.of(loop);
  }

  /** Observes TLS handshakes. */
  Handshakes handshakes() {
    return handshakes;
  }

  /** Logs clients whose address cannot be known, or that are refused. */
  ClientWatch clientWatch() {
    return clientWatch;
  }

  /** The first port that is listened on, or -1. */
  public int localPort() {
    return sockets == null ? -1 : sockets.port();
  }

  /** The address and port that are listened on, as a URL has them; the first of several. */
  public String localAddress() {
    Sockets now = sockets;
    return now != null && now.isOpen() ? now.addresses().get(0) : "nowhere";
  }

  /** The addresses listened on, as URLs. */
  public List<String> localAddresses() {
    return sockets == null ? List.of() : sockets.addresses();
  }

  /** Whether it listens. */
  public boolean isOpen() {
    return sockets != null && sockets.isOpen();
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

  /** The listening descriptors for another process, by the key that it asks with. */
  public List<Map.Entry<String, Integer>> descriptors() {
    Sockets now = sockets;
    return now != null && loops.isNative() ? now.descriptors() : List.of();
  }

  /** Goes on accepting, and ends each connection with the reply to its next request. */
  public void announceEnd() {
    departure = Departure.within(Duration.ZERO);
  }

  /**
   * Leaves new connections to another process, which listens on the same sockets: accepts no more.
   * Closes each connection after its next reply, once the moment of its {@link Departure} has come,
   * or when it times out.
   */
  public void leave() {
    departure = Departure.within(DEPARTURE);
    Sockets now = Objects.requireNonNull(sockets);
    now.share();
    now.close();
  }

  /** Waits until the last connection has ended, once it {@link #leave leaves}. */
  public void awaitLast() {
    awaitAccepted(Long.MAX_VALUE);
    connections.awaitEnd();
  }

  /** Waits until who was accepted last has come to its loop, which may be blocked. */
  private void awaitAccepted(long millis) {
    for (Loop loop : loops.all()) {
      try {
        loop.eventLoop().submit(() -> {}).awaitUninterruptibly(millis);
      } catch (RejectedExecutionException e) {
        LOG.debug("A loop has ended: the front door is closed already", e);
      }
    }
  }

  /** How many clients are connected. */
  public int connectionCount() {
    return connections.count();
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
    awaitAccepted(LAST_ACCEPTED_MILLIS);
    connections.tellClosing();
    int open = connections.count();
    if (open > 0) {
      LOG.info("Stopping: {} open connections have {} ms to end", open, timeoutMillis);
    }
    if (!connections.awaitEnd(timeoutMillis)) {
      LOG.warn("{} connections did not end in time and are cut", connections.count());
      connections.cut();
    }
    loops.close();
  }
}
