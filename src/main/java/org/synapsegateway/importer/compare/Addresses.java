// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.compare;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.synapsegateway.importer.nginx.Target;

/**
 * The workers' addresses as both sides write them.
 *
 * @param ours the routes' address of the worker that nginx has another one for
 */
record Addresses(Map<String, String> ours) {
  Addresses(Map<String, String> ours) {
    Map<String, String> normal = new HashMap<>();
    ours.forEach((nginx, gateway) -> normal.put(normal(nginx), normal(gateway)));
    this.ours = Map.copyOf(normal);
  }

  /** An address without the ways to write it: /var/run is /run, localhost is 127.0.0.1. */
  static String normal(String address) {
    String plain = address.replaceFirst("^(tcp|worker):", "");
    return plain
        .replaceFirst("^unix:/var/run/", "unix:/run/")
        .replaceFirst("^localhost:", "127.0.0.1:");
  }

  /** The address that the routes have for one of nginx's. */
  String of(String nginx) {
    String normal = normal(nginx);
    return ours.getOrDefault(normal, normal);
  }

  /** Those of an upstream's servers that take requests, as the routes have them. */
  Set<String> of(Target target) {
    Set<String> servers = new LinkedHashSet<>();
    for (Target.Peer peer : target.servers()) {
      if (!peer.isSpare()) {
        servers.add(of(peer.name()));
      }
    }
    return servers;
  }
}
