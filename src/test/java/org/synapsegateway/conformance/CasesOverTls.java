// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;

/** Cases of the suite that are tried on the packaged gateway over TLS. */
abstract class CasesOverTls {
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

  final DynamicTest test(Case one) {
    return DynamicTest.dynamicTest(
        one.group() + ": " + one.name(),
        () -> assertThat(one.run(gateway, stage)).as(one.source()).isNull());
  }
}
