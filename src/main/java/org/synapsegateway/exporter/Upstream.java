// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exporter;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.loadbalance.HashRing;

/**
 * An upstream block. Immutable.
 *
 * @param name the id of the route that has the workers
 * @param servers as nginx writes them, with their weights
 * @param key the variable that is hashed; null for servers in turn
 * @param spares servers that take over once all others are gone
 * @param limits what nginx does otherwise than the route
 */
record Upstream(
    String name,
    List<String> servers,
    @Nullable String key,
    List<String> spares,
    List<String> limits) {
  /** A server as nginx writes it, of a worker's name as {@code unix:/x.sock} or {@code tcp:a:1}. */
  static String server(String name) {
    return name.replaceFirst("^tcp:", "");
  }

  /** As {@link #server(String)}, with the weight. */
  static String server(HashRing.Member member) {
    return server(member.name()) + (member.weight() == 1 ? "" : " weight=" + member.weight());
  }

  void print(StringBuilder text) {
    limits.forEach(limit -> text.append("  # not as in the routes: ").append(limit).append('\n'));
    text.append("  upstream ").append(name).append(" {\n");
    if (key != null) {
      text.append("    hash ").append(key).append(" consistent;\n");
    }
    servers.forEach(server -> text.append("    server ").append(server).append(" max_fails=0;\n"));
    spares.forEach(
        server -> text.append("    server ").append(server).append(" max_fails=0 backup;\n"));
    text.append("    keepalive 16;\n  }\n");
  }
}
