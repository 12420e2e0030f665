// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exporter;

import java.util.List;
import java.util.stream.Stream;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * How nginx finds the client of a request that a trusted proxy passes on, with its realip module.
 * Where the gateway does not know the client, nginx refuses the private paths too.
 */
final class ForwardedClients {
  /** Whether somebody is forwarded for, and nginx does not know who. */
  static final String UNKNOWN = "$unknown_client";

  /** The client's scheme, as far as it is said; else none. */
  static final String SCHEME = "$client_scheme";

  private static final String MAPS =
      """
        # a client that another names, or that nobody names though somebody passes it on
        map "$realip_remote_addr $remote_addr" $unnamed_client {
          default "";
          "~^([^ ]+) \\1$" $http_x_forwarded_for$http_forwarded$http_via$http_x_real_ip;
        }
        map $unnamed_client $unknown_client {
          default 1;
          "" 0;
        }
        map "$from_trusted_proxy:$http_x_forwarded_proto:$http_x_forwarded_for" $client_scheme {
          default $scheme;
          "~*^1:([^:]*,)?[ ]*https[ ,]*:" https;
          "~^1:[^:]*[^: ,]" http;
          "~^1:[ ,]*:." "";
        }
      """;

  private ForwardedClients() {}

  /** Writes what stands before the servers. */
  static void print(StringBuilder to, Settings settings) {
    List<String> trusted = networks(settings.text(Setting.TRUSTED_PROXIES)).toList();
    trusted.forEach(proxy -> to.append("  set_real_ip_from ").append(proxy).append(";\n"));
    to.append("  real_ip_header X-Forwarded-For;\n  real_ip_recursive on;\n");
    to.append("  geo $realip_remote_addr $from_trusted_proxy {\n    default 0;\n");
    trusted.stream()
        .filter(proxy -> !proxy.equals("unix:"))
        .forEach(proxy -> to.append("    ").append(proxy).append(" 1;\n"));
    to.append("  }\n").append(MAPS);
  }

  /** The members of a list of addresses and networks. */
  static Stream<String> networks(String list) {
    return Stream.of(list.split("[\\s,]+", -1)).filter(member -> !member.isEmpty());
  }
}
