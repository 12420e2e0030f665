// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names that the management port answers to.
 *
 * <p>A web page can have its own name resolve to 127.0.0.1, and its script then reads what stands
 * there (DNS rebinding). The browser still sends the page's name in Host, and so it is refused.
 * Immutable.
 */
public final class HostNames {
  private final Set<String> names = new TreeSet<>();

  /**
   * @param names separated by blanks or commas
   */
  public HostNames(String names) {
    Arrays.stream(names.trim().split("[\\s,]+"))
        .filter(name -> !name.isEmpty())
        .map(HostNames::plain)
        .forEach(this.names::add);
    this.names.add("localhost");
  }

  /**
   * Whether a Host field names this port: by a name of the list, a loopback address, or the address
   * that the client has connected to.
   */
  boolean has(String host, InetAddress local) {
    String name = plain(withoutPort(host));
    if (names.contains(name)) {
      return true;
    }
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(name);
    if (bytes == null) {
      return false;
    }
    InetAddress address = NetUtil.createInetAddressFromIpAddressString(name);
    return address.isLoopbackAddress() || address.equals(local);
  }

  private static String withoutPort(String host) {
    return host.replaceFirst(":\\d*$", "");
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceFirst("^\\[(.*)]$", "$1").replaceFirst("\\.$", "");
  }
}
