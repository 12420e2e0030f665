// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.importer.haproxy.Decision;
import org.synapsegateway.importer.haproxy.Frontend;
import org.synapsegateway.importer.haproxy.Request;
import org.synapsegateway.importer.haproxy.Site;

/**
 * Whom a HAProxy sends the requests of each group to. It is asked one request for each line of the
 * shipped front route, at the frontend and for the host that tell most of them from others.
 */
public final class HaproxyProxy implements ExistingProxy {
  /** What requests have as a rule; where it decides whether they do, it cannot be told. */
  private static final Map<String, String> USUAL =
      Map.of("authorization", "Bearer syt_dQ_x_1", "user-agent", "Mozilla/5.0");

  private final Site site;
  private final Map<RouteGroup, List<Asked>> asked = new EnumMap<>(RouteGroup.class);
  private final Set<String> servers = new LinkedHashSet<>();
  private @Nullable Frontend frontend;
  private Map<String, String> fields = Map.of();

  /** A request and what HAProxy does with it. */
  record Asked(Request request, Decision decision) {}

  private HaproxyProxy(Site site) {
    this.site = site;
    long most = -1;
    for (Frontend each : site.frontends()) {
      for (String host : each.hosts()) {
        Map<String, String> there = new HashMap<>(USUAL);
        if (host != null) {
          there.put("host", host);
        }
        long count = distinguished(each, there);
        if (count > most) {
          most = count;
          frontend = each;
          fields = there;
        }
      }
    }
    GroupRequests.all()
        .forEach(
            (group, requests) -> {
              List<Asked> answers = new ArrayList<>();
              requests.forEach(each -> ask(each.method(), each.target()).ifPresent(answers::add));
              asked.put(group, answers);
            });
    asked.values().stream()
        .flatMap(List::stream)
        .filter(each -> each.decision.isSent())
        .forEach(each -> servers.addAll(each.decision.backend().servers()));
  }

  /**
   * Reads a configuration, and the map files that it names.
   *
   * @throws ConfigurationException if one of them cannot be read
   */
  public static HaproxyProxy read(Path file) {
    return new HaproxyProxy(Site.read(file));
  }

  /** How many requests go elsewhere than one that no line means. */
  private static long distinguished(Frontend frontend, Map<String, String> fields) {
    String usual = frontend.decide(new Request("GET", "/_matrix/x", fields)).outcome();
    return GroupRequests.all().values().stream()
        .flatMap(List::stream)
        .map(each -> frontend.decide(new Request(each.method(), each.target(), fields)))
        .filter(decision -> decision.isSent() && !decision.outcome().equals(usual))
        .count();
  }

  /** What it does with a request; nothing if no frontend speaks HTTP. */
  Optional<Asked> ask(String method, String target) {
    Request request = new Request(method, target, fields);
    Request bare = new Request(method, target, Map.of("host", host()));
    return Optional.ofNullable(frontend)
        .map(
            it -> {
              Decision decision = it.decide(request);
              return new Asked(
                  request,
                  decision.outcome().equals(it.decide(bare).outcome())
                      ? decision
                      : decision.doubted("fields like Authorization and User-Agent decide"));
            });
  }

  /** The name of the frontend that is asked; empty if there is none. */
  String name() {
    return frontend == null ? "" : frontend.name();
  }

  /** What requests are asked with. */
  Map<String, String> fields() {
    return fields;
  }

  private String host() {
    return fields.getOrDefault("host", "");
  }

  Site site() {
    return site;
  }

  List<Asked> all() {
    Map<String, Asked> all = new LinkedHashMap<>();
    asked
        .values()
        .forEach(
            some ->
                some.forEach(
                    each -> all.put(each.request.method() + " " + each.request.target(), each)));
    return List.copyOf(all.values());
  }

  @Override
  public Set<String> servers() {
    return servers;
  }

  @Override
  public Set<Integer> ports() {
    return site.frontends().stream()
        .flatMap(each -> each.ports().stream())
        .collect(Collectors.toSet());
  }

  @Override
  public List<Share> shares(RouteGroup group) {
    return Share.summed(
        asked.getOrDefault(group, List.of()).stream()
            .map(Asked::decision)
            .filter(Decision::isSent)
            .map(decision -> new Share(decision.backend().servers(), 1, decision.backend().where()))
            .toList());
  }

  @Override
  public Migration migration(org.synapsegateway.importer.synapse.Site synapse, OptionalInt port) {
    return new HaproxyMigration(this, synapse).made();
  }
}
