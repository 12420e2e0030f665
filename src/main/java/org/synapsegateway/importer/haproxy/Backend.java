// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.haproxy;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who HAProxy sends requests to.
 *
 * @param where file and line of its section
 * @param servers those that take requests: {@code host:port}, {@code unix:/path}, or the name of
 *     SRV records
 * @param balance how it chooses among them, in HAProxy's words
 * @param serverTimeout how long it waits for a reply, in milliseconds; 0 if it does not say
 */
public record Backend(
    String name, String where, List<String> servers, String balance, long serverTimeout) {
  static Backend of(Section section) {
    List<String> servers =
        Stream.concat(section.all("server"), section.all("server-template"))
            .filter(line -> !line.words().contains("backup") && !line.words().contains("disabled"))
            .map(line -> server(line.word(line.keyword().equals("server") ? 2 : 3)))
            .distinct()
            .toList();
    return new Backend(
        section.name(),
        section.head().toString(),
        servers,
        section
            .last("balance")
            .map(line -> String.join(" ", line.words()))
            .orElse("balance roundrobin"),
        section.last("timeout", "server").map(line -> milliseconds(line.word(2))).orElse(0L));
  }

  /** In the words that nginx has for it, which those of the routes are. */
  private static String server(String address) {
    String plain = address.replaceFirst("^(ipv4|ipv6)@", "");
    return plain.startsWith("/") || plain.startsWith("unix@")
        ? "unix:" + plain.replaceFirst("^unix@", "")
        : plain;
  }

  private static long milliseconds(String time) {
    Optional<String> unit =
        Optional.of(time.replaceFirst("^\\d+", "")).filter(each -> !each.isEmpty());
    String digits = time.replaceFirst("\\D.*", "");
    if (!digits.matches("\\d{1,9}")) {
      return 0;
    }
    return Long.parseLong(digits)
        * switch (unit.orElse("ms")) {
          case "s" -> 1000L;
          case "m" -> 60_000L;
          case "h" -> 3_600_000L;
          case "d" -> 86_400_000L;
          default -> 1L;
        };
  }
}
