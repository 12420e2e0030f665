// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.cli.Commands;
import org.synapsegateway.management.Json;

/** What the command ring refuses, and what it tells scripts. */
class RingCommandTest {
  private static String socket(int number) {
    return "unix:/run/matrix-synapse/inbound_normal_sync" + number + ".sock";
  }

  @Test
  void scriptsReadTheShares() {
    List<?> groups = Json.read(CommandOutput.of("ring", "normal-sync", "--json"), List.class);
    assertThat(groups).hasSize(1);
    Map<?, ?> group = (Map<?, ?>) groups.get(0);
    assertThat(group.get("group")).isEqualTo("normal-sync");
    assertThat(group.get("by")).isEqualTo("user");
    double sum = 0;
    int number = 0;
    for (Object each : (List<?>) group.get("workers")) {
      Map<?, ?> worker = (Map<?, ?>) each;
      assertThat(worker.get("worker")).isEqualTo(socket(++number));
      assertThat(worker.get("weight")).isEqualTo(1);
      sum += (double) worker.get("share");
    }
    assertThat(number).isEqualTo(3);
    assertThat(sum).isCloseTo(1, within(1e-9));
  }

  @Test
  void scriptsReadWhatWouldMove() {
    Map<?, ?> change =
        Json.read(
            CommandOutput.of("ring", "normal-sync", "--remove", socket(2), "--json"), Map.class);
    List<?> workers = (List<?>) change.get("workers");
    Map<?, ?> gone = (Map<?, ?>) workers.get(1);
    assertThat(gone.get("worker")).isEqualTo(socket(2));
    assertThat(gone.get("then")).isEqualTo(0.0);
    assertThat(gone.get("now")).isEqualTo(change.get("moved"));
    assertThat((List<?>) change.get("moves"))
        .extracting(move -> ((Map<?, ?>) move).get("from") + " " + ((Map<?, ?>) move).get("to"))
        .containsExactly(socket(2) + " " + socket(1), socket(2) + " " + socket(3));
  }

  @Test
  void aPortOfAHostIsAWorkerToo() {
    for (String worker : List.of("tcp:sync-3.sync:8008", "worker:tcp:sync-3.sync:8008")) {
      assertThat(CommandOutput.of("ring", "normal-sync", "--add", worker))
          .contains(" to sync-3.sync:8008")
          .contains(" from " + socket(1));
    }
  }

  private static String errorOf(int status, String... command) {
    PrintStream before = System.err;
    ByteArrayOutputStream error = new ByteArrayOutputStream();
    System.setErr(new PrintStream(error, true, StandardCharsets.UTF_8));
    try {
      assertThat(Commands.run(command)).isEqualTo(status);
    } finally {
      System.setErr(before);
      LogCapture.restoreLevels();
    }
    return error.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1000000", "999999", "24998", "999999999"})
  void aWorkerThatIsToBeAddedMayNotBeSoHeavy(String weight) {
    long all = Long.parseLong(weight) + 3;
    assertThat(errorOf(2, "ring", "normal-sync", "--add", "x.sock?weight=" + weight))
        .startsWith(
            "Group normal-sync: weights of "
                + all
                + " in all, with 160 points each, are more than 4000000 points; make the weights"
                + " smaller [bad-argument]\n");
  }

  @Test
  void aGroupOfOneWorkerHasNoRing() {
    assertThat(errorOf(2, "ring", "main"))
        .startsWith(
            "Group main has no ring: nothing chooses among its workers by a key [bad-argument]\n");
  }

  @Tag("slow")
  @Test
  void theHeaviestThatFitsIsTaken() {
    assertThat(errorOf(0, "ring", "normal-sync", "--add", "x.sock?weight=24997")).isEmpty();
  }
}
