// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.loadbalance.HashRing.Member;
import org.synapsegateway.worker.WorkerAddress;

class HashRingTest {
  private static final String PREFIX = "unix:/run/matrix-synapse/inbound_normal_sync";

  private static List<Member> syncWorkers() {
    return List.of(
        new Member(PREFIX + "1.sock", 1),
        new Member(PREFIX + "2.sock", 1),
        new Member(PREFIX + "3.sock", 1));
  }

  private static int memberOf(HashRing ring, String key) {
    byte[] bytes = key.getBytes(UTF_8);
    return ring.memberAt(ring.pointFor(HashRing.hash(bytes, 0, bytes.length)));
  }

  @Test
  void everyKeyOfTheVectorsGoesWhereNginxSendsIt() throws IOException {
    HashRing ring = new HashRing(syncWorkers(), HashRing.NGINX_POINTS);
    List<Vectors.Row> rows = Vectors.read("nginx-hash-three-unix-workers");

    assertThat(rows).hasSize(168);
    assertThat(rows)
        .allSatisfy(
            row ->
                assertThat(syncWorkers().get(memberOf(ring, row.key())).name())
                    .isEqualTo(row.choice()));
  }

  /**
   * The vectors are what nginx 1.22.1 does with these servers and {@code hash $arg_key consistent}.
   */
  @Test
  void workersOnPortsAndSocketsAreOneRingAsInNginx() throws IOException {
    List<Member> members =
        List.of(
            new Member("tcp:127.0.0.1:28083", 1),
            new Member("tcp:Localhost:28084", 1),
            new Member("tcp:[::1]:28085", 2),
            new Member("unix:/tmp/inbound_sync9.sock", 3));
    HashRing ring =
        new HashRing(
            members.stream()
                .map(member -> new Member(WorkerAddress.ringText(member.name()), member.weight()))
                .toList(),
            HashRing.NGINX_POINTS);

    assertThat(Vectors.read("nginx-hash-unix-and-tcp-workers"))
        .hasSize(300)
        .allSatisfy(
            row ->
                assertThat(members.get(memberOf(ring, row.key())).name()).isEqualTo(row.choice()));
  }

  @ParameterizedTest
  @CsvSource({
    "YWxpY2U, 0d2ba4f2, 2",
    "Ym9i, eda49301, 1",
    "Y2Fyb2w, cb5538e3, 2",
    "ZGF2ZQ, 33acecc8, 1",
    "alice, 278ebc47, 3",
    "Bearer mat_abc, 1b749e43, 1"
  })
  void knownKeysHaveTheirHashAndTheirWorker(String key, String hash, int worker) {
    HashRing ring = new HashRing(syncWorkers(), HashRing.NGINX_POINTS);

    assertThat(HashRing.hash(key.getBytes(UTF_8), 0, key.length()))
        .isEqualTo(Integer.parseUnsignedInt(hash, 16));
    assertThat(memberOf(ring, key) + 1).isEqualTo(worker);
  }

  @Test
  void theFirstAndLastPointsAreNginxs() {
    HashRing ring = new HashRing(syncWorkers(), HashRing.NGINX_POINTS);

    assertThat(ring.size()).isEqualTo(480);
    assertThat(points(ring, 0, 6))
        .containsExactly(
            "00e1fc51-3", "018d2552-2", "01aafdc2-1", "01fc19dc-1", "027c09ae-3", "03c5ee9e-3");
    assertThat(points(ring, 477, 480)).containsExactly("fd63c7ef-3", "feebbf86-2", "ff82cca8-3");
  }

  private static List<String> points(HashRing ring, int from, int to) {
    List<String> points = new ArrayList<>();
    for (int i = from; i < to; i++) {
      points.add("%08x-%d".formatted(ring.hashAt(i), ring.memberAt(i) + 1));
    }
    return points;
  }

  @Test
  void aKeyBehindTheLastPointBelongsToTheFirst() {
    HashRing ring = new HashRing(syncWorkers(), HashRing.NGINX_POINTS);

    assertThat(ring.pointFor(0xffffffff)).isZero();
    assertThat(ring.pointFor(0)).isZero();
    assertThat(ring.next(479)).isZero();
  }

  @Test
  void everyHashFindsTheFirstPointAtOrBehindIt() {
    HashRing ring = new HashRing(syncWorkers(), HashRing.NGINX_POINTS);
    for (int point = 0; point < ring.size(); point++) {
      int hash = ring.hashAt(point);
      assertThat(ring.pointFor(hash)).isEqualTo(point);
      assertThat(ring.pointFor(hash + 1)).isEqualTo(ring.next(point));
    }
  }

  @Test
  void theOrderOfTheMembersMovesNobody() {
    List<Member> reversed = new ArrayList<>(syncWorkers());
    Collections.reverse(reversed);
    HashRing one = new HashRing(syncWorkers(), HashRing.NGINX_POINTS);
    HashRing other = new HashRing(reversed, HashRing.NGINX_POINTS);

    for (int user = 0; user < 10_000; user++) {
      String key = "user" + user;
      assertThat(syncWorkers().get(memberOf(one, key)))
          .isEqualTo(reversed.get(memberOf(other, key)));
    }
  }

  @Test
  void sharesOfTenThousandUsersAreThoseOfTheNotes() {
    HashRing ring = new HashRing(syncWorkers(), HashRing.NGINX_POINTS);
    int[] users = new int[3];
    for (int user = 0; user < 10_000; user++) {
      users[memberOf(ring, "user" + user)]++;
    }
    assertThat(users).containsExactly(3267, 3253, 3480);
  }

  @ParameterizedTest
  @CsvSource({"160, 20", "4096, 6"})
  void eightWorkersShareTheUsersEvenly(int points, int percent) {
    HashRing ring = new HashRing(workers(8), points);
    int[] users = new int[8];
    for (int user = 0; user < 100_000; user++) {
      users[memberOf(ring, "user" + user)]++;
    }
    for (int share : users) {
      assertThat(share).isBetween(125 * (100 - percent), 125 * (100 + percent));
    }
  }

  @Test
  void aNewWorkerTakesItsShareAndMovesNobodyElse() {
    HashRing before = new HashRing(workers(8), HashRing.NGINX_POINTS);
    HashRing after = new HashRing(workers(9), HashRing.NGINX_POINTS);
    int moved = 0;
    for (int user = 0; user < 100_000; user++) {
      int from = memberOf(before, "user" + user);
      int to = memberOf(after, "user" + user);
      if (from != to) {
        assertThat(to).isEqualTo(8);
        moved++;
      }
    }
    assertThat(moved).isBetween(1, 100_000 / 9 + 2_000);
  }

  private static List<Member> workers(int count) {
    List<Member> workers = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      workers.add(new Member(PREFIX + i + ".sock", 1));
    }
    return workers;
  }

  @Test
  void weightGivesSoManyTimesThePoints() {
    HashRing ring =
        new HashRing(
            List.of(new Member(PREFIX + "1.sock", 3), new Member(PREFIX + "2.sock", 1)),
            HashRing.NGINX_POINTS);

    assertThat(ring.size()).isEqualTo(640);
  }

  @ParameterizedTest
  @CsvSource({"10.0.0.1:8008, 10.0.0.1, 8008", "host, host, ''", "UNIX:/a:1, /a:1, ''"})
  void namesAreSplitAsNginxSplitsThem(String name, String host, String port) {
    CRC32 crc = new CRC32();
    crc.update((host + '\0' + port).getBytes(UTF_8));
    crc.update(new byte[4]);
    HashRing ring = new HashRing(List.of(new Member(name, 1)), 1);

    assertThat(ring.hashAt(0)).isEqualTo((int) crc.getValue());
  }

  @Test
  void theOrderOfTheMembersDoesNotDecideBetweenEqualHashes() {
    // of both names the same bytes are hashed
    List<Member> members = List.of(new Member("unix:/a", 1), new Member("/a", 1));
    List<Member> reversed = List.of(members.get(1), members.get(0));
    HashRing one = new HashRing(members, HashRing.NGINX_POINTS);
    HashRing other = new HashRing(reversed, HashRing.NGINX_POINTS);

    assertThat(one.size()).isEqualTo(160);
    assertThat(other.size()).isEqualTo(160);
    assertThat(members.get(memberOf(one, "k"))).isEqualTo(reversed.get(memberOf(other, "k")));
  }

  @Test
  void aRingThatWouldTakeTheMemoryIsRefused() {
    List<Member> members = List.of(new Member("unix:/a", Integer.MAX_VALUE));

    assertThatThrownBy(() -> new HashRing(members, HashRing.NGINX_POINTS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "weights of 2147483647 in all, with 160 points each, are more than 4000000 points;"
                + " make the weights smaller");
  }

  @Test
  void sharesAreWhatKeysFind() {
    HashRing ring = new HashRing(syncWorkers(), HashRing.NGINX_POINTS);
    double[] shares = ring.shares(member -> false);

    int[] keys = new int[3];
    for (int i = 0; i < 1 << 20; i++) {
      keys[ring.memberAt(ring.pointFor(i << 12))]++; // evenly over the circle
    }
    for (int member = 0; member < 3; member++) {
      assertThat(shares[member]).isCloseTo(keys[member] / (double) (1 << 20), within(1e-4));
    }
    assertThat(shares[0] + shares[1] + shares[2]).isCloseTo(1, within(1e-9));
  }

  @Test
  void theShareOfADrainedMemberGoesToTheOthers() {
    HashRing ring = new HashRing(syncWorkers(), HashRing.NGINX_POINTS);
    HashRing without =
        new HashRing(List.of(syncWorkers().get(0), syncWorkers().get(2)), HashRing.NGINX_POINTS);

    double[] shares = ring.shares(member -> member == 1);

    assertThat(shares[1]).isZero();
    assertThat(shares[0]).isCloseTo(without.shares(member -> false)[0], within(1e-9));
    assertThat(shares[2]).isCloseTo(without.shares(member -> false)[1], within(1e-9));
  }

  @Test
  void withoutMembersNobodyHasAShare() {
    HashRing ring = new HashRing(List.of(), HashRing.NGINX_POINTS);

    assertThat(ring.size()).isZero();
    assertThat(ring.shares(member -> false)).isEmpty();
  }

  @Test
  void ifAllAreDrainedEachKeepsItsShare() {
    HashRing ring = new HashRing(syncWorkers(), HashRing.NGINX_POINTS);

    assertThat(ring.shares(member -> true)).isEqualTo(ring.shares(member -> false));
  }
}
