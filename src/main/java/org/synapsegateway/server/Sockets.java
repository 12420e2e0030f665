// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.net.InheritedSockets;
import org.synapsegateway.net.ListenFailure;
import org.synapsegateway.net.ListeningChannel;
import org.synapsegateway.net.Loops;
import org.synapsegateway.settings.Listener;
import org.synapsegateway.settings.Settings;

/**
 * The sockets that listeners have open. All are opened before the first connection is accepted, so
 * that a start fails before it has served anybody. What the process before this one has opened is
 * taken over, and not opened anew. Safe for any thread once they are open.
 */
final class Sockets {
  private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);
  private static final int BACKLOG = 4096;

  private final Loops loops;
  private final Descriptors descriptors;
  private final InheritedSockets inherited;
  private final List<Open> open = new CopyOnWriteArrayList<>();

  /** Who removes the files of sockets: this process, once it accepts, until another one does. */
  private volatile boolean accepts;

  private volatile boolean shared;

  /**
   * @param key the key by which a process that takes over asks for it
   * @param file the file of a UNIX socket, which is removed at the end; null for others
   * @param taken whether another process has opened it
   */
  private record Open(Channel channel, String key, @Nullable Path file, boolean taken) {}

  /**
   * @param descriptors those of systemd
   * @param inherited those of the process before
   */
  Sockets(Loops loops, Descriptors descriptors, InheritedSockets inherited) {
    this.loops = loops;
    this.descriptors = descriptors;
    this.inherited = inherited;
  }

  /**
   * Opens the sockets of a listener, and accepts no connection yet.
   *
   * @param keys the settings that name it, for errors
   * @param connections prepares each connection that is accepted
   * @throws IllegalStateException if it cannot be listened on; says why. Others stay open
   */
  void open(Listener listener, String keys, ChannelHandler connections) {
    if (listener.kind() != Listener.Kind.TCP && !loops.isNative()) {
      throw cannot(listener.name(), new IOException("it takes Netty's epoll transport"), keys);
    }
    switch (listener.kind()) {
      case TCP -> openPorts(listener, keys, connections);
      case UNIX -> openFile(listener, keys, connections);
      case DESCRIPTOR -> openDescriptors(listener, keys, connections);
    }
  }

  private void openDescriptors(Listener listener, String keys, ChannelHandler connections) {
    String key = listener.name();
    List<Integer> numbers = new ArrayList<>();
    for (int next = inherited.take(key); next >= 0; next = inherited.take(key)) {
      numbers.add(next);
    }
    boolean taken = !numbers.isEmpty();
    for (int number : taken ? numbers : descriptors.named(listener.place())) {
      ServerBootstrap bootstrap =
          Descriptors.isUnix(number) ? unix(number, connections) : tcp(number, connections);
      Channel channel = opened(bootstrap.register(), listener.name(), List.of(), keys);
      add(channel, key, null, taken);
    }
  }

  private void openPorts(Listener listener, String keys, ChannelHandler connections) {
    int port = listener.port();
    for (InetAddress each : HostAddresses.of(listener.place(), keys)) {
      String key =
          "tcp:" + NetUtil.toSocketAddressString(new InetSocketAddress(each, listener.port()));
      int taken = inherited.take(key);
      ChannelFuture opening =
          taken >= 0
              ? tcp(taken, connections).register()
              : tcp(() -> ListeningChannel.of(each), connections)
                  .bind(new InetSocketAddress(each, port));
      String name = Settings.inUrl(listener.place()) + ":" + port;
      Channel channel = opened(opening, name, overlapping(each, port), keys);
      add(channel, key, null, taken >= 0);
      port = ((InetSocketAddress) channel.localAddress()).getPort();
    }
  }

  private void openFile(Listener listener, String keys, ChannelHandler connections) {
    UnixSocketFile file = new UnixSocketFile(listener);
    String key = listener.name();
    int taken = inherited.take(key);
    try {
      int number = taken;
      if (taken < 0) {
        file.makeRoom();
        number = listening(listener.place());
      }
      Channel channel = opened(unix(number, connections).register(), key, List.of(), keys);
      add(channel, key, Path.of(listener.place()), taken >= 0);
      file.bound();
    } catch (IOException e) {
      throw cannot(listener.name(), e, keys);
    }
  }

  /** Binds without Netty, which would remove the file, even if another process listens there. */
  private static int listening(String path) throws IOException {
    Socket socket = Socket.newSocketDomain();
    try {
      socket.bind(new DomainSocketAddress(path));
      socket.listen(BACKLOG);
      return socket.intValue();
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * @param own what is open already and would keep it from being opened
   */
  private static Channel opened(ChannelFuture opening, String name, List<String> own, String keys) {
    if (!opening.awaitUninterruptibly().isSuccess()) {
      throw cannot(name, ListenFailure.byItself(own, opening.cause()), keys);
    }
    return opening.channel();
  }

  /** What is listened on already that takes connections to this address too. */
  private List<String> overlapping(InetAddress address, int port) {
    return open.stream()
        .filter(
            each ->
                each.channel.localAddress() instanceof InetSocketAddress other
                    && other.getPort() == port
                    && overlap(other.getAddress(), address))
        .map(Sockets::text)
        .toList();
  }

  /** Whether one socket keeps the other from being opened: {@code [::]} takes IPv4 too. */
  private static boolean overlap(InetAddress one, InetAddress other) {
    return one.equals(other) || takes(one, other) || takes(other, one);
  }

  private static boolean takes(InetAddress any, InetAddress other) {
    return any.isAnyLocalAddress()
        && (any instanceof Inet6Address || other instanceof Inet4Address);
  }

  private void add(Channel channel, String key, @Nullable Path file, boolean taken) {
    open.add(new Open(channel, key, file, taken));
    channel.pipeline().addLast(new AcceptFailures());
  }

  private static ConfigurationException cannot(String name, Throwable cause, String keys) {
    return ConfigurationException.of(
        Fault.of(Code.CANNOT_LISTEN, name, ListenFailure.describe(name, cause, keys)), cause);
  }

  private ServerBootstrap tcp(int number, ChannelHandler connections) {
    return tcp(() -> new EpollServerSocketChannel(number), connections);
  }

  private ServerBootstrap tcp(ChannelFactory<ServerChannel> factory, ChannelHandler connections) {
    // Netty sets TCP_NODELAY on what is accepted
    return bootstrap(factory, connections).option(ChannelOption.SO_REUSEADDR, true);
  }

  private ServerBootstrap unix(int number, ChannelHandler connections) {
    return bootstrap(() -> new EpollServerDomainSocketChannel(number, true), connections);
  }

  private ServerBootstrap bootstrap(
      ChannelFactory<ServerChannel> factory, ChannelHandler connections) {
    return new ServerBootstrap()
        .group(loops.group())
        .channelFactory(factory)
        .option(ChannelOption.AUTO_READ, false) // until all are open
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .handler(new ReadAtOnce())
        .childHandler(connections);
  }

  /** Begins to accept connections. */
  void accept() {
    accepts = true;
    descriptors.tellUnused(open.stream().map(Open::key).toList());
    open.forEach(each -> each.channel.config().setAutoRead(true));
  }

  /** The addresses that are listened on, as a URL has them. */
  List<String> addresses() {
    return open.stream().map(Sockets::text).toList();
  }

  private static String text(Open each) {
    SocketAddress address = each.channel.localAddress();
    return address instanceof InetSocketAddress inet
        ? NetUtil.toSocketAddressString(inet)
        : each.key;
  }

  /** The first port that is listened on, or -1. */
  int port() {
    for (Open each : open) {
      if (each.channel.isOpen() && each.channel.localAddress() instanceof InetSocketAddress inet) {
        return inet.getPort();
      }
    }
    return -1;
  }

  /** Whether all that was opened is open still. */
  boolean isOpen() {
    return !open.isEmpty() && open.stream().allMatch(each -> each.channel.isOpen());
  }

  /** The descriptors that another process may share, by the key that it asks with. */
  List<Map.Entry<String, Integer>> descriptors() {
    return open.stream()
        .map(each -> Map.entry(each.key, ((UnixChannel) each.channel).fd().intValue()))
        .toList();
  }

  /** Another process listens there from now on, so that the files of sockets stay at the end. */
  void share() {
    shared = true;
  }

  /** Closes all; connections that have been accepted stay. */
  void close() {
    for (Open each : open) {
      each.channel.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
      if (each.file != null && !shared && (accepts || !each.taken)) {
        remove(each.file);
      }
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("The socket {} cannot be removed: {}", file, e.getMessage());
    }
  }
}
