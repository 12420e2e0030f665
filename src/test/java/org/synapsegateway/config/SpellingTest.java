// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
  private static final List<String> KNOWN = List.of("keepalive", "key", "points", "readTimeout");

  @ParameterizedTest
  @CsvSource({
    "keepalive, keepalive, 0",
    "kepalive, keepalive, 1",
    "kye, key, 1",
    "kayy, key, 2",
    "KEY, key, 0",
    "'', key, 3",
  })
  void countsSlips(String one, String other, int slips) {
    assertThat(Spelling.distance(one, other)).isEqualTo(slips);
    assertThat(Spelling.distance(other, one)).isEqualTo(slips);
  }

  @ParameterizedTest
  @CsvSource({
    "kepalive, keepalive",
    "kye, key",
    "pionts, points",
    "readTimout, readTimeout",
    "readtimeout, readTimeout"
  })
  void guessesWhatASlipExplains(String written, String meant) {
    assertThat(Spelling.hint(written, KNOWN)).isEqualTo("; did you mean " + meant + "?");
  }

  @Test
  void guessesNothingElse() {
    assertThat(Spelling.hint("weight", KNOWN)).isEmpty();
    assertThat(Spelling.hint("ky", KNOWN)).isEmpty();
    assertThat(Spelling.hint("", KNOWN)).isEmpty();
  }
}
