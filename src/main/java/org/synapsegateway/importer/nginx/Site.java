// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.fault.ConfigurationException;

/** The {@code http} part of an nginx configuration. Immutable once it is read. */
public final class Site {
  private final List<Directive> tree;
  private final List<Server> servers = new ArrayList<>();
  private final Map<String, Target> upstreams = new LinkedHashMap<>();
  private final Map<String, MapTable> maps = new LinkedHashMap<>();

  /** The variables that something sets which is not understood. */
  private final Map<String, Directive> opaque = new HashMap<>();

  private Site(List<Directive> tree) {
    this.tree = tree;
    List<Directive> https = tree.stream().filter(each -> each.is("http")).toList();
    // a part of a configuration, as conf.d/ holds it, is understood as well
    Directive http =
        https.isEmpty()
            ? new Directive(new Place("nginx.conf", 1), "http", List.of(), tree)
            : https.get(0);
    Block block = new Block(http, null);
    for (Directive each : http.children()) {
      if (each.block() == null) {
        noteVariable(each);
        continue;
      }
      switch (each.name()) {
        case "server" -> servers.add(new Server(new Block(each, block)));
        case "upstream" -> addUpstream(each);
        case "map" -> maps.put(variable(each, each.argument(1)), new MapTable(each));
        default -> noteVariable(each);
      }
    }
    if (servers.isEmpty()) {
      throw http.place().bad("no server block is in this configuration");
    }
  }

  /**
   * Reads a configuration.
   *
   * @param file {@code nginx.conf}, a part of it, or the output of {@code nginx -T}
   * @throws ConfigurationException if it cannot be read
   */
  public static Site read(Path file) {
    return new Site(NginxFiles.read(file));
  }

  static Site parse(String name, String text) {
    return new Site(NginxFiles.parse(name, text));
  }

  private void addUpstream(Directive block) {
    String name = block.argument(0).toLowerCase(Locale.ROOT);
    Target before = upstreams.putIfAbsent(name, Target.of(block));
    if (before != null) {
      throw block.place().bad("a second upstream " + name + ", as at " + before.place());
    }
  }

  private static String variable(Directive directive, String name) {
    if (!name.startsWith("$")) {
      throw directive.place().bad(directive.name() + " names no variable");
    }
    return name.substring(1).toLowerCase(Locale.ROOT);
  }

  private void noteVariable(Directive each) {
    int at =
        switch (each.name()) {
          case "split_clients", "geoip2" -> 1;
          case "geo" -> each.arguments().size() - 1;
          case "js_set", "perl_set", "auth_request_set", "set_by_lua_block", "js_var" -> 0;
          default -> -1;
        };
    if (at >= 0 && each.argument(at).startsWith("$")) {
      opaque.put(variable(each, each.argument(at)), each);
    }
  }

  /** All directives of the files, those outside of {@code http} too. */
  List<Directive> tree() {
    return tree;
  }

  public List<Server> servers() {
    return servers;
  }

  /** The upstream blocks by their names in lower case. */
  public Map<String, Target> upstreams() {
    return upstreams;
  }

  Map<String, MapTable> maps() {
    return maps;
  }

  @Nullable Directive opaque(String variable) {
    return opaque.get(variable);
  }

  /** The server block that a request comes to; null if nobody listens there. */
  @Nullable Server server(String listen, String host) {
    Map<String, Server> byName = new HashMap<>();
    for (Server server : servers) {
      if (server.listens().contains(listen)) {
        server.names().forEach(name -> byName.putIfAbsent(name, server));
      }
    }
    Server named = HostNames.find(host, byName);
    if (named != null) {
      return named;
    }
    for (Server server : servers) {
      if (server.listens().contains(listen)
          && server.patterns().stream().anyMatch(pattern -> pattern.find(host) != null)) {
        return server;
      }
    }
    return otherwise(listen);
  }

  /** The server block for hosts that none names; null if nobody listens there. */
  @Nullable Server otherwise(String listen) {
    Server otherwise = null;
    for (Server server : servers) {
      if (server.listens().contains(listen)) {
        otherwise = otherwise == null || server.isDefaultAt(listen) ? server : otherwise;
      }
    }
    return otherwise;
  }
}
