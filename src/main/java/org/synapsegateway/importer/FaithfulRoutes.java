// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.synapsegateway.importer.nginx.Choices.Choice;
import org.synapsegateway.importer.nginx.Choices.Refused;
import org.synapsegateway.importer.nginx.Choices.Step;
import org.synapsegateway.importer.nginx.Choices.To;
import org.synapsegateway.importer.nginx.Choices.When;
import org.synapsegateway.importer.nginx.Target;
import org.synapsegateway.importer.synapse.SynapseProcess;

/**
 * Routes that decide as an nginx does: its locations in place of the shipped front route's lines,
 * and a route for each of its upstreams. Confined to one thread.
 */
final class FaithfulRoutes {
  private final ProxyAddresses addresses;
  private final Map<String, Target> targets = new LinkedHashMap<>();
  private final StringBuilder yaml = new StringBuilder();

  FaithfulRoutes(ProxyAddresses addresses) {
    this.addresses = addresses;
  }

  /** The files of routes by their names. */
  Map<String, String> files(Step decided) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("front", front(decided));
    String upstreams = upstreams();
    if (!targets.isEmpty()) {
      files.put("nginx", upstreams);
    }
    return files;
  }

  // ---- the front route

  private String front(Step decided) {
    String shipped = Shipped.route("front");
    int whens = shipped.indexOf("            when:\n") + "            when:\n".length();
    // what is the gateway's own concern stays: replication, and paths for private clients
    int own = shipped.indexOf("- to: direct:forbidden", shipped.indexOf("privatePaths\n", whens));
    int end = shipped.indexOf('\n', own) + 1;
    Choice choice = decided instanceof Choice made ? made : new Choice(List.of(), decided);
    addWhens(choice, 14, Set.of("^/_synapse/replication"));
    line(12, "otherwise:");
    line(14, "steps:");
    addStep(choice.otherwise(), 16);
    return "# As nginx decides, location by location; written by an import with --faithful.\n"
        + shipped.substring(shipped.indexOf("- beans:"), end)
        + yaml;
  }

  private void line(int indent, String text) {
    yaml.append(" ".repeat(indent)).append(text).append('\n');
  }

  /**
   * @param known lines that conditions before these have
   */
  private void addWhens(Choice choice, int indent, Set<String> known) {
    for (When when : together(withoutRepeats(choice.whens(), known))) {
      line(indent, "- expression:");
      line(indent + 4, "language:");
      line(indent + 6, "language: " + when.language());
      line(indent + 6, "expression: |");
      when.expression().lines().forEach(each -> line(indent + 8, each));
      line(indent + 2, "steps:");
      addStep(when.then(), indent + 4);
    }
  }

  /** Without the lines that an earlier condition has, which nginx never comes to. */
  private static List<When> withoutRepeats(List<When> whens, Set<String> known) {
    Set<String> seen = new HashSet<>(known);
    List<When> first = new ArrayList<>();
    for (When when : whens) {
      String lines =
          when.expression()
              .lines()
              .filter(
                  line ->
                      seen.add(when.language().equals("request") ? line : when.language() + line))
              .collect(Collectors.joining("\n"));
      if (!lines.isEmpty()) {
        first.add(new When(when.language(), lines, when.then()));
      }
    }
    return first;
  }

  /** Lines that lead to the same follow each other in one condition. */
  private static List<When> together(List<When> whens) {
    List<When> joined = new ArrayList<>();
    for (When when : whens) {
      When last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
      if (last != null
          && when.language().equals("request")
          && last.language().equals("request")
          && last.then().equals(when.then())) {
        joined.set(
            joined.size() - 1,
            new When("request", last.expression() + "\n" + when.expression(), when.then()));
      } else {
        joined.add(when);
      }
    }
    return joined;
  }

  private void addStep(Step step, int indent) {
    if (step instanceof Choice choice) {
      line(indent, "- choice:");
      line(indent + 4, "when:");
      addWhens(choice, indent + 6, Set.of());
      line(indent + 4, "otherwise:");
      line(indent + 6, "steps:");
      addStep(choice.otherwise(), indent + 8);
    } else {
      line(indent, "- to: direct:" + group(step));
    }
  }

  private String group(Step step) {
    if (step instanceof Refused) {
      return "forbidden";
    }
    if (!(step instanceof To to) || isMains(to.target()) || workers(to.target()).isEmpty()) {
      return "main"; // as whatever no line names
    }
    String id = id(to.target());
    targets.putIfAbsent(id, to.target());
    return id;
  }

  private boolean isMains(Target target) {
    return workers(target).stream()
        .allMatch(
            peer -> addresses.process(peer.name()).filter(SynapseProcess::isMain).isPresent());
  }

  /** The servers of Synapse that take requests. */
  private List<Target.Peer> workers(Target target) {
    return target.servers().stream()
        .filter(peer -> !peer.isSpare() && addresses.process(peer.name()).isPresent())
        .toList();
  }

  private static String id(Target target) {
    return "nginx-"
        + target
            .name()
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
  }

  // ---- a route for each upstream

  private String upstreams() {
    yaml.setLength(0);
    line(0, "# The upstreams of nginx; written by an import with --faithful.");
    targets.forEach(this::addUpstream);
    return yaml.toString();
  }

  private void addUpstream(String id, Target target) {
    List<Target.Peer> workers = workers(target);
    boolean several = workers.size() > 1;
    if (several) {
      line(0, "- beans:");
      line(4, "- name: " + id);
      line(6, "type: org.synapsegateway.loadbalance.ConsistentHash");
      line(6, "properties:");
      line(8, "key: \"" + key(target) + "\"");
    }
    line(0, "- route:");
    line(4, "id: " + id);
    line(4, "description: " + description(target));
    line(4, "from:");
    line(6, "uri: direct:" + id);
    line(6, "steps:");
    if (several) {
      line(8, "- loadBalance:");
      line(12, "customLoadBalancer:");
      line(14, "ref: " + id);
      line(12, "steps:");
    }
    for (Target.Peer peer : workers) {
      String name = peer.name();
      String weight = peer.weight() == 1 ? "" : "weight=" + peer.weight() + "&";
      line(
          several ? 14 : 8,
          "- to: worker:"
              + (name.startsWith("unix:") ? name : "tcp:" + name)
              + "?"
              + weight
              + "headMax=16KiB");
    }
  }

  private static String description(Target target) {
    return target.place() == null
        ? "What nginx sends to one address"
        : "What nginx sends to upstream " + target.name();
  }

  /** What comes closest to what nginx hashes. */
  private static String key(Target target) {
    String by = target.by() == null ? "" : target.by().replaceAll("[${}]", "");
    return switch (by) {
      case "http_authorization" -> "field:Authorization";
      case "uri", "document_uri" -> "path";
      case "request_uri" -> "target";
      case "remote_addr",
          "binary_remote_addr",
          "realip_remote_addr",
          "proxy_protocol_addr",
          "proxy_add_x_forwarded_for",
          "http_x_forwarded_for",
          "http_x_real_ip",
          "http_cf_connecting_ip" ->
          "client-address";
      default ->
          target.balance() == Target.Balance.IP_HASH
              ? "client-address"
              : by.contains("room") ? "room" : "user";
    };
  }
}
