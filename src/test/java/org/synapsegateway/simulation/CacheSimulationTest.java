// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.synapsegateway.docs.GeneratedPart;

/**
 * How often a request finds its user in the caches of the worker that it comes to.
 *
 * <p>Requests of a user come at random (Poisson), 2,000 a second of all users, whose activity is
 * Zipf's (exponent 1). A worker keeps what it knows of a user for 30 minutes behind the last
 * request (Synapse's {@code caches.expiry_time}), however much that is. A request whose user has k
 * workers, each as likely, finds the cache warm with the chance 1 - exp(-rT/k).
 */
class CacheSimulationTest {
  private static final double KEPT_SECONDS = 1800;
  private static final double REQUESTS_A_SECOND = 2000;

  /** How many of a user's requests there are on average until its cache is forgotten, by rank. */
  private static final double[] RATES = rates();

  /** Of ten users five have one device, three have two and two have three; 1.7 on average. */
  private static final int[] DEVICES = {1, 1, 1, 1, 1, 2, 2, 2, 3, 3};

  private static final int[] OWNERS = Site.owners(Site.pods(0, Site.WORKERS));

  private static double[] rates() {
    double harmonic = IntStream.rangeClosed(1, Site.USERS).mapToDouble(rank -> 1.0 / rank).sum();
    double all = REQUESTS_A_SECOND * KEPT_SECONDS;
    return IntStream.rangeClosed(1, Site.USERS)
        .mapToDouble(rank -> all / rank / harmonic)
        .toArray();
  }

  /** Which worker a request of a user goes to. */
  private interface Way {
    int worker(int user, SplittableRandom random);
  }

  private static Way names() {
    return (user, random) -> OWNERS[user];
  }

  private static Way slots(int gateways) {
    int[][] pods =
        IntStream.range(0, gateways)
            .mapToObj(gateway -> Slots.order(Site.WORKERS, gateway))
            .toArray(int[][]::new);
    return (user, random) -> pods[random.nextInt(gateways)][OWNERS[user]];
  }

  private static int devices(int user) {
    return DEVICES[user % DEVICES.length];
  }

  /** The address of a device is as good as any key. */
  private static Way addresses() {
    return (user, random) -> OWNERS[(user + random.nextInt(devices(user)) * 333_333) % Site.USERS];
  }

  /**
   * The share of requests that find their user, once all caches are as they are in the long run.
   */
  private static double hits(Way way) {
    SplittableRandom random = new SplittableRandom(7);
    double[] last = new double[Site.WORKERS];
    long asked = 0;
    long found = 0;
    for (int user = 0; user < Site.USERS; user++) {
      Arrays.fill(last, Double.NEGATIVE_INFINITY);
      double now = 0;
      // the first KEPT_SECONDS fill the caches, and as much time again is counted
      while ((now -= Math.log(1 - random.nextDouble()) / RATES[user]) < 2) {
        int worker = way.worker(user, random);
        if (now >= 1) {
          asked++;
          if (now - last[worker] < 1) {
            found++;
          }
        }
        last[worker] = now;
      }
    }
    return (double) found / asked;
  }

  private static double closedForm(IntToDoubleFunction workers) {
    double all = 0;
    double found = 0;
    for (int user = 0; user < Site.USERS; user++) {
      all += RATES[user];
      found += RATES[user] * -Math.expm1(-RATES[user] / workers.applyAsDouble(user));
    }
    return found / all;
  }

  private static void row(StringBuilder table, String name, double hits, double closedForm) {
    assertThat(hits).as(name).isCloseTo(closedForm, within(0.004));
    table.append(
        String.format(
            Locale.ROOT, "| %s | %.1f %% | %.1f %% |%n", name, hits * 100, closedForm * 100));
  }

  @Test
  void namesKeepTheCachesOfOneGateway() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | requests of a user go | found warm | closed form |
            | --- | --- | --- |
            """);
    double one = closedForm(user -> 1);
    row(table, "by name, any number of gateways", hits(names()), one);
    for (int gateways : new int[] {2, 4, 16}) {
      row(
          table,
          "by slot, %d gateways (k = %d)".formatted(gateways, gateways),
          hits(slots(gateways)),
          closedForm(user -> gateways));
    }
    row(
        table,
        "by client address (k = devices of the user)",
        hits(addresses()),
        closedForm(CacheSimulationTest::devices));
    row(
        table,
        "to any worker, by connection (k = 200)",
        hits((user, random) -> random.nextInt(Site.WORKERS)),
        closedForm(user -> Site.WORKERS));
    GeneratedPart.check("../scale.md", "caches", table.toString());
  }
}
