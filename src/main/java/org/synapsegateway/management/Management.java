// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.net.InheritedSockets;
import org.synapsegateway.net.ListeningChannel;

/**
 * The management port: a {@link Page} for each path and method.
 *
 * <p>It has a port, an event loop and threads of its own, so that its traffic does not compete with
 * that of clients. A client that sends half a request, or reads no reply, delays no other. Safe for
 * any thread.
 */
public final class Management implements AutoCloseable {
  /**
   * The limits for the port's clients.
   *
   * @param hosts the names that it answers to, beside those of this machine's loopback
   * @param connections how many may be open; a further one replaces one that waits
   * @param timeout the time for a request to arrive, and for its reply to be read
   */
  public record Limits(HostNames hosts, int connections, Duration timeout) {}

  /**
   * A page, and the threads that make it.
   *
   * @param guarded whether the guard must admit the request
   */
  record Placed(Page page, ThreadPoolExecutor threads, boolean guarded) {}

  /**
   * How many bytes are read at once. All of them are decoded before other clients have their turn.
   */
  private static final int READ_AT_ONCE = 2 * 1024;

  private final EventLoopGroup loop;
  private final Map<Lane, ThreadPoolExecutor> lanes = new EnumMap<>(Lane.class);
  private final Map<String, Map<String, Placed>> pages = new ConcurrentHashMap<>();
  private final Limits limits;
  private final Guard guard;
  private final ManagementConnections connections;
  private final String key;
  private final Channel listener;
  private volatile boolean leaving;

  /** Listens on the port, without a previous process. */
  public Management(String host, int port, Limits limits, Guard guard) throws IOException {
    this(host, port, limits, guard, new InheritedSockets());
  }

  /**
   * Listens on the port; nothing is answered before {@link #start}.
   *
   * @param guard of the pages that change something
   * @param inherited the listening sockets of the previous process
   * @throws IOException if the port cannot be listened on
   */
  public Management(String host, int port, Limits limits, Guard guard, InheritedSockets inherited)
      throws IOException {
    this.key = "management:" + host + ":" + port;
    this.limits = limits;
    this.guard = guard;
    for (Lane lane : Lane.values()) {
      lanes.put(lane, lane.open(limits.connections()));
    }
    connections = new ManagementConnections(limits.connections());
    int taken = inherited.take(key);
    ThreadFactory threads = new DefaultThreadFactory("management", true);
    loop =
        Epoll.isAvailable()
            ? new EpollEventLoopGroup(1, threads)
            : new NioEventLoopGroup(1, threads);
    InetSocketAddress address = new InetSocketAddress(host, port);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loop)
            .channelFactory(() -> listener(taken, address.getAddress()))
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.AUTO_READ, false)
            .childOption(
                ChannelOption.RCVBUF_ALLOCATOR,
                new FixedRecvByteBufAllocator(READ_AT_ONCE).maxMessagesPerRead(1))
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    ManagementConnection.open(channel, Management.this, connections);
                  }
                });
    var bound = taken >= 0 ? bootstrap.register() : bootstrap.bind(address);
    bound.awaitUninterruptibly();
    if (!bound.isSuccess()) {
      loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      throw new IOException(bound.cause().getMessage(), bound.cause());
    }
    listener = bound.channel();
  }

  private static ServerChannel listener(int taken, @Nullable InetAddress host) {
    if (taken >= 0) {
      return new EpollServerSocketChannel(taken);
    }
    return ListeningChannel.of(host);
  }

  /** Puts a page to read at a path. */
  public void get(String path, Page page) {
    get(path, Lane.ORDINARY, page);
  }

  /** Puts a page to read at a path. */
  public void get(String path, Lane lane, Page page) {
    put(path, "GET", placed(page, lane, false));
    put(path, "HEAD", placed(page, lane, false));
  }

  /** Puts a page that answers what it is sent at a path. */
  public void post(String path, Lane lane, Page page) {
    put(path, "POST", placed(page, lane, false));
  }

  /** Puts a page that changes something at a path. */
  public void change(String path, Lane lane, Page page) {
    put(path, "POST", placed(page, lane, true));
  }

  private Placed placed(Page page, Lane lane, boolean changes) {
    return new Placed(page, Objects.requireNonNull(lanes.get(lane)), changes);
  }

  private void put(String path, String method, Placed page) {
    pages.computeIfAbsent(path, one -> new TreeMap<>()).put(method, page);
  }

  /** The pages of a path by their methods; null if there are none. */
  @Nullable Map<String, Placed> at(String path) {
    return pages.get(path);
  }

  /** The paths that have pages. */
  Set<String> paths() {
    return new TreeSet<>(pages.keySet());
  }

  Guard guard() {
    return guard;
  }

  Limits limits() {
    return limits;
  }

  /** Begins to answer. Called when all pages have been put. */
  public void start() {
    listener.config().setAutoRead(true);
  }

  /** The port that is listened on. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** The listening sockets for another process: descriptors, each with its key. */
  public List<Map.Entry<String, Integer>> descriptors() {
    return listener instanceof UnixChannel open
        ? List.of(Map.entry(key, open.fd().intValue()))
        : List.of();
  }

  /**
   * Stops accepting, because another process does, and closes each connection after its next reply.
   */
  public void leave() {
    leaving = true;
    listener.close().awaitUninterruptibly();
  }

  /** Whether connections end with their next reply. */
  boolean isLeaving() {
    return leaving;
  }

  /** Whether an answer is still being made. */
  public boolean isAnswering() {
    return loop.submit(connections::isAnswering).awaitUninterruptibly().getNow();
  }

  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    loop.submit(connections::closeAll).awaitUninterruptibly();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    lanes.values().forEach(ExecutorService::shutdownNow);
  }
}
