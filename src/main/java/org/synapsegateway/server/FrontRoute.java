// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.component.netty.http.NettyHttpConsumer;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.exchange.HttpMessage;
import org.synapsegateway.exchange.SpareExchanges;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Forwarded;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.http.Line;
import org.synapsegateway.http.NoBody;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.http.RequestIdField;
import org.synapsegateway.net.AddressSet;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.PerLoop;
import org.synapsegateway.request.Reply;
import org.synapsegateway.request.Request;
import org.synapsegateway.settings.Listener;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;
import org.synapsegateway.whoami.ReplyUserReader;
import org.synapsegateway.whoami.UserDirectory;

/**
 * The entry of one generation of routes: the front route takes it as its {@code
 * nettySharedHttpServer}, and the {@link FrontDoor} sends requests to it.
 *
 * <p>It opens no port itself, so that routes can start, be checked and replace others while the
 * port stays open. It counts the requests in flight, so that its routes can stop when the last one
 * has ended. It has one route. Safe for any thread.
 */
public final class FrontRoute extends SharedServer {
  /** The value of {@link #inFlight} once no request may enter any more. */
  private static final int CLOSED = Integer.MIN_VALUE;

  private final Settings settings;
  private final HeadLimits headLimits;
  private final ClientTimeouts timeouts;
  private final Forwarded forwarded;
  private final AddressSet privateClients;
  private final int maxRequests;
  private final @Nullable RequestIdField requestIds;
  private final @Nullable Line strictTransport;
  private final @Nullable AcmeChallenges challenges;
  private final Packing packing;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final PerLoop<SpareExchanges> spareExchanges =
      new PerLoop<>(loop -> new SpareExchanges());

  private volatile @Nullable UserDirectory users;

  /**
   * @throws IllegalArgumentException if a setting makes no sense; says which
   */
  public FrontRoute(Settings settings) {
    this.settings = settings;
    this.headLimits =
        new HeadLimits(
            settings.bytes(Setting.REQUEST_LINE_MAX), settings.bytes(Setting.FIELDS_MAX));
    this.timeouts = ClientTimeouts.of(settings);
    this.maxRequests = settings.count(Setting.REQUESTS_MAX);
    this.requestIds = of(settings, Setting.REQUEST_ID_FIELD, FrontRoute::requestIds);
    this.strictTransport = strictTransport(settings.millis(Setting.HSTS) / 1000);
    this.challenges = challenges(settings.text(Setting.ACME_WEBROOT));
    this.packing = Packing.of(settings);
    this.forwarded = of(settings, Setting.TRUSTED_PROXIES, Forwarded::trusting);
    this.privateClients = of(settings, Setting.PRIVATE_CLIENTS, AddressSet::of);
  }

  private static @Nullable Line strictTransport(long seconds) {
    return seconds == 0 ? null : new Line("Strict-Transport-Security", "max-age=" + seconds);
  }

  private static @Nullable AcmeChallenges challenges(String webroot) {
    return webroot.isEmpty() ? null : new AcmeChallenges(Path.of(webroot));
  }

  private static @Nullable RequestIdField requestIds(String name) {
    return name.isEmpty() ? null : new RequestIdField(name);
  }

  private static <T extends @Nullable Object> T of(
      Settings settings, Setting setting, Function<String, T> reader) {
    try {
      return reader.apply(settings.text(setting));
    } catch (IllegalArgumentException e) {
      String key = setting.key();
      throw ConfigurationException.of(
          Fault.of(Code.BAD_SETTING, key, key + ": " + e.getMessage()), e);
    }
  }

  /**
   * Sends a request through the route as if a client had sent it, but without a client; called on
   * {@code loop}.
   *
   * @param peer the sender's address
   * @param prepare takes the exchange and the request before the route
   * @param end takes the exchange when the route is done with it
   */
  public void dryRun(
      RequestHead head,
      SocketAddress peer,
      Loop loop,
      BiConsumer<Exchange, Request> prepare,
      Consumer<Exchange> end) {
    Client client = forwarded.client(head, Forwarded.peer(peer), null);
    Request request = new Request(head, client, loop, NoBody.INSTANCE, interim -> {});
    request.cameTo(settings.listeners().get(0).name());
    NettyHttpConsumer entered = started();
    Exchange exchange = entered.createExchange(false);
    exchange.setPattern(ExchangePattern.InOut);
    exchange.setIn(new HttpMessage(exchange.getContext(), request));
    prepare.accept(exchange, request);
    entered.getAsyncProcessor().process(exchange, doneSync -> end.accept(exchange));
  }

  /** Has a directory of users learn from the replies that go out here. */
  public void teach(UserDirectory users) {
    this.users = users;
  }

  /** The same reply, of which the directory of users reads what it can learn. */
  Reply overheard(RequestHead head, Reply reply) {
    ReplyUserReader lesson = users == null ? null : users.lesson(head, reply);
    return lesson == null
        ? reply
        : new Reply(reply.head(), new Overheard(reply.body(), lesson), reply.worker());
  }

  /**
   * Where to listen: what the settings say. Where they say nothing, the front route's URI may name
   * an address of its own.
   *
   * @throws ConfigurationException if both say something, and not the same
   */
  public List<Listener> listeners() {
    List<Listener> all = settings.listeners();
    NettyHttpConsumer entered = started();
    String host = entered.getConfiguration().getHost();
    int port = entered.getConfiguration().getPort();
    Listener first = all.get(0);
    // an environment variable is stronger than what the placeholders are given
    Listener given = Listener.http(settings.text(Setting.HOST), settings.count(Setting.PORT));
    if (first.kind() != Listener.Kind.TCP
        || (first.isOn(host) || given.isOn(host))
            && (first.port() == port || given.port() == port)) {
      return all;
    }
    if (namesListeners()) {
      String id = entered.getRouteId();
      throw ConfigurationException.of(
          Fault.of(
              Code.FRONT_ADDRESS,
              id,
              "%s begins with %s, but route %s has %s:%d; write netty-http:http://{{gateway.host}}:{{gateway.port}} there"
                  .formatted(Setting.LISTEN.key(), first, id, Settings.inUrl(host), port)));
    }
    return List.of(Listener.http(host, port));
  }

  /** The settings that say where to listen. */
  String listenKeys() {
    return namesListeners() ? "gateway.listen" : "gateway.host, gateway.port";
  }

  /** Whether {@code gateway.listen} says where to listen, and not {@code gateway.host}. */
  boolean namesListeners() {
    return !settings.text(Setting.LISTEN).equals(Setting.LISTEN.defaultValue());
  }

  Settings settings() {
    return settings;
  }

  /** Gives a request its id, if it is to have one, from a number that no other request has. */
  void identify(Request request, Client peer, long unique) {
    if (requestIds != null) {
      request.identify(requestIds, forwarded.isTrusted(peer), unique);
    }
  }

  /** The field Strict-Transport-Security (RFC 6797); null for none. */
  @Nullable Line strictTransport() {
    return strictTransport;
  }

  /** The challenges that are to be answered; null for none. */
  @Nullable AcmeChallenges challenges() {
    return challenges;
  }

  /** Which replies are compressed. */
  Packing packing() {
    return packing;
  }

  /** Where the exchanges of a loop's requests come from. */
  SpareExchanges spareExchanges(Loop loop) {
    return spareExchanges.of(loop);
  }

  HeadLimits headLimits() {
    return headLimits;
  }

  /** For how long clients may keep the gateway waiting. */
  ClientTimeouts timeouts() {
    return timeouts;
  }

  Forwarded forwarded() {
    return forwarded;
  }

  /** Whether an address is a private client's by {@code gateway.private-clients}. */
  boolean isPrivate(Client client) {
    return privateClients.contains(client.inet());
  }

  /** Begins a request, which must {@link #leave} at its end; false if the routes have stopped. */
  boolean enter() {
    int now = inFlight.get();
    while (now != CLOSED) {
      if (inFlight.compareAndSet(now, now + 1)) {
        return true;
      }
      now = inFlight.get();
    }
    return false;
  }

  /** Whether more than {@code gateway.requests-max} requests are under way. */
  boolean isCrowded() {
    return maxRequests > 0 && inFlight.get() > maxRequests;
  }

  /** Ends a request, down to the last byte of its reply. */
  void leave() {
    inFlight.decrementAndGet();
  }

  /** How many requests are under way. */
  public int inFlight() {
    return Math.max(inFlight.get(), 0);
  }

  /** Closes if no request is in flight; returns whether it is closed. */
  public boolean closeIfIdle() {
    boolean closed = inFlight.compareAndSet(0, CLOSED) || inFlight.get() == CLOSED;
    if (closed) {
      // an idle connection knows this route until its next request, and must not keep its context
      spareExchanges.clear();
    }
    return closed;
  }
}
