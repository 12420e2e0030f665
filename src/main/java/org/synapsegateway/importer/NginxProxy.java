// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.synapsegateway.config.ReadableFile;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.importer.nginx.Choices;
import org.synapsegateway.importer.nginx.Decision;
import org.synapsegateway.importer.nginx.Evaluator;
import org.synapsegateway.importer.nginx.Question;
import org.synapsegateway.importer.nginx.Server;
import org.synapsegateway.importer.nginx.Site;
import org.synapsegateway.importer.nginx.Target;
import org.synapsegateway.importer.synapse.Need;

/**
 * Whom an nginx sends the requests of each group to. It is asked one request for each line of the
 * shipped front route, at the server block that tells most of them from others: one block for
 * clients, one for other servers.
 */
public final class NginxProxy implements ExistingProxy {
  /** Of the networks for examples (RFC 5737). */
  static final String PUBLIC_CLIENT = "198.51.100.7";

  /** A line that only an nginx configuration has: of {@code nginx -T}, or a block. */
  private static final Pattern NGINX =
      Pattern.compile(
          "(?m)^# configuration file .*:\\r?$|^\\s*(http|server|upstream\\s+\\S+|location\\s[^#\\n]*)\\s*\\{");

  private final Site site;
  private final Evaluator evaluator;
  private final Map<RouteGroup, List<Asked>> asked = new EnumMap<>(RouteGroup.class);
  private final Set<String> servers = new LinkedHashSet<>();

  /** A request and what nginx does with it. */
  record Asked(Question question, Decision decision) {}

  private final boolean faithful;

  /** The server blocks that count: for clients, and for other servers. */
  private final List<Server> chosen = new ArrayList<>();

  private NginxProxy(Site site, boolean faithful) {
    this.site = site;
    this.faithful = faithful;
    this.evaluator = new Evaluator(site);
    Map<RouteGroup, List<GroupRequests.Example>> examples = GroupRequests.all();
    List<Server> senders =
        site.servers().stream().filter(server -> server.sends("proxy_pass")).toList();
    for (boolean federation : List.of(false, true)) {
      Map<RouteGroup, List<GroupRequests.Example>> some = new EnumMap<>(examples);
      some.keySet().removeIf(group -> (group.need() == Need.FEDERATION) != federation);
      senders.stream()
          .max(
              Comparator.<Server>comparingInt(server -> distinguished(server, some))
                  .thenComparing(Server::namesMatrix))
          .ifPresent(
              server -> {
                chosen.add(server);
                asked.putAll(ask(server, some));
              });
    }
    asked.values().forEach(all -> all.forEach(each -> servers.addAll(servers(each.decision))));
  }

  /**
   * Reads a configuration.
   *
   * @param file {@code nginx.conf}, a part of it, or the output of {@code nginx -T}
   * @param faithful whether the routes are to decide as it does, and not as the shipped ones
   * @throws ConfigurationException if it cannot be read
   */
  public static NginxProxy read(Path file, boolean faithful) {
    return new NginxProxy(Site.read(file), faithful);
  }

  /** Whether a file is an nginx configuration rather than YAML; false if it cannot be read. */
  public static boolean isConfiguration(Path file) {
    try {
      return Files.isRegularFile(file)
          && NGINX
              .matcher(new String(ReadableFile.bytes(file), StandardCharsets.ISO_8859_1))
              .find();
    } catch (IOException e) {
      return false; // whoever reads it as YAML says why
    }
  }

  private Map<RouteGroup, List<Asked>> ask(
      Server server, Map<RouteGroup, List<GroupRequests.Example>> examples) {
    Map<RouteGroup, List<Asked>> answers = new EnumMap<>(RouteGroup.class);
    examples.forEach(
        (group, requests) ->
            answers.put(
                group,
                requests.stream().map(each -> ask(server, each.method(), each.target())).toList()));
    return answers;
  }

  /** What it does with a request of somebody on the Internet. */
  Asked ask(Server server, String method, String target) {
    Question question =
        new Question(server.listen(), server.host(), method, target, List.of(), PUBLIC_CLIENT);
    return new Asked(question, evaluator.decide(question));
  }

  /** How many of the requests go elsewhere than one that no line means. */
  private int distinguished(Server server, Map<RouteGroup, List<GroupRequests.Example>> examples) {
    String usual = ask(server, "GET", "/_matrix/x").decision.outcome();
    return (int)
        ask(server, examples).values().stream()
            .flatMap(List::stream)
            .filter(each -> isSent(each) && !each.decision.outcome().equals(usual))
            .count();
  }

  static boolean isSent(Asked each) {
    return each.decision.kind() == Decision.Kind.SENT;
  }

  /** The servers of a decision's target that take requests, as they are written. */
  static List<String> servers(Decision decision) {
    return decision.kind() != Decision.Kind.SENT
        ? List.of()
        : decision.target().servers().stream()
            .filter(peer -> !peer.isSpare())
            .map(Target.Peer::name)
            .toList();
  }

  boolean isFaithful() {
    return faithful;
  }

  /**
   * What it decides as choices of routes.
   *
   * @param lost is given what no choice says
   */
  Choices.Step choices(Set<String> lost) {
    if (chosen.isEmpty()) {
      return new Choices.Kept();
    }
    Choices.Step clients = Choices.of(site, chosen.get(0), lost);
    return chosen.get(0) == chosen.get(1)
        ? clients
        : new Choices.Choice(
            List.of(
                new Choices.When(
                    "request",
                    "^/_matrix/(federation|key)/",
                    Choices.of(site, chosen.get(1), lost))),
            clients);
  }

  Site site() {
    return site;
  }

  /** What was asked for a group. */
  List<Asked> asked(RouteGroup group) {
    return asked.getOrDefault(group, List.of());
  }

  @Override
  public Set<String> servers() {
    return servers;
  }

  @Override
  public Set<Integer> ports() {
    return site.servers().stream()
        .flatMap(server -> server.listens().stream())
        .filter(listen -> !listen.startsWith("unix:"))
        .map(listen -> Integer.valueOf(listen.replaceFirst(".*:", "")))
        .collect(Collectors.toSet());
  }

  @Override
  public List<Share> shares(RouteGroup group) {
    return Share.summed(
        asked(group).stream()
            .filter(NginxProxy::isSent)
            .map(each -> new Share(servers(each.decision), 1, where(each)))
            .toList());
  }

  /** Where it stands that a request goes there: the location, or the server block. */
  static String where(Asked each) {
    String location = each.decision.location();
    return location == null
        ? each.decision.server().toString()
        : location.replaceFirst("(?s).*\\((.*)\\)$", "$1");
  }

  @Override
  public Migration migration(org.synapsegateway.importer.synapse.Site synapse, OptionalInt port) {
    return new NginxMigration(this, synapse, port).made();
  }
}
