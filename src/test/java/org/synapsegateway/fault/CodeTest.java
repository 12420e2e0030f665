// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.synapsegateway.docs.GeneratedPart;

/** docs/reference/errors.md lists every {@link Code}. */
class CodeTest {
  @Test
  void thePageHasARowForEveryCode() throws IOException {
    String rows =
        Arrays.stream(Code.values())
            .map(code -> "| `%s` | %s |\n".formatted(code, code.meaning().replace("|", "\\|")))
            .collect(Collectors.joining());
    GeneratedPart.check("errors.md", "codes", "| code | meaning |\n| --- | --- |\n" + rows);
  }

  @ParameterizedTest
  @EnumSource
  void aMeaningIsOneOrMoreSentences(Code code) {
    assertThat(code.toString()).matches("[a-z0-9]+(-[a-z0-9]+)*");
    assertThat(code.meaning()).matches("(?s)[A-Z].{20,}\\.");
  }

  @Test
  void aFaultIsOneLineWithPlaceSentenceAndCode() {
    Fault fault = Fault.of(Code.NO_STEPS, "a", "route a has no steps; add one");
    assertThat(fault).hasToString("route a has no steps; add one [no-steps]");
    assertThat(fault.at("routes/a.camel.yaml:3"))
        .hasToString("routes/a.camel.yaml:3: route a has no steps; add one [no-steps]");
  }
}
