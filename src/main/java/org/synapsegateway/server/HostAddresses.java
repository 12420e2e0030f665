// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;

/** The addresses of this machine that the host of a listener stands for. */
final class HostAddresses {
  private static final Logger LOG = LoggerFactory.getLogger(HostAddresses.class);

  private HostAddresses() {}

  /**
   * All addresses of a name, because a client of that name tries one after the other: {@code
   * localhost} is ::1 for it as well as 127.0.0.1 (RFC 6761 section 6.3).
   */
  static List<InetAddress> of(String host, String keys) {
    List<String> names =
        host.equalsIgnoreCase("localhost") ? List.of("127.0.0.1", "::1") : List.of(host);
    List<InetAddress> all = new ArrayList<>();
    try {
      for (String name : names) {
        all.addAll(List.of(InetAddress.getAllByName(name)));
      }
    } catch (UnknownHostException e) {
      throw ConfigurationException.of(
          Fault.of(
              Code.CANNOT_LISTEN,
              host,
              "cannot listen on " + host + ": there is no such host (" + keys + ")"),
          e);
    }
    List<InetAddress> here = new ArrayList<>(all);
    here.removeIf(HostAddresses::isElsewhere);
    // of one alone the operating system says best why it cannot be listened on
    return here.isEmpty() ? all.subList(0, 1) : here;
  }

  private static boolean isElsewhere(InetAddress address) {
    try {
      return !address.isAnyLocalAddress() && NetworkInterface.getByInetAddress(address) == null;
    } catch (SocketException e) {
      LOG.debug("Is {} an address of this machine?", address, e);
      return false;
    }
  }
}
