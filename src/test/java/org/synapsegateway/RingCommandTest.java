package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command ring refuses: groups without a ring, and weights that would take the memory. */
class RingCommandTest {
  private static String errorOf(int status, String... command) {
    PrintStream before = System.err;
    ByteArrayOutputStream error = new ByteArrayOutputStream();
    System.setErr(new PrintStream(error, true, StandardCharsets.UTF_8));
    try {
      assertThat(Gateway.run(command)).isEqualTo(status);
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
                + " smaller\n");
  }

  @Test
  void aGroupOfOneWorkerHasNoRing() {
    assertThat(errorOf(2, "ring", "main"))
        .startsWith("Group main has no ring: nothing chooses among its workers by a key\n");
  }

  @Test
  void theHeaviestThatFitsIsTaken() {
    assertThat(errorOf(0, "ring", "normal-sync", "--add", "x.sock?weight=24997")).isEmpty();
  }
}
