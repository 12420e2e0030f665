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
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.net.ListenFailure;
import org.synapsegateway.net.Loops;
import org.synapsegateway.settings.Listener;

/**
 * The sockets that listeners have open. All are opened before the first connection is accepted, so
 * that a start fails before it has served anybody. Safe for any thread once they are open.
 */
final class Sockets {
  private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);
  private static final int BACKLOG = 4096;

  private final Loops loops;
  private final Descriptors descriptors;
  private final List<Channel> open = new CopyOnWriteArrayList<>();

  Sockets(Loops loops, Descriptors descriptors) {
    this.loops = loops;
    this.descriptors = descriptors;
  }

  /**
   * Opens what a listener names, and accepts nobody yet.
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
      case DESCRIPTOR -> {
        for (int descriptor : descriptors.named(listener.place())) {
          ServerBootstrap bootstrap =
              Descriptors.isUnix(descriptor)
                  ? unix(() -> new EpollServerDomainSocketChannel(descriptor), connections)
                  : tcp(() -> new EpollServerSocketChannel(descriptor), connections);
          opened(bootstrap.register(), listener.name(), keys);
        }
      }
    }
  }

  private void openPorts(Listener listener, String keys, ChannelHandler connections) {
    int port = listener.port();
    for (InetAddress each : addresses(listener.place(), keys)) {
      ServerBootstrap bootstrap =
          tcp(
              loops.isNative() ? EpollServerSocketChannel::new : NioServerSocketChannel::new,
              connections);
      String name = listener.place() + ":" + port;
      Channel channel = opened(bootstrap.bind(new InetSocketAddress(each, port)), name, keys);
      port = ((InetSocketAddress) channel.localAddress()).getPort();
    }
  }

  private void openFile(Listener listener, String keys, ChannelHandler connections) {
    UnixSocketFile file = new UnixSocketFile(listener);
    try {
      file.makeRoom();
      SocketAddress address = new DomainSocketAddress(listener.place());
      opened(
          unix(EpollServerDomainSocketChannel::new, connections).bind(address),
          listener.name(),
          keys);
      file.bound();
    } catch (IOException e) {
      throw cannot(listener.name(), e, keys);
    }
  }

  private Channel opened(ChannelFuture opening, String name, String keys) {
    if (!opening.awaitUninterruptibly().isSuccess()) {
      throw cannot(name, opening.cause(), keys);
    }
    Channel channel = opening.channel();
    open.add(channel);
    channel.pipeline().addLast(new AcceptFailures());
    return channel;
  }

  private static ConfigurationException cannot(String name, Throwable cause, String keys) {
    return ConfigurationException.of(
        Fault.of(Code.CANNOT_LISTEN, name, ListenFailure.describe(name, cause, keys)), cause);
  }

  private ServerBootstrap tcp(ChannelFactory<ServerChannel> factory, ChannelHandler connections) {
    return unix(factory, connections)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true);
  }

  private ServerBootstrap unix(ChannelFactory<ServerChannel> factory, ChannelHandler connections) {
    return new ServerBootstrap()
        .group(loops.group())
        .channelFactory(factory)
        .option(ChannelOption.AUTO_READ, false) // until all are open
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .childHandler(connections);
  }

  /**
   * All that a name stands for, because a front that is told a name tries one after the other:
   * {@code localhost} is ::1 for it as well as 127.0.0.1 (RFC 6761 section 6.3).
   */
  private static List<InetAddress> addresses(String host, String keys) {
    List<String> names =
        host.equalsIgnoreCase("localhost") ? List.of("127.0.0.1", "::1") : List.of(host);
    List<InetAddress> all = new ArrayList<>();
    try {
      for (String name : names) {
        all.addAll(List.of(InetAddress.getAllByName(name)));
      }
    } catch (UnknownHostException e) {
      throw ConfigurationException.of(
          Fault.of(
              Code.CANNOT_LISTEN,
              host,
              "cannot listen on " + host + ": there is no such host (" + keys + ")"),
          e);
    }
    List<InetAddress> here = new ArrayList<>(all);
    here.removeIf(Sockets::isElsewhere);
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

  /** Accepts from now on who connects. */
  void accept() {
    open.forEach(channel -> channel.config().setAutoRead(true));
  }

  /** The addresses that are listened on, as a URL has them. */
  List<String> addresses() {
    return open.stream().map(Sockets::text).toList();
  }

  private static String text(Channel listener) {
    SocketAddress address = listener.localAddress();
    if (address instanceof InetSocketAddress inet) {
      return NetUtil.toSocketAddressString(inet);
    }
    return address instanceof DomainSocketAddress unix ? "unix:" + unix.path() : "nowhere";
  }

  /** The first port that is listened on, or -1. */
  int port() {
    for (Channel channel : open) {
      if (channel.isOpen() && channel.localAddress() instanceof InetSocketAddress inet) {
        return inet.getPort();
      }
    }
    return -1;
  }

  /** Whether something was opened. */
  boolean isEmpty() {
    return open.isEmpty();
  }

  /** Whether all that was opened is open still. */
  boolean isOpen() {
    return !open.isEmpty() && open.stream().allMatch(Channel::isOpen);
  }

  /** Closes all; connections that have been accepted stay. */
  void close() {
    for (Channel channel : open) {
      channel.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
  }
}
