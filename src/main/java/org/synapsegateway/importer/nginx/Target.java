// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who nginx sends requests to: an upstream block, or an address.
 *
 * @param name the upstream's name, or the address
 * @param place where it stands; null for an address
 * @param balance how the upstream chooses among its servers
 * @param by the expression that it hashes; null if it hashes none
 * @param options what its servers have beside a weight, for people
 */
public record Target(
    String name,
    @Nullable Place place,
    Balance balance,
    @Nullable String by,
    List<Peer> servers,
    List<String> options) {
  /** What the routes do otherwise; {@code max_fails=0} is what they do. */
  private static final Pattern OPTIONS =
      Pattern.compile("(backup|down|max_conns=|max_fails=(?!0$)|fail_timeout=|slow_start=).*");

  /** How a server is chosen. */
  public enum Balance {
    ROUND_ROBIN,
    CONSISTENT_HASH,
    HASH,
    IP_HASH,
    LEAST_CONN,
    RANDOM
  }

  /**
   * A server of an upstream.
   *
   * @param name as it is written, which is what a consistent hash goes by
   * @param isSpare whether it is down, or a backup
   */
  public record Peer(String name, int weight, boolean isSpare) {}

  /** Whether it is an address, and no upstream. */
  public boolean isAddress() {
    return place == null;
  }

  /** Where its upstream block stands; its name if it is an address. */
  public Object where() {
    return place == null ? name : place;
  }

  /** An address by itself. */
  public static Target address(String authority) {
    return new Target(
        authority,
        null,
        Balance.ROUND_ROBIN,
        null,
        List.of(new Peer(authority, 1, false)),
        List.of());
  }

  static Target of(Directive block) {
    List<Peer> peers = block.all("server").map(Target::peer).toList();
    Directive hash = block.all("hash").findFirst().orElse(null);
    Balance balance =
        hash != null
            ? hash.arguments().contains("consistent") ? Balance.CONSISTENT_HASH : Balance.HASH
            : has(block, "ip_hash")
                ? Balance.IP_HASH
                : has(block, "least_conn")
                    ? Balance.LEAST_CONN
                    : has(block, "random") ? Balance.RANDOM : Balance.ROUND_ROBIN;
    return new Target(
        block.argument(0),
        block.place(),
        balance,
        hash == null ? null : hash.argument(0),
        peers,
        options(block));
  }

  private static List<String> options(Directive block) {
    return block
        .all("server")
        .flatMap(server -> server.arguments().stream().skip(1))
        .filter(argument -> OPTIONS.matcher(argument).matches())
        .distinct()
        .toList();
  }

  private static boolean has(Directive block, String name) {
    return block.all(name).findFirst().isPresent();
  }

  private static Peer peer(Directive server) {
    int weight = 1;
    boolean spare = false;
    for (String argument : server.arguments()) {
      if (argument.startsWith("weight=")) {
        weight = number(server, argument.substring("weight=".length()));
      }
      spare |= argument.equals("backup") || argument.equals("down");
    }
    if (server.arguments().isEmpty()) {
      throw server.place().bad("a server without an address");
    }
    return new Peer(server.argument(0), weight, spare);
  }

  private static int number(Directive server, String digits) {
    if (!digits.matches("[1-9]\\d{0,5}")) {
      throw server.place().bad("weight=" + digits + " is no number");
    }
    return Integer.parseInt(digits);
  }
}
