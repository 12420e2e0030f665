// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.synapsegateway.settings.Settings;

/**
 * The management ports of several gateways: those of all addresses that the names have, as a
 * headless Service of Kubernetes has one for each of its pods.
 */
final class Gateways {
  private static final Pattern PLACE =
      Pattern.compile("(?:http://)?(\\[[^]]+]|[^:/\\[\\]]+):(\\d{1,5})/?");

  private Gateways() {}

  /** Whether a text may name a gateway's management port. */
  static boolean isPlace(String text) {
    return PLACE.matcher(text).matches();
  }

  /**
   * The gateways by their addresses.
   *
   * @param places {@code host:port} each, maybe with {@code http://} before it
   * @throws IllegalArgumentException if one of them is something else
   * @throws IOException if a name has no address
   */
  static Map<String, ManagementClient> at(List<String> places) throws IOException {
    Map<String, ManagementClient> gateways = new LinkedHashMap<>();
    for (String place : places) {
      Matcher matcher = PLACE.matcher(place);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "\"" + place + "\" is no gateway's management port; write for example gw-0:9464");
      }
      for (InetAddress address : addresses(matcher.group(1))) {
        String at = Settings.inUrl(address.getHostAddress()) + ":" + matcher.group(2);
        gateways.putIfAbsent(at, ManagementClient.at(at));
      }
    }
    return gateways;
  }

  private static List<InetAddress> addresses(String host) throws IOException {
    try {
      InetAddress[] addresses = InetAddress.getAllByName(host);
      Arrays.sort(
          addresses, Comparator.comparing(InetAddress::getAddress, Arrays::compareUnsigned));
      return List.of(addresses);
    } catch (UnknownHostException e) {
      throw new IOException("No address of " + host + " is known", e);
    }
  }
}
