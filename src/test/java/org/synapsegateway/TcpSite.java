// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.synapsegateway.discovery.DnsServer;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/**
 * Workers on ports of hosts, a DNS server that names the hosts, a gateway with one event loop and
 * its clients. Confined to one thread.
 */
final class TcpSite {
  private final DnsServer dns = new DnsServer();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  TcpSite() {
    open.push(dns);
  }

  DnsServer dns() {
    return dns;
  }

  /**
   * @param port 0 for any that is free
   */
  ScriptedWorker worker(String host, int port, String says) throws IOException {
    return add(ScriptedWorker.at(host, port, ScriptedWorker.saying(says)));
  }

  /**
   * A gateway with the routes of a directory.
   *
   * @param more keys and values of settings, in turn
   */
  TestGateway gateway(Path routes, String... more) {
    String[] all = Arrays.copyOf(more, more.length + 4);
    all[more.length] = "gateway.resolvers";
    all[more.length + 1] = dns.address();
    all[more.length + 2] = "gateway.event-loops";
    all[more.length + 3] = "1";
    return add(TestGateway.withRoutes(routes, all));
  }

  RawClient client(TestGateway gateway) throws IOException {
    return add(gateway.client());
  }

  /** Closes one before the others. */
  void close(AutoCloseable one) throws Exception {
    open.remove(one);
    one.close();
  }

  /** Has something closed with all others. */
  <T extends AutoCloseable> T add(T opened) {
    open.push(opened);
    return opened;
  }

  /** Closes all, the last one first. */
  void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
