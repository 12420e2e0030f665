// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.zip.CRC32;

/**
 * The ring of nginx's {@code hash ... consistent}: each member has points on a circle of 32-bit
 * hashes, and a key belongs to the member of the first point at or after the key's own hash.
 *
 * <p>Bit-exact with src/http/modules/ngx_http_upstream_hash_module.c, so that a site that moves
 * from nginx keeps each user on the same worker. Made from the members' names alone: their order
 * does not matter. Immutable.
 */
public final class HashRing {
  /** The points that nginx gives a member for each unit of its weight. */
  public static final int NGINX_POINTS = 160;

  /** An upper bound, so that a typo in a weight cannot exhaust the memory. */
  private static final long MAX_POINTS = 4_000_000;

  /**
   * A member of a ring.
   *
   * @param name the text that nginx has in {@code server}, for instance {@code unix:/run/w.sock}
   * @param weight its share; at least 1
   */
  public record Member(String name, int weight) {}

  private static final long ALL_HASHES = 1L << 32;

  private record Point(int hash, String name, int member) {}

  /** The points' hashes in ascending unsigned order, and the member of each. */
  private final int[] hashes;

  private final int[] members;
  private final int memberCount;

  /**
   * For each value of the upper bits of a hash, the first point that may be at or after such a
   * hash.
   */
  private final int[] firstOf;

  private final int shift;

  /**
   * Makes a ring.
   *
   * @param ringMembers none for a ring without points, which no key may be looked up in
   * @param pointsPerWeight {@link #NGINX_POINTS} for nginx's ring; more give evener shares
   * @throws IllegalArgumentException if it would have no points, or more than four million
   */
  public HashRing(List<Member> ringMembers, int pointsPerWeight) {
    checkSize(ringMembers, pointsPerWeight);
    memberCount = ringMembers.size();
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < ringMembers.size(); i++) {
      addPoints(points, ringMembers.get(i), i, pointsPerWeight);
    }
    // among equal hashes the name decides; in nginx the order of the configuration may
    points.sort(
        Comparator.comparingLong((Point point) -> Integer.toUnsignedLong(point.hash))
            .thenComparing(Point::name));
    List<Point> distinct = new ArrayList<>();
    for (Point point : points) {
      if (distinct.isEmpty() || distinct.get(distinct.size() - 1).hash != point.hash) {
        distinct.add(point);
      }
    }
    hashes = distinct.stream().mapToInt(Point::hash).toArray();
    members = distinct.stream().mapToInt(Point::member).toArray();
    int bits = 32 - Integer.numberOfLeadingZeros(Math.max(hashes.length, 2) - 1);
    shift = 32 - bits;
    firstOf = new int[1 << bits];
    int point = 0;
    for (int bucket = 0; bucket < firstOf.length; bucket++) {
      while (point < hashes.length && (hashes[point] >>> shift) < bucket) {
        point++;
      }
      firstOf[bucket] = point;
    }
  }

  /**
   * @throws IllegalArgumentException if a ring would have no points
   */
  static void check(int pointsPerWeight) {
    if (pointsPerWeight < 1) {
      throw new IllegalArgumentException(
          "points: " + pointsPerWeight + " is too few; the least is 1");
    }
  }

  private static void checkSize(List<Member> members, int pointsPerWeight) {
    check(pointsPerWeight);
    long weights = members.stream().mapToLong(Member::weight).sum();
    if (weights > MAX_POINTS / pointsPerWeight) {
      throw new IllegalArgumentException(
          "weights of "
              + weights
              + " in all, with "
              + pointsPerWeight
              + " points each, are more than "
              + MAX_POINTS
              + " points; make the weights smaller");
    }
  }

  private static void addPoints(List<Point> points, Member member, int index, int pointsPerWeight) {
    byte[] prefix = prefix(member.name());
    CRC32 crc = new CRC32();
    int previous = 0;
    for (int i = 0; i < member.weight() * pointsPerWeight; i++) {
      crc.reset();
      crc.update(prefix);
      crc.update(previous);
      crc.update(previous >>> 8);
      crc.update(previous >>> 16);
      crc.update(previous >>> 24);
      previous = (int) crc.getValue();
      points.add(new Point(previous, member.name(), index));
    }
  }

  /** What nginx hashes of a name: host, NUL, port; of a UNIX socket the path, NUL. */
  private static byte[] prefix(String name) {
    String host = name;
    String port = "";
    if (name.regionMatches(true, 0, "unix:", 0, 5)) {
      host = name.substring(5);
    } else {
      int colon = name.length() - 1;
      while (colon >= 0 && isDigit(name.charAt(colon))) {
        colon--;
      }
      if (colon >= 0 && name.charAt(colon) == ':') {
        host = name.substring(0, colon);
        port = name.substring(colon + 1);
      }
    }
    return (host + '\0' + port).getBytes(StandardCharsets.UTF_8);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** The number of points. */
  public int size() {
    return hashes.length;
  }

  /** The first point whose hash is at or after this one; 0 after the last. */
  public int pointFor(int hash) {
    int point = firstOf[hash >>> shift];
    while (point < hashes.length && Integer.compareUnsigned(hashes[point], hash) < 0) {
      point++;
    }
    return point < hashes.length ? point : 0;
  }

  /** The point after this one. */
  public int next(int point) {
    return point + 1 < hashes.length ? point + 1 : 0;
  }

  /** The index of the member that a point belongs to, in the list that the ring was made of. */
  public int memberAt(int point) {
    return members[point];
  }

  /** The hash of a point. */
  public int hashAt(int point) {
    return hashes[point];
  }

  /**
   * The share of all keys that each member has, by its place in the list; the keys of a drained
   * member count for the next one on the ring.
   */
  public double[] shares(IntPredicate drained) {
    double[] shares = new double[memberCount];
    for (int point = 0; point < hashes.length; point++) {
      int before = hashes[point == 0 ? hashes.length - 1 : point - 1];
      long arc = hashes.length == 1 ? ALL_HASHES : Integer.toUnsignedLong(hashes[point] - before);
      int end = point;
      for (int passed = 0; drained.test(members[end]) && passed < hashes.length; passed++) {
        end = next(end);
      }
      shares[members[end]] += (double) arc / ALL_HASHES;
    }
    return shares;
  }

  /** The hash of a key: its CRC-32. */
  public static int hash(byte[] bytes, int start, int end) {
    CRC32 crc = new CRC32();
    crc.update(bytes, start, end - start);
    return (int) crc.getValue();
  }
}
