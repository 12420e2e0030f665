// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The gateway passes every case of the suite. */
class ConformanceIT {
  private static GatewayJar gateway;
  private static Stage stage;

  @BeforeAll
  static void start() throws IOException {
    gateway = new GatewayJar();
    stage = new Stage(gateway.workersDirectory());
  }

  @AfterAll
  static void stop() {
    try (GatewayJar closing = gateway) {
      assertThat(closing.port()).isPositive();
      stage.close();
    }
  }

  @TestFactory
  Stream<DynamicContainer> passes() throws IOException {
    List<Case> cases = CaseReader.readAll(Conformance.CASES);
    return cases.stream()
        .map(Case::group)
        .distinct()
        .map(
            group ->
                DynamicContainer.dynamicContainer(
                    group, cases.stream().filter(c -> c.group().equals(group)).map(this::test)));
  }

  private DynamicTest test(Case one) {
    return DynamicTest.dynamicTest(
        one.name(), () -> assertThat(one.run(gateway, stage)).as(one.source()).isNull());
  }
}
