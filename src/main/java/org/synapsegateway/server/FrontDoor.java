package org.synapsegateway.server;

import io.micrometer.core.instrument.Counter;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.Forwarded;
import org.synapsegateway.http.Trace;
import org.synapsegateway.metrics.Meter;
import org.synapsegateway.metrics.Meters;
import org.synapsegateway.net.ListenFailure;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Loops;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * The gateway's listener and the connections of its clients.
 *
 * <p>It opens when the first routes have started and stays open until the gateway stops: routes
 * that are loaded again take over between two requests of a connection, and no connection is lost.
 * Safe for any thread.
 */
public final class FrontDoor {
  private static final Logger LOG = LoggerFactory.getLogger(FrontDoor.class);
  private static final int BACKLOG = 4096;

  /** How many idle connections end at once to make room, and how long it is until the next do. */
  private static final int MAX_ROOM = 64;

  private static final long PAUSE_OF_ROOM_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final ChannelGroup connections =
      new DefaultChannelGroup("clients", GlobalEventExecutor.INSTANCE);

  private final MemoryBudget headMemory = MemoryBudget.partOfHeap(4);
  private final Map<Failure, Counter> refused = new EnumMap<>(Failure.class);

  private final ClientWatch clientWatch;
  private final List<Channel> listeners = new CopyOnWriteArrayList<>();

  private final AtomicLong madeRoom = new AtomicLong(System.nanoTime() - PAUSE_OF_ROOM_NANOS);

  private volatile Entrance entrance;
  private volatile boolean closing;
  private Trace.Observer observer;
  private ConnectionLimits limits;
  private Loops loops;

  public FrontDoor(Meters meters) {
    meters.gauge(Meter.CLIENT_CONNECTIONS, connections::size);
    meters.gauge(Meter.CLIENT_CONNECTIONS_IDLE, this::idleConnections);
    for (Failure reason : List.of(Failure.OVERLOADED, Failure.TOO_MANY_REQUESTS)) {
      refused.put(reason, meters.counter(Meter.CLIENT_CONNECTIONS_REFUSED, reason.tag()));
    }
    clientWatch = new ClientWatch(meters);
  }

  /**
   * Opens the port that the front route of these routes names, and leads requests to them.
   *
   * @param requests reads what has become of each request
   * @param before is to run before, when the event loops do; if it fails nothing is opened
   * @throws IllegalStateException if the port cannot be listened on; says why
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
    listen(first.address());
  }

  /** Leads requests from now on to other routes; those under way go on where they are. */
  public void lead(Entrance next) {
    Entrance before = entrance;
    if (!next.address().equals(before.address())) {
      LOG.warn(
          "The front route now names {}; the gateway listens there after a restart",
          next.address());
    }
    entrance = next;
  }

  private void listen(InetSocketAddress address) {
    int port = address.getPort();
    for (InetAddress each : addresses(address)) {
      listeners.add(bind(new InetSocketAddress(each, port), address.getHostString()));
      port = localPort();
    }
    LOG.info(
        "Listening on {} with {} event loops ({}), for up to {} connections",
        listeners.stream().map(FrontDoor::text).collect(Collectors.joining(" and ")),
        loops.size(),
        loops.isNative() ? "epoll" : "NIO: no native transport here, so slower",
        limits.most());
  }

  /**
   * All that a name stands for, because a front that is told a name tries one after the other:
   * {@code localhost} is ::1 for it as well as 127.0.0.1 (RFC 6761 section 6.3).
   */
  private List<InetAddress> addresses(InetSocketAddress address) {
    String host = address.getHostString();
    List<String> names =
        host.equalsIgnoreCase("localhost") ? List.of("127.0.0.1", "::1") : List.of(host);
    List<InetAddress> all = new ArrayList<>();
    try {
      for (String name : names) {
        all.addAll(List.of(InetAddress.getAllByName(name)));
      }
    } catch (UnknownHostException e) {
      loops.close();
      throw new IllegalStateException("cannot listen on " + host + ": no such host (gateway.host)");
    }
    List<InetAddress> here = new ArrayList<>(all);
    here.removeIf(FrontDoor::isElsewhere);
    // of one alone the operating system says best why it cannot be listened on
    return here.isEmpty() ? all.subList(0, 1) : here;
  }

  private static boolean isElsewhere(InetAddress address) {
    try {
      return !address.isAnyLocalAddress() && NetworkInterface.getByInetAddress(address) == null;
    } catch (SocketException e) {
      LOG.debug("Is {} an address of this machine?", address, e);
      return false;
    }
  }

  private Channel bind(InetSocketAddress address, String host) {
    ChannelFuture bound = bootstrap().bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      listeners.forEach(Channel::close);
      loops.close();
      throw new IllegalStateException(
          ListenFailure.describe(
              host + ":" + address.getPort(), bound.cause(), "gateway.host, gateway.port"));
    }
    Channel listener = bound.channel();
    listener.pipeline().addLast(new AcceptFailures());
    return listener;
  }

  private ServerBootstrap bootstrap() {
    Class<? extends ServerChannel> type =
        loops.isNative() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    return new ServerBootstrap()
        .group(loops.group())
        .channel(type)
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                accept(channel);
              }
            });
  }

  private void accept(Channel channel) {
    Client peer = Forwarded.peer(channel.remoteAddress());
    ConnectionLimits.Place place = place(peer);
    if (limits.isNearlyFull()) {
      makeRoom();
    }
    if (!place.mayAsk()) {
      refused(place.refusal());
      place.leave();
      channel.close();
      return;
    }
    connections.add(channel);
    channel
        .pipeline()
        .addLast(new ClientConnection(this, channel, loops.of(channel.eventLoop()), peer, place, null));
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
        .forEach(idle -> idle.pipeline().fireUserEventTriggered(ClientConnection.CLOSING));
  }

  private static boolean isIdle(Channel channel) {
    ClientConnection connection = channel.pipeline().get(ClientConnection.class);
    return connection != null && connection.isIdle();
  }

  /** A trusted proxy connects for many clients, so its connections do not count as one client's. */
  private ConnectionLimits.Place place(Client peer) {
    int maxFromOne = entrance.settings().count(Setting.CONNECTIONS_PER_CLIENT_MAX);
    boolean counts = maxFromOne > 0 && !entrance.forwarded().isTrusted(peer);
    return limits.enter(counts ? peer.inet() : null, maxFromOne);
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

  /** Who tells of clients that are not who they should be. */
  ClientWatch clientWatch() {
    return clientWatch;
  }

  /** The port that is listened on, or -1. */
  public int localPort() {
    return isOpen() && listeners.get(0).localAddress() instanceof InetSocketAddress inet
        ? inet.getPort()
        : -1;
  }

  /** The address and port that are listened on, as a URL has them; the first of several. */
  public String localAddress() {
    return isOpen() ? text(listeners.get(0)) : "nowhere";
  }

  private static String text(Channel listener) {
    return listener.localAddress() instanceof InetSocketAddress inet
        ? NetUtil.toSocketAddressString(inet)
        : "nowhere";
  }

  /** Whether it listens. */
  public boolean isOpen() {
    return !listeners.isEmpty() && listeners.get(0).isOpen();
  }

  private long idleConnections() {
    return connections.stream().filter(FrontDoor::isIdle).count();
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
    if (listeners.isEmpty()) {
      return;
    }
    closing = true;
    for (Channel listener : listeners) {
      listener.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
    for (Channel connection : connections) {
      connection.pipeline().fireUserEventTriggered(ClientConnection.CLOSING);
    }
    int open = connections.size();
    if (open > 0) {
      LOG.info("Listening no longer; {} connections have {} ms to end", open, timeoutMillis);
    }
    if (!connections.newCloseFuture().awaitUninterruptibly(timeoutMillis)) {
      LOG.warn("{} connections did not end in time and are cut", connections.size());
      connections.close().awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
    loops.close();
  }
}
