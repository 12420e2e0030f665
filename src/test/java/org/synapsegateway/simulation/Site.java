// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.simulation;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.synapsegateway.loadbalance.HashRing;
import org.synapsegateway.loadbalance.HashRing.Member;

/** The users of a large site, and the names of its workers. */
final class Site {
  static final int USERS = 1_000_000;
  static final int WORKERS = 200;

  /** Users by the hash of their key, which is that of a token {@code syt_<localpart>_..}. */
  private static final int[] HASHES = IntStream.range(0, USERS).map(Site::hash).toArray();

  private Site() {}

  private static int hash(int user) {
    byte[] localpart = ("user" + user).getBytes(US_ASCII);
    byte[] key = Base64.getEncoder().withoutPadding().encode(localpart);
    return HashRing.hash(key, 0, key.length);
  }

  /** The pods of a StatefulSet, from one number to before another. */
  static List<Member> pods(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(pod -> new Member("synapse-sync-%d.synapse-sync:8008".formatted(pod), 1))
        .toList();
  }

  /** The same as their addresses: each start of a pod gives it the next one. */
  static Member address(int start) {
    return new Member("10.%d.%d.%d:8008".formatted(start >> 16, start >> 8 & 255, start & 255), 1);
  }

  /** Where each user goes, as the place of a worker in a list. */
  static int[] owners(List<Member> workers) {
    HashRing ring = new HashRing(workers, HashRing.NGINX_POINTS);
    return IntStream.range(0, USERS)
        .map(user -> ring.memberAt(ring.pointFor(HASHES[user])))
        .toArray();
  }

  /** The share of the users who go to workers of two names. */
  static double differing(List<Member> one, List<Member> other) {
    int[] before = owners(one);
    int[] after = owners(other);
    return (double)
            IntStream.range(0, USERS)
                .filter(user -> !one.get(before[user]).equals(other.get(after[user])))
                .count()
        / USERS;
  }

  /** What is in one of two lists only. */
  static Set<Member> changed(List<Member> before, List<Member> after) {
    Set<Member> either = new HashSet<>(before);
    either.addAll(after);
    either.removeIf(member -> before.contains(member) && after.contains(member));
    return either;
  }
}
