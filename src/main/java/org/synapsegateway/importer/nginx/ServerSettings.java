// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.synapsegateway.net.AddressSet;

/**
 * The settings of nginx's server blocks for Synapse beside its locations: listeners, certificates,
 * trusted proxies, and what stays in nginx. Immutable.
 *
 * @param trusted addresses and networks that may tell who the client is
 * @param listens entries of {@code gateway.listen} for the same addresses
 * @param certificates entries of {@code gateway.tls.certificates}
 * @param staying the configuration with the gateway in place of Synapse
 * @param guards what it lacks: the rules of access and the limits of locations for Synapse
 * @param relaying where it passes on who the client is as anybody tells
 */
public record ServerSettings(
    List<String> trusted,
    List<String> listens,
    List<String> certificates,
    String staying,
    List<Guard> guards,
    List<Place> relaying) {

  /**
   * Reads them off a site.
   *
   * @param isSynapses whether somebody of Synapse is behind a target
   * @param port the gateway's; nothing if it is not known
   */
  public static ServerSettings of(Site site, Predicate<Target> isSynapses, OptionalInt port) {
    StayingServers staying = new StayingServers(site, isSynapses, port);
    List<StayingServer> each = staying.servers();
    List<Server> servers = each.stream().map(StayingServer::server).toList();
    return new ServerSettings(
        trusted(site, servers),
        listens(servers),
        certificates(servers),
        staying.text(),
        each.stream().flatMap(one -> one.guards().stream()).toList(),
        each.stream().filter(StayingServer::relays).map(one -> one.server().place()).toList());
  }

  private static List<String> trusted(Site site, List<Server> servers) {
    Set<String> trusted = new LinkedHashSet<>();
    List<Directive> blocks = new ArrayList<>();
    servers.forEach(server -> blocks.add(server.block().directive()));
    site.tree().stream().filter(each -> each.is("http")).forEach(blocks::add);
    blocks.stream()
        .flatMap(block -> block.all("set_real_ip_from"))
        .map(each -> each.argument(0))
        .filter(ServerSettings::isAddress)
        .forEach(trusted::add);
    return List.copyOf(trusted);
  }

  private static boolean isAddress(String text) {
    try {
      AddressSet.of(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false; // a host's name, which the gateway does not take
    }
  }

  private static List<String> listens(List<Server> servers) {
    Set<String> entries = new LinkedHashSet<>();
    boolean encrypts = servers.stream().anyMatch(ServerSettings::encrypts);
    for (Server server : servers) {
      for (String listen : server.listens()) {
        if (listen.startsWith("unix:")) {
          continue; // some front's of its own
        }
        boolean secure = server.isEncryptedAt(listen);
        String plain =
            listen.replaceFirst("^\\*:", "0.0.0.0:").replaceFirst("^\\[[0:]+]:", "[::]:");
        entries.add(
            (secure ? "https://" : "http://") + plain + (encrypts && !secure ? "?redirect" : ""));
      }
    }
    // [::] is every address, those of IPv4 too
    entries.removeIf(
        entry ->
            entries.contains(entry.replace("0.0.0.0:", "[::]:")) && entry.contains("0.0.0.0:"));
    return List.copyOf(entries);
  }

  private static boolean encrypts(Server server) {
    return server.listens().stream().anyMatch(server::isEncryptedAt);
  }

  private static List<String> certificates(List<Server> servers) {
    Set<String> pairs = new LinkedHashSet<>();
    for (Server server : servers) {
      List<Directive> certificates = server.block().directive().all("ssl_certificate").toList();
      List<Directive> keys = server.block().directive().all("ssl_certificate_key").toList();
      for (int i = 0; i < Math.min(certificates.size(), keys.size()); i++) {
        String pair = certificates.get(i).argument(0) + "," + keys.get(i).argument(0);
        if (!pair.contains("$") && pair.matches("/\\S+,/\\S+")) {
          pairs.add(pair);
        }
      }
    }
    return List.copyOf(pairs);
  }
}
