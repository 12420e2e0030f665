// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The gateway passes every case of HTTP/2, over TLS. */
class ConformanceHttp2IT {
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
    return CaseReader.readAll(Conformance.HTTP2_CASES, "https").stream().map(this::test);
  }

  private DynamicTest test(Case one) {
    return DynamicTest.dynamicTest(
        one.group() + ": " + one.name(),
        () -> assertThat(one.run(gateway, stage)).as(one.source()).isNull());
  }
}
