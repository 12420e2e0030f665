// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.synapsegateway.fault.Code;
import org.synapsegateway.importer.NginxProxy.Asked;
import org.synapsegateway.importer.nginx.Choices;
import org.synapsegateway.importer.nginx.Decision;
import org.synapsegateway.importer.nginx.ServerSettings;
import org.synapsegateway.importer.nginx.Target;
import org.synapsegateway.importer.synapse.Finding;
import org.synapsegateway.importer.synapse.Need;
import org.synapsegateway.importer.synapse.Site;
import org.synapsegateway.importer.synapse.SynapseProcess;
import org.synapsegateway.settings.Setting;

/** What moves from an nginx to the gateway: findings, settings, and what stays in nginx. */
final class NginxMigration {
  /** As gateway.worker.reply-timeout has it by default. */
  private static final long REPLY_TIMEOUT = 180_000;

  private final NginxProxy nginx;
  private final Site synapse;
  private final OptionalInt port;
  private final ProxyAddresses addresses;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<Setting, String> settings = new EnumMap<>(Setting.class);
  private final Map<Setting, String> later = new EnumMap<>(Setting.class);

  NginxMigration(NginxProxy nginx, Site synapse, OptionalInt port) {
    this.nginx = nginx;
    this.synapse = synapse;
    this.port = port;
    this.addresses = new ProxyAddresses(synapse, nginx.servers());
  }

  Migration made() {
    findNothingSent();
    findOpenAdmin();
    findUnknown();
    findForeign();
    findRewritten();
    findBalancing();
    findUploads();
    findTimeouts();
    ServerSettings serverSettings = ServerSettings.of(nginx.site(), this::isSynapses, port);
    findings.addAll(new NginxAccess(nginx, serverSettings, all()).findings());
    if (!serverSettings.trusted().isEmpty()) {
      Set<String> trusted =
          new LinkedHashSet<>(List.of(Setting.TRUSTED_PROXIES.defaultValue().split(" ")));
      trusted.addAll(serverSettings.trusted());
      settings.put(Setting.TRUSTED_PROXIES, String.join(" ", trusted));
    }
    if (!serverSettings.listens().isEmpty()) {
      later.put(Setting.LISTEN, String.join(" ", serverSettings.listens()));
    }
    if (!serverSettings.certificates().isEmpty()) {
      later.put(Setting.TLS_CERTIFICATES, String.join(" ", serverSettings.certificates()));
    }
    return new Migration(
        findings,
        settings,
        later,
        nginx.isFaithful() ? routes() : Map.of(),
        serverSettings.staying());
  }

  private Map<String, String> routes() {
    Set<String> lost = new TreeSet<>();
    Choices.Step decided = nginx.choices(lost);
    lost.forEach(
        each ->
            findings.add(
                Finding.problem(
                    Code.UNSUPPORTED_CONDITION,
                    each.replaceFirst(": .*", ""),
                    each.replaceFirst("^.*?: ", "")
                        + " decides nothing in the routes: see --compare")));
    return new FaithfulRoutes(addresses).files(decided);
  }

  /** Whether somebody of Synapse is behind it. */
  private boolean isSynapses(Target target) {
    return target.servers().stream().anyMatch(peer -> addresses.process(peer.name()).isPresent());
  }

  private boolean isSynapses(Asked each) {
    return NginxProxy.isSent(each) && isSynapses(each.decision().target());
  }

  private List<Asked> all() {
    List<Asked> all = new ArrayList<>();
    for (RouteGroup group : RouteGroup.values()) {
      all.addAll(nginx.asked(group));
    }
    return all;
  }

  private void findNothingSent() {
    if (nginx.site().servers().stream().noneMatch(server -> server.sends("proxy_pass"))) {
      findings.add(
          Finding.problem(
              Code.CANNOT_TELL,
              nginx.site().servers().get(0).place(),
              "no server block here has a proxy_pass, so nothing says who serves what: give the output of nginx -T"));
    }
  }

  private void findOpenAdmin() {
    List<String> targets = new ArrayList<>(List.of("/_synapse/admin/v1/server_version"));
    if (hasMetrics(synapse.main()) || synapse.workers().stream().anyMatch(this::hasMetrics)) {
      targets.add("/_synapse/metrics");
    }
    for (String target : targets) {
      nginx.site().servers().stream()
          .filter(server -> server.sends("proxy_pass"))
          .map(server -> nginx.ask(server, "GET", target))
          .filter(this::isSynapses)
          .forEach(
              each ->
                  findings.add(
                      Finding.problem(
                          Code.PUBLIC_ADMIN_API,
                          NginxProxy.where(each),
                          "lets everybody ask for "
                              + target
                              + "; the gateway lets gateway.private-clients alone, others get 403")));
    }
  }

  private boolean hasMetrics(SynapseProcess process) {
    return process
        .listener(Need.CLIENT)
        .filter(listener -> listener.resources().contains("metrics"))
        .isPresent();
  }

  private void findUnknown() {
    Map<String, Integer> doubts = new TreeMap<>();
    all().stream()
        .filter(each -> each.decision().kind() == Decision.Kind.UNKNOWN)
        .forEach(each -> doubts.merge(each.decision().doubt(), 1, Integer::sum));
    doubts.forEach(
        (doubt, lines) ->
            findings.add(
                Finding.problem(
                    Code.CANNOT_TELL,
                    nginx.site().servers().get(0).place(),
                    "of %d request lines it cannot be told where they lead: %s"
                        .formatted(lines, doubt))));
  }

  private void findForeign() {
    Map<String, Asked> foreign = new LinkedHashMap<>();
    all().stream()
        .filter(each -> NginxProxy.isSent(each) && !isSynapses(each))
        .forEach(each -> foreign.putIfAbsent(each.decision().target().name(), each));
    foreign.forEach(
        (name, each) ->
            findings.add(
                Finding.problem(
                    Code.FOREIGN_UPSTREAM,
                    NginxProxy.where(each),
                    "sends %s %s to %s, which is no process of Synapse that was given"
                        .formatted(each.question().method(), each.question().target(), name))));
  }

  private void findRewritten() {
    Set<String> told = new LinkedHashSet<>();
    for (Asked each : all()) {
      String where = NginxProxy.where(each);
      if (isSynapses(each)
          && !each.decision().uri().equals(each.question().target())
          && told.add(where)) {
        findings.add(
            Finding.problem(
                Code.REWRITTEN_PATH,
                where,
                "sends %s on as %s; the gateway sends what the client asked for"
                    .formatted(each.question().target(), each.decision().uri())));
      }
    }
  }

  private void findBalancing() {
    Map<String, Target> targets = new LinkedHashMap<>();
    all().stream()
        .filter(this::isSynapses)
        .map(each -> each.decision().target())
        .filter(target -> !target.isAddress())
        .forEach(target -> targets.putIfAbsent(target.name(), target));
    for (Target target : targets.values()) {
      if (target.servers().size() > 1 && target.balance() != Target.Balance.CONSISTENT_HASH) {
        findings.add(
            Finding.note(
                Code.OTHER_BALANCING,
                target.where(),
                "upstream %s %s; the routes choose by a consistent hash, so users change their worker once"
                    .formatted(target.name(), balance(target))));
      }
      for (String option : target.options()) {
        findings.add(
            Finding.note(
                Code.UNSUPPORTED_UPSTREAM_OPTION,
                target.where(),
                "upstream %s: %s has no place in the routes; docs/reference/worker-component.md has options of a worker"
                    .formatted(target.name(), option)));
      }
    }
  }

  private static String balance(Target target) {
    return switch (target.balance()) {
      case ROUND_ROBIN -> "takes its servers in turn";
      case CONSISTENT_HASH -> "has a consistent hash";
      case HASH -> "has hash " + target.by() + " without consistent";
      case IP_HASH -> "has ip_hash";
      case LEAST_CONN -> "has least_conn";
      case RANDOM -> "has random";
    };
  }

  private void findUploads() {
    nginx.asked(RouteGroup.MEDIA).stream()
        .filter(each -> isSynapses(each) && each.question().target().startsWith("/_matrix/media/"))
        .filter(
            each ->
                each.decision().bodyMax() > 0 && each.decision().bodyMax() < synapse.uploadMax())
        .findFirst()
        .ifPresent(
            each ->
                findings.add(
                    Finding.note(
                        Code.LOWER_BODY_LIMIT,
                        NginxProxy.where(each),
                        "refuses uploads of more than %s; the routes take what Synapse takes, %s"
                            .formatted(
                                Size.text(each.decision().bodyMax()),
                                Size.text(synapse.uploadMax())))));
  }

  /** The time-out of most requests counts if it is longer than the gateway's. */
  private void findTimeouts() {
    Map<Long, Integer> counts = new TreeMap<>();
    all().stream()
        .filter(this::isSynapses)
        .forEach(each -> counts.merge(each.decision().readTimeout(), 1, Integer::sum));
    counts.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .filter(timeout -> timeout > REPLY_TIMEOUT)
        .ifPresent(timeout -> settings.put(Setting.WORKER_REPLY_TIMEOUT, timeout / 1000 + "s"));
  }
}
