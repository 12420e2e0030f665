// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.settings;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;

/**
 * Reads {@code gateway.listen}, a list with white space between its entries, and refuses what makes
 * no sense; says which entry, why, and what to write.
 *
 * <p>An entry is {@code http://HOST:PORT}, {@code https://HOST:PORT}, {@code unix:/PATH} or {@code
 * fd:NAME}, with properties behind a question mark: {@code
 * unix:/run/gateway.sock?mode=0666&trusted}.
 */
final class Listeners {
  private static final Pattern TCP =
      Pattern.compile("(https?)://(\\[[^\\]]*]|[^\\[\\]:/?#@]*)(?::(\\d{1,5}))?(.*)");

  private static final Pattern NAME = Pattern.compile("[!-~&&[^:?&]]{1,255}");
  private static final Pattern MODE = Pattern.compile("0?[0-7]{3}");
  private static final Pattern ACCOUNT = Pattern.compile("[A-Za-z0-9._][A-Za-z0-9._-]*\\$?");

  /** sun_path of sockaddr_un has 108 bytes with its end (unix(7)). */
  private static final int MAX_PATH = 107;

  private static final Set<String> FLAGS =
      Set.of("https", "h2", "redirect", "proxy-protocol", "trusted");
  private static final Set<String> OF_A_FILE = Set.of("mode", "owner", "group");

  private static final String KNOWN =
      "https, h2, redirect, proxy-protocol and trusted are known, for unix: also mode=, owner= and"
          + " group=";

  private final String entry;

  /** What stands behind the question mark: a name, and its value or null. */
  private final Map<String, @Nullable String> properties;

  private Listeners(String entry, @Nullable String properties) {
    this.entry = entry;
    this.properties = properties == null ? Map.of() : properties(properties);
  }

  /**
   * Reads a list.
   *
   * @throws IllegalArgumentException if an entry makes no sense, or two are for the same address
   */
  static List<Listener> parse(String text) {
    List<Listener> all = new ArrayList<>();
    Set<String> addresses = new HashSet<>();
    for (String entry : text.trim().split("\\s+", -1)) {
      Listener listener = parseEntry(entry);
      String address =
          listener.kind() + " " + listener.place() + " " + listener.port(); // http or https
      if (listener.port() != 0 && !addresses.add(address)) {
        throw bad(entry, "an earlier entry has the same address; remove one");
      }
      all.add(listener);
    }
    return List.copyOf(all);
  }

  private static Listener parseEntry(String entry) {
    int question = entry.indexOf('?');
    String address = question < 0 ? entry : entry.substring(0, question);
    Listeners reader = new Listeners(entry, question < 0 ? null : entry.substring(question + 1));
    if (address.startsWith("unix:")) {
      return reader.unix(address.substring("unix:".length()));
    }
    if (address.startsWith("fd:")) {
      return reader.descriptor(address.substring("fd:".length()));
    }
    Matcher tcp = TCP.matcher(address);
    if (!tcp.matches()) {
      throw bad(
          entry,
          "write for example http://127.0.0.1:8008, https://[::]:443, unix:/run/gateway.sock or"
              + " fd:NAME");
    }
    return reader.tcp(tcp);
  }

  private Listener tcp(Matcher address) {
    String host = address.group(2);
    if (!Settings.isHost(host)) {
      throw bad("\"" + host + "\" is no host; write an IPv6 address in brackets");
    }
    if (!address.group(4).isEmpty()) {
      throw bad("only properties may follow the port, after a ?");
    }
    if (address.group(3) == null) {
      throw bad("a port is missing, for example :443");
    }
    int port = Integer.parseInt(address.group(3));
    if (port > 65_535) {
      throw bad("a port is at most 65535");
    }
    if (has("https")) {
      throw bad("the property https is for unix: and fd:; write https:// instead");
    }
    return listener(
        Listener.Kind.TCP,
        Listener.http(host, port).place(),
        port,
        address.group(1).equals("https"));
  }

  private Listener unix(String path) {
    if (!path.startsWith("/") || path.endsWith("/")) {
      throw bad("write the absolute path of a socket, for example unix:/run/gateway/http.sock");
    }
    if (path.getBytes(StandardCharsets.UTF_8).length > MAX_PATH) {
      throw bad("a socket's path has at most " + MAX_PATH + " bytes");
    }
    if (has("redirect")) {
      throw bad("redirect is not for unix:, as the proxy that connects there redirects itself");
    }
    return listener(Listener.Kind.UNIX, path, -1, has("https"));
  }

  private Listener descriptor(String name) {
    if (!NAME.matcher(name).matches()) {
      throw bad("write FileDescriptorName= of a systemd socket unit, for example fd:https");
    }
    return listener(Listener.Kind.DESCRIPTOR, name, -1, has("https"));
  }

  private Listener listener(Listener.Kind kind, String place, int port, boolean https) {
    if (https && has("redirect")) {
      throw bad("redirect leads to https, so only http takes it");
    }
    if (!https && has("h2")) {
      throw bad("HTTP/2 is agreed on in the handshake of TLS, so only https takes h2");
    }
    return new Listener(
        kind,
        place,
        port,
        https,
        has("h2"),
        has("redirect"),
        has("proxy-protocol"),
        has("trusted"),
        kind == Listener.Kind.UNIX ? file() : noFile());
  }

  private Listener.SocketFile file() {
    String mode = properties.get("mode");
    if (mode != null && !MODE.matcher(mode).matches()) {
      throw bad("mode= is an octal number, for example mode=0660");
    }
    return new Listener.SocketFile(
        mode == null ? Listener.SocketFile.DEFAULT.mode() : Integer.parseInt(mode, 8),
        account("owner"),
        account("group"));
  }

  private @Nullable String account(String name) {
    String account = properties.get(name);
    if (account != null && !ACCOUNT.matcher(account).matches()) {
      throw bad(name + "= is a name or a number, for example " + name + "=www-data");
    }
    return account;
  }

  private Listener.SocketFile noFile() {
    for (String name : OF_A_FILE) {
      if (has(name)) {
        throw bad(name + "= is for unix: only, as nothing else has a file");
      }
    }
    return Listener.SocketFile.DEFAULT;
  }

  private boolean has(String property) {
    return properties.containsKey(property);
  }

  private Map<String, @Nullable String> properties(String text) {
    Map<String, @Nullable String> found = new LinkedHashMap<>();
    for (String property : text.split("&", -1)) {
      int equals = property.indexOf('=');
      String name = equals < 0 ? property : property.substring(0, equals);
      if (!FLAGS.contains(name) && !OF_A_FILE.contains(name)) {
        throw bad("unknown property \"" + name + "\"; " + KNOWN);
      }
      if (FLAGS.contains(name) && equals >= 0) {
        throw bad("the property " + name + " takes no value");
      }
      if (OF_A_FILE.contains(name) && equals < 0) {
        throw bad("the property " + name + " takes a value: " + name + "=..");
      }
      if (found.containsKey(name)) {
        throw bad("the property " + name + " is there twice; remove one");
      }
      found.put(name, equals < 0 ? null : property.substring(equals + 1));
    }
    return found;
  }

  private IllegalArgumentException bad(String why) {
    return bad(entry, why);
  }

  private static IllegalArgumentException bad(String entry, String why) {
    return new IllegalArgumentException(Setting.LISTEN.key() + " = \"" + entry + "\": " + why);
  }

  /**
   * The listeners that settings name: {@code gateway.listen}, whose first entry is {@code
   * gateway.host} and {@code gateway.port}. What has its default counts as not given.
   *
   * @throws ConfigurationException if both are given and contradict each other
   */
  static List<Listener> of(String listen, String host, int port) {
    boolean hostGiven = !host.equals(Setting.HOST.defaultValue());
    boolean portGiven = port != Integer.parseInt(Setting.PORT.defaultValue());
    if (listen.equals(Setting.LISTEN.defaultValue())) {
      return List.of(Listener.http(host, port));
    }
    List<Listener> all = parse(listen);
    Listener first = all.get(0);
    Listener other = Listener.http(host, port);
    boolean sameHost =
        first.place().equalsIgnoreCase(other.place())
            || first.isForAllAddresses() && other.isForAllAddresses();
    if (hostGiven && !sameHost) {
      throw contradiction(first, Setting.HOST, host);
    }
    if (portGiven && first.port() != port) {
      throw contradiction(first, Setting.PORT, Integer.toString(port));
    }
    return all;
  }

  private static ConfigurationException contradiction(
      Listener first, Setting setting, String value) {
    return ConfigurationException.of(
        Fault.of(
            Code.CONTRADICTING_SETTINGS,
            setting.key(),
            "%s begins with %s, but %s = %s; remove %s, as gateway.listen has it too"
                .formatted(
                    Setting.LISTEN.key(), first.name(), setting.key(), value, setting.key())));
  }
}
