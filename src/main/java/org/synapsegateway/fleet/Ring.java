// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.synapsegateway.loadbalance.ConsistentHash;
import org.synapsegateway.loadbalance.HashRing.Member;

/**
 * The data that decides which worker each key of a group goes to; gateways with equal rings agree.
 * Whether a worker is down or drained does not belong to it. Immutable.
 *
 * @param group its group's name; followed by (2) for the second block of the group's route
 * @param by what kind of key it is
 * @param points for each unit of a member's weight
 * @param digest the same wherever the rest is the same, in whatever order the members are
 */
public record Ring(String group, String by, int points, String digest, List<Member> members) {
  /** What the points are made by: nginx's {@code hash .. consistent}. */
  private static final String ALGORITHM = "crc32";

  private static final int DIGITS = 8;

  /** The ring of a group whose members are in any order. */
  static Ring of(String group, String by, int points, List<Member> members) {
    List<Member> sorted = members.stream().sorted(Comparator.comparing(Member::name)).toList();
    StringBuilder text = new StringBuilder(ALGORITHM + "\n" + by + "\n" + points + "\n");
    sorted.forEach(
        member -> text.append(member.name()).append(' ').append(member.weight()).append('\n'));
    return new Ring(group, by, points, digest(text.toString()), sorted);
  }

  /** The rings of a fleet, each of which has a name of its own. */
  public static List<Ring> of(Fleet fleet) {
    List<Ring> rings = new ArrayList<>();
    Map<String, Integer> blocks = new HashMap<>();
    for (Group group : fleet.groups()) {
      ConsistentHash block = group.block();
      if (block != null) {
        int number = blocks.merge(group.name(), 1, Integer::sum);
        String name = number == 1 ? group.name() : group.name() + " (" + number + ")";
        rings.add(of(name, block.getKey(), block.getPoints(), group.members()));
      }
    }
    return rings;
  }

  /** Whether it belongs to the group of this name. */
  public boolean isOf(String name) {
    return group.equals(name) || group.startsWith(name + " (");
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // each Java has it
    }
  }
}
