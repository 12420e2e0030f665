// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The shares that members have of a ring's keys, and what moves between them when the members
 * change: not counted with some keys, but measured on the arcs between the points.
 */
public final class RingChange {
  private static final long ALL_HASHES = 1L << 32;

  /**
   * The member that keys leave, and the one that they move to; the same member twice if they stay.
   */
  public record Move(String from, String to) {
    public boolean stays() {
      return from.equals(to);
    }
  }

  private RingChange() {}

  /**
   * The share of all keys, above 0 and up to 1, that makes each move when the members of a ring
   * change.
   *
   * @param points for each unit of a member's weight
   * @throws IllegalArgumentException if there is no ring of one of the lists; see {@link HashRing}
   */
  public static SortedMap<Move, Double> of(
      List<HashRing.Member> before, List<HashRing.Member> after, int points) {
    HashRing one = new HashRing(before, points);
    HashRing other = new HashRing(after, points);
    SortedMap<Move, Double> shares =
        new TreeMap<>(Comparator.comparing(Move::from).thenComparing(Move::to));
    int[] ends = ends(one, other);
    int begin = ends[ends.length - 1];
    for (int end : ends) {
      // between two neighbours of the points of both rings, each ring has one owner
      Move move = new Move(owner(one, before, end), owner(other, after, end));
      long length = ends.length == 1 ? ALL_HASHES : Integer.toUnsignedLong(end - begin);
      shares.merge(move, (double) length / ALL_HASHES, Double::sum);
      begin = end;
    }
    return shares;
  }

  /** The hashes of all points of both rings, in ascending unsigned order. */
  private static int[] ends(HashRing one, HashRing other) {
    return IntStream.concat(hashes(one), hashes(other))
        .boxed()
        .distinct()
        .sorted(Integer::compareUnsigned)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static IntStream hashes(HashRing ring) {
    return IntStream.range(0, ring.size()).map(ring::hashAt);
  }

  private static String owner(HashRing ring, List<HashRing.Member> members, int hash) {
    return members.get(ring.memberAt(ring.pointFor(hash))).name();
  }
}
