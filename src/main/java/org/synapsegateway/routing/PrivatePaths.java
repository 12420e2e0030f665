// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.synapsegateway.exchange.KeepsNoExchange;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.net.AddressSet;
import org.synapsegateway.request.AccessRule;
import org.synapsegateway.request.Request;

/**
 * Is true for a request to a private path from a client that may not use it, so that the route
 * refuses it.
 *
 * <p>Private is everything under {@code /_synapse} except {@code /_synapse/client}: the admin API,
 * metrics, what Matrix Authentication Service requests. Only private clients may request these
 * paths; no client may request {@code /_synapse/replication}, as Synapse's docs/workers.md demands.
 * All ways to read a path count, see {@link PathReading}, because Synapse decodes some paths and
 * not others. Safe for any thread.
 */
public final class PrivatePaths implements Predicate, AccessRule, KeepsNoExchange {
  private static final byte[] MATRIX = "/_matrix/".getBytes(StandardCharsets.US_ASCII);

  private volatile AddressSet clients = AddressSet.of("");

  /**
   * The private clients, for example {@code 127.0.0.0/8 ::1 unix:}; none by default.
   *
   * @throws IllegalArgumentException if a member is no address or network
   */
  public void setClients(String clients) {
    try {
      this.clients = AddressSet.of(clients);
    } catch (IllegalArgumentException e) {
      // without a cause, because the message says it all
      throw new IllegalArgumentException("private clients: " + e.getMessage());
    }
  }

  @Override
  public boolean matches(Exchange exchange) {
    return refuses(Requests.of(exchange));
  }

  @Override
  public boolean refuses(Request request) {
    return switch (access(request.head())) {
      case ALL -> false;
      case PRIVATE_CLIENTS -> !isPrivate(request.client());
      case NOBODY -> true;
    };
  }

  private boolean isPrivate(Client client) {
    return client.mayBePrivate() && clients.contains(client.inet());
  }

  private static PathReading.Access access(RequestHead head) {
    byte[] path = head.bytes();
    return PathReading.isAlwaysUnder(MATRIX, path, head.pathStart(), head.pathEnd())
        ? PathReading.Access.ALL
        : new PathReading(path, head.pathStart(), head.pathEnd()).access();
  }

  @Override
  public String toString() {
    return "privatePaths";
  }
}
