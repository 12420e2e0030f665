// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The gateway passes the suite over TLS too: each night all of it ({@code -Dtests.tls=all}), else
 * the groups in which most depends on how bytes come, go and end.
 */
class ConformanceTlsIT {
  private static final Set<String> CHOSEN =
      Set.of("bodiless", "chunks", "fidelity", "http10", "interim");

  private static OverTls gateway;
  private static Stage stage;

  @BeforeAll
  static void start() throws IOException {
    gateway = new OverTls(new GatewayJar());
    stage = new Stage(gateway.workersDirectory());
  }

  @AfterAll
  static void stop() {
    try (OverTls closing = gateway) {
      assertThat(closing.port()).isPositive();
      stage.close();
    }
  }

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

  private DynamicTest test(Case one) {
    return DynamicTest.dynamicTest(
        one.group() + ": " + one.name(),
        () -> assertThat(one.run(gateway, stage)).as(one.source()).isNull());
  }
}
