// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.micrometer.core.instrument.Counter;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Forwarded;
import org.synapsegateway.metrics.Meter;
import org.synapsegateway.metrics.Meters;
import org.synapsegateway.net.Inlet;
import org.synapsegateway.net.Loop;
import org.synapsegateway.settings.Listener;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.tls.Tls;
import org.synapsegateway.tls.TlsHandler;

/**
 * Sets up each connection of one listener: the handlers between the socket and the client's
 * connection. Safe for any thread.
 */
@Sharable
final class Gate extends ChannelInitializer<Channel> {
  /** What becomes of a connection. */
  private enum Result {
    SERVED,
    UNTRUSTED,
    NO_HEADER
  }

  private static final Logger LOG = LoggerFactory.getLogger(Gate.class);

  /** Where other servers ask, which have no memory for it (Matrix's server-server API). */
  private static final int FEDERATION_PORT = 8448;

  private final Hour hour = new Hour();
  private final FrontDoor door;
  private final Listener listener;
  private final String name;
  private final Map<Result, Counter> connections = new EnumMap<>(Result.class);

  /** Null where there is no TLS. */
  private final @Nullable Tls tls;

  /**
   * @param tls the TLS of connections; null if there are no certificates
   * @throws ConfigurationException if this listener takes some
   */
  Gate(FrontDoor door, Listener listener, @Nullable Tls tls, Meters meters) {
    if (listener.https() && tls == null) {
      throw ConfigurationException.of(
          Fault.of(
              Code.CANNOT_LISTEN,
              listener.toString(),
              "cannot listen on "
                  + listener
                  + ": https takes a certificate, and there is none (gateway.tls.certificates)"));
    }
    this.door = door;
    this.listener = listener;
    this.name = listener.name();
    this.tls = listener.https() ? tls : null;
    for (Result result : Result.values()) {
      String tag = result.name().toLowerCase(Locale.ROOT);
      connections.put(result, meters.counter(Meter.LISTENER_CONNECTIONS, name, tag));
    }
  }

  /** The listener's name, as each request has it. */
  String name() {
    return name;
  }

  /** The listener that this is a gate of. */
  Listener listener() {
    return listener;
  }

  /** Whether its replies have Strict-Transport-Security. */
  boolean isStrict() {
    return listener.https() && listener.port() != FEDERATION_PORT;
  }

  @Override
  protected void initChannel(Channel channel) {
    Client peer = peer(channel);
    if (!listener.proxyProtocol()) {
      enter(channel, peer);
    } else if (door.frontRoute().forwarded().isTrusted(peer)) {
      awaitHeader(channel, peer);
    } else {
      turnAway(channel, peer);
    }
  }

  private void enter(Channel channel, Client peer) {
    ConnectionLimits.Place place = door.place(peer);
    if (door.mayEnter(channel, place)) {
      lead(channel, peer, place);
    }
  }

  /** Counts the proxy as the client until its header has come, and then the client itself. */
  private void awaitHeader(Channel channel, Client proxy) {
    ConnectionLimits.Place place = door.place(proxy);
    if (!door.mayEnter(channel, place)) {
      return;
    }
    Loop loop = door.loop(channel);
    Inlet.prepare(channel, loop);
    channel
        .pipeline()
        .addLast(ProxyHeader.decoder())
        .addLast(
            new ProxyHeader(
                proxy,
                channel,
                loop,
                door.frontRoute().timeouts().head(),
                (same, client) -> {
                  place.leave();
                  enter(same, client);
                },
                () -> {
                  place.leave();
                  count(Result.NO_HEADER);
                }));
  }

  private void count(Result result) {
    Objects.requireNonNull(connections.get(result)).increment();
  }

  private void turnAway(Channel channel, Client peer) {
    count(Result.UNTRUSTED);
    if (hour.hasBegun(System.nanoTime())) {
      LOG.warn(
          "{} connects to {}, which takes the PROXY protocol from trusted proxies only; if it is"
              + " yours, add it to gateway.trusted-proxies, or the property trusted to the listener",
          peer.address(),
          listener);
    }
    channel.close();
  }

  private Client peer(Channel channel) {
    return Forwarded.peer(
        channel.remoteAddress(), listener.https() ? "https" : "http", listener.trusted());
  }

  /** Continues with a connection whose client is known. */
  private void lead(Channel channel, Client peer, ConnectionLimits.Place place) {
    count(Result.SERVED);
    Loop loop = door.loop(channel);
    TlsHandler seal =
        tls == null ? null : tls.handler(channel, loop, door.handshakes(), offersHttp2());
    ChannelPipeline pipeline = channel.pipeline();
    ClientConnection connection =
        new ClientConnection(door, this, channel, loop, peer, place, seal);
    if (seal != null) {
      pipeline.addLast(seal);
    }
    if (offersHttp2()) {
      pipeline.addLast(
          new ProtocolSwitch(
              () -> {
                connection.giveWay();
                pipeline.remove(connection);
                Http2Connection.add(door, this, channel, loop, peer, place, seal);
              }));
    }
    pipeline.addLast(connection);
  }

  private boolean offersHttp2() {
    return listener.https()
        && (listener.http2() || door.frontRoute().settings().text(Setting.HTTP2).equals("on"));
  }
}
