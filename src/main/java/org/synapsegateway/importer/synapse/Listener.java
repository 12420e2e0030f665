// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A listener of a Synapse process that speaks HTTP.
 *
 * @param path of its UNIX socket; null if it listens on TCP
 * @param addresses of TCP, each with its port
 * @param mode of the socket's file
 * @param resources what it serves, for example {@code client}; empty: only {@code /health}
 */
public record Listener(
    Place place,
    @Nullable String path,
    List<String> addresses,
    int mode,
    boolean tls,
    boolean forwarded,
    Set<String> resources) {
  /** synapse/config/server.py, KNOWN_RESOURCES, and one that it passes over. */
  private static final Set<String> KNOWN =
      Set.of(
          "client",
          "consent",
          "federation",
          "health",
          "keys",
          "media",
          "metrics",
          "openid",
          "replication",
          "static",
          "webclient");

  private static final Set<String> OPEN = Set.of("client", "federation", "media");
  private static final int DEFAULT_MODE = 0666;
  private static final int PORTS = 65_535;

  /** All addresses of its machine. */
  private static final Pattern ALL = Pattern.compile("^(\\*|0\\.0\\.0\\.0|\\[::])(?=:\\d+$)");

  /** What a worker's URI can have without escapes. */
  public static final String PATH = "/[\\w.,:@+=~/-]+";

  /** Whether it has resources for clients or other servers. */
  boolean isOpen() {
    return resources.stream().anyMatch(OPEN::contains);
  }

  /** Whether it listens on all addresses of its machine, so nothing says which these are. */
  boolean isOnAll() {
    return addresses.stream().anyMatch(address -> ALL.matcher(address).find());
  }

  /** Whether the gateway can speak to it: not by TLS. */
  public boolean isReachable() {
    return path != null || !tls;
  }

  /**
   * What a worker's URI names.
   *
   * @param host where the process runs, which counts if it listens on all addresses
   */
  public String server(String host) {
    if (path != null) {
      return "unix:" + path;
    }
    String named = host.contains(":") ? "[" + host + "]" : host;
    return addresses.stream()
        .map(address -> ALL.matcher(address).replaceFirst(Matcher.quoteReplacement(named)))
        .min(Comparator.comparing(address -> address.startsWith("["))) // IPv4, as nginx has it
        .map("tcp:"::concat)
        .orElseThrow();
  }

  /** The listeners of a key that speak HTTP. */
  static List<Listener> all(YamlValue listeners) {
    if (!listeners.isList()) {
      throw listeners.place().bad("should be a list of listeners");
    }
    return listeners.items().stream().filter(Listener::isHttp).map(Listener::of).toList();
  }

  private static boolean isHttp(YamlValue listener) {
    String type =
        listener
            .get("type")
            .orElseThrow(() -> listener.place().bad("a listener wants a type:"))
            .text();
    return type.equals("http") || type.equals("https");
  }

  private static Listener of(YamlValue listener) {
    listener.get("bind_addresses").ifPresent(value -> wantList(value, "bind_addresses"));
    List<String> hosts = texts(listener, "bind_addresses");
    hosts.addAll(texts(listener, "bind_address"));
    hosts.removeIf(String::isEmpty);
    String path = listener.get("path").map(YamlValue::text).orElse(null);
    if (path != null && listener.get("port").filter(port -> port.integer() != 0).isPresent()) {
      throw listener.place().bad("has a port: and a path:, and Synapse wants one of them");
    }
    for (String host : hosts) {
      path = path == null && host.startsWith("/") ? host : path;
    }
    if (path != null && !path.matches(PATH)) {
      throw listener.place().bad("path: wants a whole path of letters, digits and ordinary marks");
    }
    return new Listener(
        listener.place(),
        path,
        path == null ? addresses(listener, hosts) : List.of(),
        listener.get("mode").map(Listener::mode).orElse(DEFAULT_MODE),
        listener.get("tls").map(YamlValue::flag).orElse(false),
        listener.get("x_forwarded").map(YamlValue::flag).orElse(path != null),
        resources(listener));
  }

  private static List<String> texts(YamlValue listener, String key) {
    List<String> texts = new ArrayList<>();
    listener.get(key).ifPresent(value -> value.items().forEach(each -> texts.add(each.text())));
    return texts;
  }

  private static List<String> addresses(YamlValue listener, List<String> hosts) {
    int port =
        listener
            .get("port")
            .orElseThrow(() -> listener.place().bad("a listener wants a port: or a path:"))
            .integer();
    if (port < 1 || port > PORTS) {
      throw listener.place().bad("a port is a number from 1 to " + PORTS);
    }
    return hosts.isEmpty()
        ? List.of("*:" + port)
        : hosts.stream()
            .map(host -> host.contains(":") ? "[" + host + "]" : host)
            .map(host -> host + ":" + port)
            .toList();
  }

  /** NixOS quotes it; then it is octal all the same. */
  private static int mode(YamlValue value) {
    return !value.isNumber() && value.text().matches("0?[0-7]{3}")
        ? Integer.parseInt(value.text(), 8)
        : value.integer();
  }

  private static List<YamlValue> items(YamlValue of, String key) {
    of.get(key).ifPresent(value -> wantList(value, key));
    return of.get(key).map(YamlValue::items).orElse(List.of());
  }

  /** Python takes a text for a list of its letters, and then does not start. */
  private static void wantList(YamlValue value, String key) {
    if (!value.isList()) {
      throw value.place().bad(key + ": should be a list, in square brackets");
    }
  }

  private static Set<String> resources(YamlValue listener) {
    Set<String> resources = new TreeSet<>();
    for (YamlValue resource : items(listener, "resources")) {
      for (YamlValue name : items(resource, "names")) {
        if (!KNOWN.contains(name.text())) {
          throw name.place()
              .bad(
                  "there is no resource \""
                      + name.text()
                      + "\", so Synapse does not start; it knows "
                      + String.join(", ", new TreeSet<>(KNOWN)));
        }
        resources.add(name.text());
      }
    }
    return resources;
  }
}
