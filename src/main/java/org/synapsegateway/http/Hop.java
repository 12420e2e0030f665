// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import java.net.InetAddress;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.net.AddressSet;

/**
 * The name that a proxy gives its peer: an address in one of the forms that proxies write, or one
 * of their ways to say nothing.
 *
 * <p>{@code 192.0.2.7}, {@code 192.0.2.7:4711}, {@code 2001:db8::1}, {@code [2001:db8::1]:4711},
 * {@code fe80::1%eth0}, each perhaps in quotes. A port may be hidden as RFC 7239 section 6 has it;
 * ports and zones mean nothing here and are left away.
 */
public final class Hop {
  private static final Pattern PORT = Pattern.compile("\\d{1,5}|_[\\w.-]+");

  private static final int HIGHEST_PORT = 65_535;

  private Hop() {}

  /** The address, or null if it is none. */
  public static @Nullable InetAddress address(String name) {
    String node = unquoted(name);
    if (node.startsWith("[")) {
      int end = node.indexOf(']');
      return end > 0 && isPort(node.substring(end + 1)) ? ipv6(node.substring(1, end)) : null;
    }
    int colon = node.indexOf(':');
    if (colon >= 0 && node.indexOf(':', colon + 1) >= 0) {
      return ipv6(node);
    }
    int end = colon < 0 ? node.length() : colon;
    return isPort(node.substring(end)) ? AddressSet.numeric(node.substring(0, end)) : null;
  }

  /** Why it is no address. */
  static String flaw(String name) {
    String node = unquoted(name);
    if (node.equalsIgnoreCase("unknown")) {
      return "says \"unknown\"";
    }
    if (node.startsWith("unix:")) {
      return "says \"unix:\", as nginx does where it listens on a UNIX socket itself";
    }
    return node.startsWith("_")
        ? "has a hidden name, one that begins with _"
        : "has something that is not an IP address";
  }

  private static @Nullable InetAddress ipv6(String text) {
    int zone = text.indexOf('%');
    String address = zone < 0 || zone == text.length() - 1 ? text : text.substring(0, zone);
    return address.indexOf(':') < 0 ? null : AddressSet.numeric(address);
  }

  /** Whether nothing or a colon and a port is left. */
  private static boolean isPort(String rest) {
    if (rest.isEmpty()) {
      return true;
    }
    String port = rest.substring(1);
    return rest.charAt(0) == ':'
        && PORT.matcher(port).matches()
        && (port.startsWith("_") || Integer.parseInt(port) <= HIGHEST_PORT);
  }

  private static String unquoted(String name) {
    boolean quoted = name.length() > 1 && name.startsWith("\"") && name.endsWith("\"");
    return quoted ? name.substring(1, name.length() - 1) : name;
  }
}
