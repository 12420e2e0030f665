// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import org.apache.camel.CamelContext;
import org.apache.camel.component.netty.NettyConsumer;
import org.apache.camel.component.netty.NettyServerBootstrapConfiguration;
import org.apache.camel.component.netty.NettyServerBootstrapFactory;
import org.apache.camel.component.netty.http.HttpServerConsumerChannelFactory;
import org.apache.camel.component.netty.http.NettyHttpConsumer;
import org.apache.camel.component.netty.http.NettySharedHttpServer;
import org.apache.camel.component.netty.http.NettySharedHttpServerBootstrapConfiguration;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;

/**
 * What Camel's netty-http asks of a server that routes share: here, only that it knows the route
 * that begins with it. It opens no port and has no pipeline; the {@link FrontDoor} has.
 */
abstract class SharedServer extends ServiceSupport implements NettySharedHttpServer {
  private final BootstrapFactory bootstrapFactory = new BootstrapFactory();
  private volatile @Nullable NettyHttpConsumer route;

  /** The front route; null if it does not run. */
  final @Nullable NettyHttpConsumer route() {
    return route;
  }

  /**
   * The front route.
   *
   * @throws NullPointerException if it does not run
   */
  final NettyHttpConsumer started() {
    return Objects.requireNonNull(route, "the front route has not started");
  }

  /** Whether it has a route. */
  public final boolean hasRoute() {
    return route != null;
  }

  @Override
  public NettyServerBootstrapFactory getServerBootstrapFactory() {
    return bootstrapFactory;
  }

  /** -1: the port is that of the route's URI. */
  @Override
  public int getPort() {
    return -1;
  }

  @Override
  public int getConsumersSize() {
    return hasRoute() ? 1 : 0;
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
    // the front door opens when all routes have started
  }

  @Override
  public void setThreadNamePattern(String pattern) {
    // event loops are named in Loops
  }

  /** What Camel starts for the route's consumer and stops with it. */
  private final class BootstrapFactory extends ServiceSupport
      implements NettyServerBootstrapFactory {
    @Override
    public void addConsumer(NettyConsumer consumer) {
      synchronized (SharedServer.this) {
        if (route != null) {
          throw ConfigurationException.of(
              Fault.of(
                  Code.DUPLICATE_FROM,
                  consumer.getRouteId(),
                  "route %s begins with the front door, as route %s does; use direct: routes behind it"
                      .formatted(consumer.getRouteId(), route.getRouteId())));
        }
        route = (NettyHttpConsumer) consumer;
      }
    }

    @Override
    public void removeConsumer(NettyConsumer consumer) {
      synchronized (SharedServer.this) {
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
      throw new UnsupportedOperationException("the front door has its own pipeline");
    }

    @Override
    public void removeChannel(Channel channel) {
      throw new UnsupportedOperationException("the front door has its own pipeline");
    }
  }
}
