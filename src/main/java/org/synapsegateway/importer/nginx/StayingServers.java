// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * The server blocks that send to Synapse, with the gateway in place of it: locations for others
 * stay, as does whatever is no location.
 */
final class StayingServers {
  private static final List<String> PREFIXES =
      List.of(
          "/_matrix/",
          "/_synapse/client/",
          "/_synapse/admin/",
          "/_synapse/mas/",
          "/.well-known/matrix/");

  /** As docs/front.md explains it. */
  private static final String PROXY =
      """
              client_max_body_size 0;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $host;
              proxy_set_header X-Forwarded-For $remote_addr;
              proxy_set_header X-Forwarded-Proto $scheme;
              proxy_buffering off;
              proxy_read_timeout 20m;
              proxy_pass http://gateway;
      """;

  private final Site site;
  private final Predicate<Target> isSynapses;
  private final OptionalInt port;
  private final List<Server> servers = new ArrayList<>();

  /**
   * @param port the gateway's; nothing if it is not known
   */
  StayingServers(Site site, Predicate<Target> isSynapses, OptionalInt port) {
    this.site = site;
    this.isSynapses = isSynapses;
    this.port = port;
    site.servers().stream().filter(this::leadsToSynapse).forEach(servers::add);
  }

  /** Those that send anything to Synapse. */
  List<Server> servers() {
    return servers;
  }

  private boolean leadsToSynapse(Server server) {
    return PREFIXES.stream().anyMatch(prefix -> isSent(server, prefix + "x"))
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
    servers.forEach(server -> add(text, server));
    return text.toString();
  }

  private void add(StringBuilder text, Server server) {
    text.append("\n# in place of ").append(server.place()).append("\nserver {\n");
    for (Directive each : server.block().directive().children()) {
      if (!each.is("location")) {
        text.append(DirectiveText.of(each, 1));
      }
    }
    for (Directive each : server.block().directive().all("location").toList()) {
      boolean leads = each.within().anyMatch(this::passesToSynapse);
      if (!leads) {
        text.append('\n').append(DirectiveText.of(each, 1));
      } else if (each.within().anyMatch(this::passesElsewhere)) {
        text.append("\n    # ")
            .append(each.place())
            .append(" leads to others too: move what is theirs here\n");
      }
    }
    boolean all = isSent(server, "/x");
    List<String> prefixes =
        all
            ? List.of("/")
            : PREFIXES.stream().filter(prefix -> isSent(server, prefix + "x")).toList();
    boolean rest = all || prefixes.contains("/_matrix/");
    if (!rest) {
      prefixes = new ArrayList<>(prefixes);
      prefixes.add(0, "/_matrix/");
    }
    String proxy = PROXY + new PassedFields(server, this::passesToSynapse);
    for (String prefix : prefixes) {
      text.append("\n    location ").append(prefix).append(" {\n").append(proxy);
      text.append("        proxy_request_buffering off;\n    }\n");
    }
    if (isSent(server, "/_matrix/media/v3/upload")) {
      text.append("\n    # with request buffering, which sends Synapse a Content-Length\n");
      text.append("    location ~ ^/_matrix/(media|client/v1/media)/ {\n");
      text.append(proxy).append("    }\n");
    }
    text.append("}\n");
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

  private boolean passesElsewhere(Directive each) {
    return each.name().endsWith("_pass") && !passesToSynapse(each);
  }
}
