// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A {@code server} block: where it listens, and for which hosts. Immutable once it is read. */
public final class Server {
  private final Block block;
  private final Map<String, Boolean> listens = new LinkedHashMap<>();
  private final List<String> encrypted = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final List<NginxRegex> patterns = new ArrayList<>();

  Server(Block block) {
    this.block = block;
    block.directive().all("listen").forEach(this::addListen);
    if (listens.isEmpty()) {
      listens.put("*:80", false);
    }
    block
        .directive()
        .all("server_name")
        .forEach(names -> names.arguments().forEach(name -> addName(names, name)));
    if (names.isEmpty() && patterns.isEmpty()) {
      names.add("");
    }
  }

  private void addListen(Directive listen) {
    String key = listenKey(listen.argument(0));
    boolean isDefault =
        listen.arguments().contains("default_server") || listen.arguments().contains("default");
    listens.merge(key, isDefault, (first, second) -> first || second);
    if (listen.arguments().contains("ssl") || "on".equals(ssl())) {
      encrypted.add(key);
    }
  }

  private @Nullable String ssl() {
    Directive ssl = block.inherited("ssl");
    return ssl == null ? null : ssl.argument(0);
  }

  private void addName(Directive directive, String name) {
    if (name.startsWith("~")) {
      patterns.add(NginxRegex.of(directive.place(), name.substring(1), true));
    } else if (name.startsWith(".")) {
      names.add(name.substring(1).toLowerCase(Locale.ROOT));
      names.add("*" + name.toLowerCase(Locale.ROOT));
    } else {
      names.add(name.toLowerCase(Locale.ROOT));
    }
  }

  /** An address to listen at, with its port: {@code *:443}, {@code [::]:443}, {@code unix:/x}. */
  static String listenKey(String address) {
    if (address.startsWith("unix:")) {
      return address;
    }
    if (address.matches("\\d+")) {
      return "*:" + address;
    }
    return address.matches(".*:\\d+") ? address : address + ":80";
  }

  Block block() {
    return block;
  }

  public Place place() {
    return block.place();
  }

  /** Where it listens. */
  public List<String> listens() {
    return List.copyOf(listens.keySet());
  }

  boolean isDefaultAt(String listen) {
    return listens.getOrDefault(listen, false);
  }

  boolean isEncryptedAt(String listen) {
    return encrypted.contains(listen);
  }

  /** Its names in lower case, those with stars too. */
  public List<String> names() {
    return names;
  }

  List<NginxRegex> patterns() {
    return patterns;
  }

  /** The address that clients use: one with TLS before others. */
  public String listen() {
    return encrypted.isEmpty() ? listens().get(0) : encrypted.get(0);
  }

  /** A host that it serves. */
  public String host() {
    return names.stream()
        .filter(name -> !name.isEmpty() && !name.equals("_"))
        .findFirst()
        .map(name -> name.replace("*.", "a.").replace(".*", ".example"))
        .orElse("localhost");
  }

  /** Whether a directive of this name stands in it. */
  public boolean sends(String directive) {
    return block.directive().within().anyMatch(each -> each.is(directive));
  }

  /** Whether anything in it names a path of Matrix or Synapse. */
  public boolean namesMatrix() {
    return block
        .directive()
        .within()
        .flatMap(each -> each.arguments().stream())
        .anyMatch(word -> word.contains("_matrix") || word.contains("_synapse"));
  }

  /** Its first name as it is written; the empty text if it has none. */
  String firstName() {
    Directive names = block.own("server_name");
    return names == null ? "" : names.argument(0);
  }

  @Override
  public String toString() {
    return "server " + String.join(" ", names) + " (" + place() + ")";
  }
}
