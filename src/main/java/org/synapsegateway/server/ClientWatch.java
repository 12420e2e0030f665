// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.micrometer.core.instrument.Counter;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Naming;
import org.synapsegateway.metrics.Meter;
import org.synapsegateway.metrics.Meters;

/**
 * Logs clients whose address the settings do not let the gateway know, and clients that are refused
 * because they are not private, with the cure.
 *
 * <p>Each kind is logged once an hour at most, and no line holds anything that a client has sent.
 * Safe for any thread.
 */
final class ClientWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ClientWatch.class);

  /** Scanners come from many addresses; that of a service one forgot is among the first. */
  private static final int MAX_REFUSED = 20;

  private static final Set<Naming> COUNTED =
      EnumSet.of(Naming.RELAYED, Naming.MISSING, Naming.UNREADABLE, Naming.UNTRUSTED);

  private final Map<Naming, Counter> unknown = new EnumMap<>(Naming.class);
  private final Map<Naming, Hour> told = new EnumMap<>(Naming.class);
  private final Hour refused = new Hour();
  private final Set<String> refusedAddresses = ConcurrentHashMap.newKeySet();

  ClientWatch(Meters meters) {
    for (Naming naming : COUNTED) {
      unknown.put(naming, meters.counter(Meter.CLIENTS_UNKNOWN, naming.tag()));
      told.put(naming, new Hour());
    }
  }

  /**
   * Looks at the client of a request.
   *
   * @param now from {@link System#nanoTime()}, which each request reads anyway
   */
  void asks(Client client, Client peer, FrontRoute frontRoute, long now) {
    switch (client.naming()) {
      case ITSELF, NAMED -> {}
      case MISSING, UNREADABLE -> tell(client, peer, now);
      case RELAYED, UNTRUSTED -> {
        // a client of the world may write into its fields what it likes
        if (frontRoute.isPrivate(client)) {
          tell(client, peer, now);
        }
      }
    }
  }

  private void tell(Client client, Client peer, long now) {
    Objects.requireNonNull(unknown.get(client.naming())).increment();
    if (Objects.requireNonNull(told.get(client.naming())).hasBegun(now)) {
      warn(client, peer.address());
    }
  }

  private static void warn(Client client, String peer) {
    switch (client.naming()) {
      case MISSING ->
          LOG.warn(
              "A request from the trusted proxy {} had no X-Forwarded-For: its client counts as {}, which"
                  + " may be a private one. If a TLS front stands there, let it send the field.",
              peer,
              peer);
      case UNREADABLE ->
          LOG.warn(
              "The trusted proxy {} does not say who its client is: X-Forwarded-For or Forwarded {}."
                  + " Such clients count as public, so private paths are closed to them, and all as"
                  + " {}. Let the proxy send its client's IP address, for example in nginx"
                  + " \"proxy_set_header X-Forwarded-For $remote_addr;\"",
              peer,
              client.flaw(),
              client.address());
      case RELAYED ->
          LOG.warn(
              "The trusted proxy {} names the client {}, which itself sends X-Forwarded-For or"
                  + " Forwarded. If that is another proxy of yours, add its address to"
                  + " gateway.trusted-proxies: until then all its clients count as {}, which is a"
                  + " private one.",
              peer,
              client.address(),
              client.address());
      case UNTRUSTED ->
          LOG.warn(
              "{} sends X-Forwarded-For, Forwarded, X-Real-IP or Via, so it is a proxy, but it is"
                  + " not in gateway.trusted-proxies. Its clients count as public, so private paths"
                  + " are closed to them, and all as {}. If it is your TLS front, add its address to"
                  + " gateway.trusted-proxies, or if it is a container its network, for example"
                  + " 172.18.0.0/16, which is then believed whole.",
              client.address(),
              client.address());
      default -> {}
    }
  }

  /** Notes that a client has been refused a path that is for private clients. */
  void isRefused(Client client, FrontRoute frontRoute) {
    // where the address is not the client's own, another fault has been logged already
    if (!client.mayBePrivate() || frontRoute.isPrivate(client)) {
      return;
    }
    if (refused.hasBegun(System.nanoTime())) {
      refusedAddresses.clear();
    }
    if (refusedAddresses.size() < MAX_REFUSED && refusedAddresses.add(client.address())) {
      LOG.info(
          "{} is refused a path that is for private clients (403). If it is a service of your own,"
              + " for example Matrix Authentication Service, add its address to"
              + " gateway.private-clients.",
          client.address());
    }
  }
}
