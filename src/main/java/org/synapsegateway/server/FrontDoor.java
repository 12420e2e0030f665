package org.synapsegateway.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.component.netty.NettyConsumer;
import org.apache.camel.component.netty.NettyServerBootstrapConfiguration;
import org.apache.camel.component.netty.NettyServerBootstrapFactory;
import org.apache.camel.component.netty.http.HttpServerConsumerChannelFactory;
import org.apache.camel.component.netty.http.NettyHttpConsumer;
import org.apache.camel.component.netty.http.NettySharedHttpServer;
import org.apache.camel.component.netty.http.NettySharedHttpServerBootstrapConfiguration;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Forwarded;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.http.Request;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.net.AddressSet;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Loops;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * The gateway's listener, which a {@code netty-http:} route takes as its {@code
 * nettySharedHttpServer}.
 *
 * <p>It opens the port when the first route comes and keeps it open until it is stopped itself: a
 * route that is reloaded leaves for a moment, while requests wait, and no connection is lost. One
 * route at a time can stand behind it. Safe for any thread.
 */
public final class FrontDoor extends ServiceSupport implements NettySharedHttpServer {
  private static final Logger LOG = LoggerFactory.getLogger(FrontDoor.class);
  private static final int BACKLOG = 4096;

  private final Settings settings;
  private final boolean opens;
  private final HeadLimits headLimits;
  private final Forwarded forwarded;
  private final Entrance entrance = new Entrance();
  private final ChannelGroup connections =
      new DefaultChannelGroup("clients", GlobalEventExecutor.INSTANCE);

  private volatile NettyHttpConsumer route;
  private volatile boolean closing;
  private volatile boolean toldOfMissingField;
  private Loops loops;
  private Channel listener;

  public FrontDoor(Settings settings) {
    this(settings, true);
  }

  private FrontDoor(Settings settings, boolean opens) {
    this.settings = settings;
    this.opens = opens;
    this.headLimits =
        new HeadLimits(
            settings.bytes(Setting.REQUEST_LINE_MAX), settings.bytes(Setting.FIELDS_MAX));
    this.forwarded =
        new Forwarded(addresses(settings.text(Setting.TRUSTED_PROXIES), Setting.TRUSTED_PROXIES));
  }

  /** A front door that stays shut: a route starts behind it, but no port is opened. */
  public static FrontDoor shut(Settings settings) {
    return new FrontDoor(settings, false);
  }

  private static AddressSet addresses(String text, Setting setting) {
    try {
      return AddressSet.of(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(setting.key() + ": " + e.getMessage()); // says it all
    }
  }

  /**
   * Sends a request through the route behind this door as if a client had sent it, but without a
   * client; called on {@code loop}.
   *
   * @param peer who sends it
   * @param prepare takes the exchange and the request before they set out
   * @param end takes the exchange when the route is done with it
   */
  public void rehearse(
      RequestHead head,
      SocketAddress peer,
      Loop loop,
      BiConsumer<Exchange, Request> prepare,
      Consumer<Exchange> end) {
    NettyHttpConsumer through = route;
    if (through == null) {
      throw new IllegalStateException(
          "no route stands behind the front door; one begins with netty-http: and has"
              + " nettySharedHttpServer: \"#frontDoor\"");
    }
    Client client = Forwarded.peer(peer);
    if (forwarded.isTrusted(client)) {
      client = forwarded.client(head, client, null);
    }
    Request request = new Request(head, client, loop, null, interim -> {});
    Exchange exchange = through.createExchange(false);
    exchange.getIn().setBody(request);
    prepare.accept(exchange, request);
    through.getAsyncProcessor().process(exchange, doneSync -> end.accept(exchange));
  }

  Settings settings() {
    return settings;
  }

  HeadLimits headLimits() {
    return headLimits;
  }

  Forwarded forwarded() {
    return forwarded;
  }

  Loops loops() {
    return loops;
  }

  /** The route that takes requests now; null while it is being reloaded. */
  NettyHttpConsumer route() {
    return route;
  }

  /** Whether connections should end with the reply that they are waiting for. */
  boolean isClosing() {
    return closing;
  }

  /** Warns, once, that a trusted proxy does not say who its clients are. */
  void missingForwardedFor(String peer) {
    if (!toldOfMissingField) {
      toldOfMissingField = true;
      LOG.warn(
          "A request from the trusted proxy {} had no X-Forwarded-For: its client counts as {}, which"
              + " may be a private one. If a TLS front stands there, let it send the field.",
          peer,
          peer);
    }
  }

  /** The port that is listened on, or -1. */
  public int localPort() {
    Channel open = listener;
    return open != null && open.localAddress() instanceof InetSocketAddress inet
        ? inet.getPort()
        : -1;
  }

  /** The address and port that are listened on, as a URL has them. */
  public String localAddress() {
    Channel open = listener;
    if (open == null || !(open.localAddress() instanceof InetSocketAddress inet)) {
      return "nowhere";
    }
    String address = inet.getAddress().getHostAddress();
    return (address.contains(":") ? "[" + address + "]" : address) + ":" + inet.getPort();
  }

  /** How many clients are connected. */
  public int connectionCount() {
    return connections.size();
  }

  /** Stops to listen, and lets each connection end with the reply it is waiting for. */
  public void beginClosing() {
    closing = true;
    Channel open = listener;
    if (open != null) {
      open.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
    for (Channel connection : connections) {
      connection.pipeline().fireUserEventTriggered(ClientConnection.CLOSING);
    }
  }

  private void listen(String host, int port) {
    loops = new Loops(settings.count(Setting.EVENT_LOOPS));
    SocketAddress address = new InetSocketAddress(host, port);
    ChannelFuture bound = bootstrap().bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      loops.close();
      throw new IllegalStateException(
          "cannot listen on "
              + host
              + ":"
              + port
              + ": "
              + bound.cause().getMessage()
              + "; is another server using it? (gateway.host, gateway.port)");
    }
    listener = bound.channel();
    LOG.info(
        "Listening on {}:{} with {} event loops ({})",
        host,
        localPort(),
        loops.size(),
        loops.isNative() ? "epoll" : "NIO: no native transport here, so slower");
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
                connections.add(channel);
                channel
                    .pipeline()
                    .addLast(
                        new ClientConnection(
                            FrontDoor.this, channel, loops.of(channel.eventLoop())));
              }
            });
  }

  @Override
  protected void doStop() {
    beginClosing();
    if (loops != null) {
      connections.close().awaitUninterruptibly(2, TimeUnit.SECONDS);
      loops.close();
      loops = null;
      listener = null;
    }
  }

  @Override
  public NettyServerBootstrapFactory getServerBootstrapFactory() {
    return entrance;
  }

  /** -1: the port is that of the route's URI. */
  @Override
  public int getPort() {
    return -1;
  }

  @Override
  public int getConsumersSize() {
    return route == null ? 0 : 1;
  }

  @Override
  public HttpServerConsumerChannelFactory getConsumerChannelFactory() {
    throw new UnsupportedOperationException("the front door has its own pipeline");
  }

  @Override
  public void setNettyServerBootstrapConfiguration(
      NettySharedHttpServerBootstrapConfiguration configuration) {
    throw new UnsupportedOperationException("the front door is configured by gateway.* settings");
  }

  @Override
  public void setCamelContext(CamelContext camelContext) {
    // the route brings its context along
  }

  @Override
  public void setStartServer(boolean startServer) {
    // the first route starts the server
  }

  @Override
  public void setThreadNamePattern(String pattern) {
    // event loops are named in Loops
  }

  /**
   * What a route gets to start and stop with: it comes and goes, the listener stays.
   *
   * <p>Camel starts this for a consumer and stops it with the consumer, which is why it is not the
   * front door itself.
   */
  private final class Entrance extends ServiceSupport implements NettyServerBootstrapFactory {
    @Override
    public void addConsumer(NettyConsumer consumer) {
      synchronized (FrontDoor.this) {
        if (route != null) {
          throw new IllegalStateException(
              "route "
                  + consumer.getRouteId()
                  + " wants the front door, where route "
                  + route.getRouteId()
                  + " stands already; use direct: routes behind it");
        }
        if (opens && listener == null) {
          listen(consumer.getConfiguration().getHost(), consumer.getConfiguration().getPort());
        }
        route = (NettyHttpConsumer) consumer;
      }
    }

    @Override
    public void removeConsumer(NettyConsumer consumer) {
      synchronized (FrontDoor.this) {
        if (route == consumer) {
          route = null;
        }
      }
    }

    @Override
    public void init(
        CamelContext camelContext,
        NettyServerBootstrapConfiguration configuration,
        ChannelInitializer<Channel> pipelineFactory) {
      throw new UnsupportedOperationException("the front door has its own pipeline");
    }

    @Override
    public void init(
        ThreadFactory threadFactory,
        NettyServerBootstrapConfiguration configuration,
        ChannelInitializer<Channel> pipelineFactory) {
      throw new UnsupportedOperationException("the front door has its own pipeline");
    }

    @Override
    public void addChannel(Channel channel) {
      connections.add(channel);
    }

    @Override
    public void removeChannel(Channel channel) {
      connections.remove(channel);
    }
  }
}
