// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.loadbalance.HashRing.Member;

/** The walk from member to member, against what a real nginx did. */
class RingWalkTest {
  private static final String SOCKET = "unix:/tmp/synapse-gateway-vectors/w%d.sock";

  private static boolean nobody(int member) {
    return false;
  }

  private static Member unix(int number, int weight) {
    return new Member(SOCKET.formatted(number), weight);
  }

  /** Asks for every row's key in turn, and compares the numbers of those asked until one lives. */
  private static void replay(String vectors, List<Member> members, Set<Integer> dead)
      throws IOException {
    HashRing ring = new HashRing(members, HashRing.NGINX_POINTS);
    SmoothRoundRobin turns =
        new SmoothRoundRobin(members.stream().mapToInt(Member::weight).toArray());
    List<Vectors.Row> rows = Vectors.read(vectors);

    assertThat(rows).hasSize(200);
    assertThat(rows)
        .allSatisfy(
            row ->
                assertThat(asked(new RingWalk(ring, turns, RingWalkTest::nobody), row, dead))
                    .isEqualTo(row.choice()));
  }

  private static String asked(RingWalk walk, Vectors.Row row, Set<Integer> dead) {
    List<String> asked = new ArrayList<>();
    int member = walk.first(Slice.of(row.key()));
    asked.add(String.valueOf(member + 1));
    while (dead.contains(member)) {
      member = walk.next();
      asked.add(String.valueOf(member + 1));
    }
    return String.join(" ", asked);
  }

  @Test
  void weightsShareAsInNginx() throws IOException {
    replay("nginx-hash-weighted", List.of(unix(1, 3), unix(2, 1)), Set.of());
  }

  @Test
  void hostsWithPortsShareAsInNginx() throws IOException {
    replay(
        "nginx-hash-tcp",
        List.of(
            new Member("127.0.0.1:48011", 1),
            new Member("127.0.0.1:48012", 2),
            new Member("127.0.0.1:48013", 1)),
        Set.of());
  }

  @Test
  void workersOfAllKindsShareAsInNginx() throws IOException {
    replay(
        "nginx-hash-mixed",
        List.of(
            unix(1, 1),
            new Member("127.0.0.1:48011", 1),
            new Member("localhost:48014", 1),
            new Member("127.0.48.15", 1), // without port, as the target of an SRV record
            unix(2, 2)),
        Set.of());
  }

  @Test
  void amongManyDeadTheNextIsFoundAsInNginxOnTheRingAndThenInTurn() throws IOException {
    List<Member> members = new ArrayList<>();
    Set<Integer> dead = new HashSet<>();
    members.add(unix(1, 1));
    for (int i = 1; i < 11; i++) {
      members.add(unix(i + 2, 1 + i % 3));
      dead.add(i);
    }
    replay("nginx-hash-mostly-dead", members, dead);
  }

  @Test
  void everyMemberIsTriedOnceAndThenNoneIsLeft() {
    List<Member> members = List.of(unix(1, 1), unix(2, 1), unix(3, 1));
    HashRing ring = new HashRing(members, HashRing.NGINX_POINTS);
    for (String key : List.of("", "a", "b", "c")) {
      RingWalk walk = new RingWalk(ring, new SmoothRoundRobin(1, 1, 1), RingWalkTest::nobody);
      assertThat(List.of(walk.first(Slice.of(key)), walk.next(), walk.next()))
          .containsExactlyInAnyOrder(0, 1, 2);
      assertThat(walk.next()).isEqualTo(-1);
    }
  }

  @Test
  void aSingleMemberIsTriedOnce() {
    RingWalk walk =
        new RingWalk(
            new HashRing(List.of(unix(1, 1)), HashRing.NGINX_POINTS),
            new SmoothRoundRobin(1),
            RingWalkTest::nobody);

    assertThat(walk.first(Slice.EMPTY)).isZero();
    assertThat(walk.next()).isEqualTo(-1);
  }

  @Test
  void aDrainedMemberIsPassedOverAsOneThatIsDead() {
    HashRing ring = new HashRing(List.of(unix(1, 1), unix(2, 1), unix(3, 1)), 160);
    for (int i = 0; i < 200; i++) {
      Slice key = Slice.of("key" + i);
      RingWalk dead = new RingWalk(ring, new SmoothRoundRobin(1, 1, 1), RingWalkTest::nobody);
      RingWalk drained = new RingWalk(ring, new SmoothRoundRobin(1, 1, 1), member -> member == 1);

      int survivor = dead.first(key) == 1 ? dead.next() : dead.member();
      assertThat(drained.first(key)).isEqualTo(survivor).isNotEqualTo(1);
      assertThat(drained.next()).isEqualTo(2 - survivor);
      assertThat(drained.next()).isEqualTo(-1);
      assertThat(drained.nextDrained()).isEqualTo(1);
      assertThat(drained.next()).isEqualTo(-1);
      assertThat(drained.nextDrained()).isEqualTo(-1);
    }
  }

  @Test
  void whenAllAreDrainedItKnowsWhereItWouldHaveGone() {
    HashRing ring = new HashRing(List.of(unix(1, 1), unix(2, 1)), 160);
    for (String key : List.of("a", "b", "c")) {
      RingWalk all = new RingWalk(ring, new SmoothRoundRobin(1, 1), member -> true);
      assertThat(all.first(Slice.of(key))).isEqualTo(-1);
      int home =
          new RingWalk(ring, new SmoothRoundRobin(1, 1), RingWalkTest::nobody).first(Slice.of(key));
      assertThat(all.nextDrained()).isEqualTo(home);
      assertThat(all.next()).isEqualTo(-1);
      assertThat(all.nextDrained()).isEqualTo(1 - home);
      assertThat(all.next()).isEqualTo(-1);
      assertThat(all.nextDrained()).isEqualTo(-1);
    }
  }

  @Test
  void noRoomIsSoughtAtADrainedMember() {
    HashRing ring = new HashRing(List.of(unix(1, 1), unix(2, 1), unix(3, 1)), 160);
    IntPredicate first = member -> member == 0;
    BoundedLoad load = new BoundedLoad(1, first, 1, 1, 1);
    int[] requests = new int[3];
    for (int i = 0; i < 100; i++) {
      RingWalk walk = new RingWalk(ring, new SmoothRoundRobin(1, 1, 1), first);
      int member = walk.firstWithRoom(Slice.of("key" + i), load);
      load.begin(member, 1);
      requests[member]++;
    }
    // an even load among those that are left
    assertThat(requests).containsExactly(0, 50, 50);
  }
}
