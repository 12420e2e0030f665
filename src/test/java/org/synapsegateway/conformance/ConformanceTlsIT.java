// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import java.io.IOException;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The gateway passes the suite over TLS too: each night all of it ({@code -Dtests.tls=all}), else
 * the groups in which most depends on how bytes come, go and end.
 */
class ConformanceTlsIT extends CasesOverTls {
  private static final Set<String> CHOSEN =
      Set.of("bodiless", "chunks", "fidelity", "http10", "interim");

  @TestFactory
  Stream<DynamicTest> passes() throws IOException {
    boolean all = System.getProperty("tests.tls", "").equals("all");
    return CaseReader.readAll(Conformance.CASES, "https").stream()
        .filter(one -> all || CHOSEN.contains(one.group()))
        .filter(one -> !saysHowItCame(one))
        .map(this::test);
  }

  /** A client that says itself that it came by http is believed over TLS too, as a front's is. */
  private static boolean saysHowItCame(Case one) {
    return one.group().equals("forwarded") || one.name().contains("proto=http");
  }
}
