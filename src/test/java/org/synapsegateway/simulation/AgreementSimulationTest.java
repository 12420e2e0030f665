// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.synapsegateway.docs.GeneratedPart;
import org.synapsegateway.loadbalance.HashRing;
import org.synapsegateway.loadbalance.HashRing.Member;
import org.synapsegateway.loadbalance.RingChange;
import org.synapsegateway.loadbalance.RingChange.Move;

/**
 * Gateways that learn of a change one behind the other, each up to {@link #LAG} after it: who
 * moves, and how many requests go where only some of them send them.
 */
class AgreementSimulationTest {
  private static final int[] GATEWAYS = {2, 4, 8, 16};

  /** Seconds: a TTL of 5 s, and what a cache between may add. */
  private static final double LAG = 10;

  /** Each has lags of its own; one user in so many is in it. */
  private static final int TRIALS = 1000;

  private record Change(String name, int before, int after) {}

  private static final List<Change> CHANGES =
      List.of(
          new Change("200 to 201 workers", 200, 201),
          new Change("201 to 200", 201, 200),
          new Change("200 to 240", 200, 240),
          new Change("200 to 100", 200, 100));

  @Test
  void onlyWhoMustMoveMovesAndGatewaysAgreeAfterTheLastLag() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | change | users that move | by the ring's arcs | k/n | move besides | misplaced for 10 s: 2, 4, 8, 16 gateways | closed form |
            | --- | --- | --- | --- | --- | --- | --- |
            """);
    for (Change change : CHANGES) {
      List<Member> before = Site.pods(0, change.before());
      List<Member> after = Site.pods(0, change.after());
      int[] from = Site.owners(before);
      int[] to = Site.owners(after);
      int[] movers =
          IntStream.range(0, Site.USERS)
              .filter(user -> !before.get(from[user]).equals(after.get(to[user])))
              .toArray();
      Set<Member> changed = Site.changed(before, after);
      long besides =
          IntStream.of(movers)
              .filter(
                  user ->
                      !changed.contains(before.get(from[user]))
                          && !changed.contains(after.get(to[user])))
              .count();
      double moved = (double) movers.length / Site.USERS;
      double arcs = moving(before, after);
      double must = (double) changed.size() / Math.max(change.before(), change.after());
      assertThat(besides).isZero();
      assertThat(moved).isCloseTo(arcs, within(5 * Math.sqrt(arcs / Site.USERS)));
      // 160 points give a worker its share to a twelfth
      assertThat(moved).isCloseTo(must, within(5 * must / Math.sqrt(160 * changed.size())));

      List<String> misplaced = new ArrayList<>();
      for (int gateways : GATEWAYS) {
        double share = misplaced(movers, gateways);
        double closedForm = moved / 2;
        double lagError = closedForm / Math.sqrt(3.0 * gateways * TRIALS);
        assertThat(share)
            .isCloseTo(closedForm, within(5 * (Math.sqrt(closedForm / Site.USERS) + lagError)));
        misplaced.add(percent(share));
      }
      table.append(
          "| %s | %s | %s | %s | 0 | %s | %s |%n"
              .formatted(
                  change.name(),
                  percent(moved),
                  percent(arcs),
                  percent(must),
                  String.join(", ", misplaced),
                  percent(moved / 2)));
    }
    GeneratedPart.check("../scale.md", "agreement", table.toString());
  }

  /**
   * The share of requests that a gateway sends where the last one no longer sends them, or not yet:
   * one request of each user, at any time within the lag, to any gateway.
   */
  private static double misplaced(int[] movers, int gateways) {
    SplittableRandom random = new SplittableRandom(gateways);
    double[][] learnsAt = new double[TRIALS][gateways];
    for (double[] lags : learnsAt) {
      for (int gateway = 0; gateway < gateways; gateway++) {
        lags[gateway] = random.nextDouble() * LAG;
      }
    }
    int misplaced = 0;
    for (int user : movers) {
      double at = random.nextDouble() * LAG;
      // who has learnt it already agrees with how it ends, as those do who have not with each other
      if (at < learnsAt[user % TRIALS][random.nextInt(gateways)]) {
        misplaced++;
      }
    }
    return (double) misplaced / Site.USERS;
  }

  private static double moving(List<Member> before, List<Member> after) {
    return RingChange.of(before, after, HashRing.NGINX_POINTS).entrySet().stream()
        .filter(entry -> !entry.getKey().stays())
        .mapToDouble(Map.Entry<Move, Double>::getValue)
        .sum();
  }

  @Test
  void aRollingRestartMovesNobodyForGoodIfTheRingIsOfNames() throws IOException {
    int n = Site.WORKERS;
    List<Member> names = Site.pods(0, n);
    List<Member> shuffled = new ArrayList<>(names);
    Collections.shuffle(shuffled, new Random(1));
    List<Member> addresses = IntStream.range(0, n).mapToObj(Site::address).toList();
    List<Member> restarted = IntStream.range(n, 2 * n).mapToObj(Site::address).toList();
    List<Member> oneRestarted = new ArrayList<>(addresses);
    oneRestarted.set(0, restarted.get(0));

    double namesDiffer = Site.differing(names, shuffled);
    double late = Site.differing(addresses, oneRestarted);
    double moved = Site.differing(addresses, restarted);
    double slots = slotsDiffer(n);
    assertThat(namesDiffer).isZero();
    assertThat(late).isCloseTo(2.0 / (n + 1), within(5 * 2.0 / n / Math.sqrt(320)));
    assertThat(moved).isEqualTo(1);
    assertThat(slots).isCloseTo(1 - 1.0 / n, within(0.01));
    GeneratedPart.check(
        "../scale.md",
        "identity",
        """
        | the ring is made of | elsewhere after all have restarted | two gateways differ for good | one is a restart behind |
        | --- | --- | --- | --- |
        | names, in any order of answers | %s (closed form 0) | %s (0) | 0.00 %% (0) |
        | addresses | %s (1) | 0.00 %% (0) | %s (2/(n+1) = %s) |
        | slots, filled in the order of answers (HAProxy's `hash-key id`) | %s (1 - 1/n = %s) | %s (1 - 1/n) | %s (1 - 1/n) |
        """
            .formatted(
                percent(namesDiffer),
                percent(namesDiffer),
                percent(moved),
                percent(late),
                percent(2.0 / (n + 1)),
                percent(slots),
                percent(1 - 1.0 / n),
                percent(slots),
                percent(slots)));
  }

  /**
   * For how many users the pods in the slots of two gateways differ, each filled in an order of its
   * own.
   */
  private static double slotsDiffer(int n) {
    int[] slots = Site.owners(Site.pods(0, n));
    int[] one = Slots.order(n, 1);
    int[] other = Slots.order(n, 2);
    return (double) IntStream.of(slots).filter(slot -> one[slot] != other[slot]).count()
        / Site.USERS;
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", share * 100);
  }
}
