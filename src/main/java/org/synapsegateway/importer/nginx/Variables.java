// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The variables of one request: nginx's own, maps, what {@code set} has set, and captures, of which
 * the last pattern that matched has all. Confined to one thread.
 */
final class Variables {
  private static final int MAX_DEPTH = 100;

  private final Site site;
  private final Question question;
  private final Server server;
  private final Map<String, String> values = new HashMap<>();
  private final Set<String> reads = new TreeSet<>();
  private List<String> captures = List.of();
  private Directive blamed;
  private int depth;
  private String path;
  private @Nullable String query;

  Variables(Site site, Question question, Server server, NormalPath target) {
    this.site = site;
    this.question = question;
    this.server = server;
    this.blamed = server.block().directive();
    this.path = target.path();
    this.query = target.query();
  }

  /** The path as the rewrite directives have left it. */
  String path() {
    return path;
  }

  /** The query, without its question mark; null if there is none. */
  @Nullable String query() {
    return query;
  }

  void moveTo(String newPath, @Nullable String newQuery) {
    path = newPath;
    query = newQuery;
  }

  /** The names that have been asked for. */
  Set<String> reads() {
    return reads;
  }

  /** Names the directive that is to blame for what is not understood from now on. */
  void blame(Directive directive) {
    blamed = directive;
  }

  Directive blamed() {
    return blamed;
  }

  void set(String name, String value) {
    values.put(name, value);
  }

  String expand(String text) {
    return Template.of(blamed.place(), text).expand(this::get);
  }

  /** Whether a pattern matches; then its captures are those that count. */
  boolean matches(NginxRegex pattern, String text) {
    NginxRegex.Found found;
    try {
      found = pattern.find(text);
    } catch (NginxRegex.TooLongException e) {
      throw new CannotTellException(blamed, "the pattern " + pattern + " takes too long");
    }
    if (found == null) {
      return false;
    }
    captures = found.groups();
    values.putAll(found.named());
    return true;
  }

  /** As {@link #matches}, of a rewrite directive: if it does not match, there are no captures. */
  boolean matchesOrForgets(NginxRegex pattern, String text) {
    boolean matched = matches(pattern, text);
    if (!matched) {
      captures = List.of();
    }
    return matched;
  }

  String get(String name) {
    if (name.length() == 1 && name.charAt(0) >= '1' && name.charAt(0) <= '9') {
      int number = name.charAt(0) - '0';
      return number < captures.size() ? captures.get(number) : "";
    }
    String value = values.get(name);
    if (value != null) {
      return value;
    }
    MapTable map = site.maps().get(name);
    return map == null ? own(name) : mapped(name, map);
  }

  private String mapped(String name, MapTable map) {
    if (++depth > MAX_DEPTH) {
      throw new CannotTellException(map.directive(), "maps ask each other in a circle");
    }
    Directive before = blamed;
    blamed = map.directive();
    String source = map.source().expand(this::get);
    Template found = map.text(source);
    if (found == null && !source.isEmpty()) {
      found =
          map.patterns().stream()
              .filter(line -> matches(line.pattern(), source))
              .findFirst()
              .map(MapTable.Line::value)
              .orElse(null);
    }
    String value = (found == null ? map.otherwise() : found).expand(this::get);
    if (!map.isVolatile()) {
      values.put(name, value);
    }
    blamed = before;
    depth--;
    return value;
  }

  private String own(String name) {
    reads.add(name);
    return switch (name) {
      case "uri", "document_uri" -> path;
      case "request_uri" -> question.target();
      case "args", "query_string" -> query == null ? "" : query;
      case "is_args" -> query == null || query.isEmpty() ? "" : "?";
      case "request_method" -> question.method();
      case "request" -> question.method() + " " + question.target() + " HTTP/1.1";
      case "server_protocol" -> "HTTP/1.1";
      case "host" -> host(question.host());
      case "server_name" -> server.firstName();
      case "remote_addr", "realip_remote_addr" -> question.client();
      case "binary_remote_addr" -> binary(question.client());
      case "proxy_add_x_forwarded_for" -> forwardedFor();
      case "scheme" -> isEncrypted() ? "https" : "http";
      case "https" -> isEncrypted() ? "on" : "";
      case "server_port" -> question.listen().replaceFirst("^unix:.*", "").replaceFirst(".*:", "");
      case "content_length", "content_type" -> field(name);
      default -> byPrefix(name);
    };
  }

  private String byPrefix(String name) {
    if (name.startsWith("http_")) {
      return field(name.substring("http_".length()));
    }
    if (name.startsWith("arg_")) {
      return argument(name.substring("arg_".length()));
    }
    Directive opaque = site.opaque(name);
    if (opaque != null) {
      throw new CannotTellException(opaque, "$" + name);
    }
    if (isSetSomewhere(name)) {
      return "";
    }
    throw new CannotTellException(blamed, "$" + name + " is not understood");
  }

  /** A variable that some set, or some group with a name, sets elsewhere is empty here. */
  private boolean isSetSomewhere(String name) {
    return site.tree().stream()
        .flatMap(Directive::within)
        .anyMatch(
            each ->
                each.is("set") && each.argument(0).equalsIgnoreCase("$" + name)
                    || each.toString().contains("<" + name + ">"));
  }

  private boolean isEncrypted() {
    return server.isEncryptedAt(question.listen());
  }

  private String field(String name) {
    String value = question.field(name);
    return value == null ? "" : value;
  }

  private String forwardedFor() {
    String before = field("x_forwarded_for");
    return before.isEmpty() ? question.client() : before + ", " + question.client();
  }

  static String host(String field) {
    String host = field.toLowerCase(Locale.ROOT);
    int colon = host.startsWith("[") ? host.indexOf(':', host.indexOf(']')) : host.indexOf(':');
    String name = colon < 0 ? host : host.substring(0, colon);
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  private static String binary(String client) {
    java.net.InetAddress address = org.synapsegateway.net.AddressSet.numeric(client);
    return address == null ? "" : new String(address.getAddress(), StandardCharsets.ISO_8859_1);
  }

  /** The first argument of a name, whatever its case, as it came: ngx_http_arg. */
  private String argument(String name) {
    String args = query == null ? "" : query;
    for (String argument : args.split("&", -1)) {
      int equals = name.length();
      if (argument.length() > equals
          && argument.charAt(equals) == '='
          && argument.regionMatches(true, 0, name, 0, equals)) {
        return argument.substring(equals + 1);
      }
    }
    return "";
  }
}
