// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.synapsegateway.loadbalance.HashRing.Member;
import org.synapsegateway.loadbalance.RingChange.Move;

class RingChangeTest {
  private static final Member A = new Member("unix:/a", 1);
  private static final Member B = new Member("unix:/b", 1);
  private static final Member C = new Member("unix:/c", 2);

  private static Map<Move, Double> change(List<Member> before, List<Member> after) {
    return RingChange.of(before, after, HashRing.NGINX_POINTS);
  }

  private static double sum(Map<Move, Double> parts) {
    return parts.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  @Test
  void oneMemberHasAllKeysOfOnePointOrMany() {
    assertThat(RingChange.of(List.of(A), List.of(A), 1))
        .containsExactly(Map.entry(new Move("unix:/a", "unix:/a"), 1.0));
    assertThat(change(List.of(A), List.of(A)).get(new Move("unix:/a", "unix:/a")))
        .isCloseTo(1.0, within(1e-12));
  }

  @Test
  void whatIsBehindThePointOfOneIsTheOthers() {
    HashRing ring = new HashRing(List.of(A, B), 1);
    double arc = Integer.toUnsignedLong(ring.hashAt(1) - ring.hashAt(0)) / 0x1p32;
    String second = List.of(A, B).get(ring.memberAt(1)).name();

    Map<Move, Double> parts = RingChange.of(List.of(A, B), List.of(A, B), 1);
    assertThat(parts.get(new Move(second, second))).isEqualTo(arc);
    assertThat(sum(parts)).isEqualTo(1.0);
  }

  @Test
  void nothingMovesBetweenMembersThatStay() {
    Map<Move, Double> more = change(List.of(A, B), List.of(A, B, C));

    assertThat(more.keySet().stream().filter(move -> !move.stays()))
        .containsExactly(new Move("unix:/a", "unix:/c"), new Move("unix:/b", "unix:/c"));
    assertThat(change(List.of(A, B, C), List.of(A, B)).keySet().stream().filter(m -> !m.stays()))
        .containsExactly(new Move("unix:/c", "unix:/a"), new Move("unix:/c", "unix:/b"));
    assertThat(sum(more)).isCloseTo(1.0, within(1e-12));
  }

  @Test
  void theSharesAreThoseOfKeys() {
    List<Member> before = List.of(A, B);
    List<Member> after = List.of(C, B);
    HashRing one = new HashRing(before, HashRing.NGINX_POINTS);
    HashRing other = new HashRing(after, HashRing.NGINX_POINTS);
    int keys = 200_000;
    List<Move> moves = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      byte[] key = ("user" + i).getBytes(US_ASCII);
      int hash = HashRing.hash(key, 0, key.length);
      moves.add(
          new Move(
              before.get(one.memberAt(one.pointFor(hash))).name(),
              after.get(other.memberAt(other.pointFor(hash))).name()));
    }
    Map<Move, Double> parts = change(before, after);
    assertThat(parts).hasSize(4);
    parts.forEach(
        (move, share) ->
            assertThat(moves.stream().filter(move::equals).count() / (double) keys)
                .as("%s", move)
                .isCloseTo(share, within(0.01)));
  }
}
