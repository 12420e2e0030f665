// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * The server blocks that send to Synapse, with the gateway in place of it: locations for others
 * stay, as does whatever is no location.
 */
final class StayingServers {
  private final Site site;
  private final Predicate<Target> isSynapses;
  private final OptionalInt port;
  private final List<StayingServer> servers;

  /**
   * @param port the gateway's; nothing if it is not known
   */
  StayingServers(Site site, Predicate<Target> isSynapses, OptionalInt port) {
    this.site = site;
    this.isSynapses = isSynapses;
    this.port = port;
    servers = site.servers().stream().filter(this::leadsToSynapse).map(this::staying).toList();
  }

  /** Those that send anything to Synapse. */
  List<StayingServer> servers() {
    return servers;
  }

  private StayingServer staying(Server server) {
    return new StayingServer(server, this::passesToSynapse, path -> isSent(server, path));
  }

  private boolean leadsToSynapse(Server server) {
    return StayingServer.PREFIXES.stream().anyMatch(prefix -> isSent(server, prefix + "x"))
        || isSent(server, "/_matrix/client/v3/sync");
  }

  private boolean isSent(Server server, String target) {
    Decision decision =
        new Evaluator(site)
            .decide(
                new Question(
                    server.listen(), server.host(), "GET", target, List.of(), "127.0.0.1"));
    return decision.kind() == Decision.Kind.SENT && isSynapses.test(decision.target());
  }

  String text() {
    StringBuilder text = new StringBuilder();
    if (!servers.isEmpty()) {
      String server =
          port.isPresent()
              ? "server 127.0.0.1:" + port.getAsInt() + ";"
              : "# server: where gateway.listen has it";
      text.append("upstream gateway {\n    " + server + "\n    keepalive 64;\n}\n");
    }
    servers.forEach(server -> text.append(server.text()));
    return text.toString();
  }

  /** With a variable it may be anybody, so it is taken for Synapse. */
  private boolean passesToSynapse(Directive each) {
    if (!each.is("proxy_pass")) {
      return false;
    }
    Authority authority = Authority.of(each.argument(0));
    return authority == null
        || authority.name().contains("$")
        || isSynapses.test(authority.target(site));
  }
}
