// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gateways whose rings are compared. */
class RingCompareTest {
  private static final String BEAN =
      """
      - beans:
          - name: ring
            type: org.synapsegateway.loadbalance.ConsistentHash
      """;

  @TempDir Path directory;

  private TestGateway gateway(String name, String... workers) throws IOException {
    StringBuilder steps =
        new StringBuilder("- loadBalance:\n    customLoadBalancer: { ref: ring }\n    steps:\n");
    for (String worker : workers) {
      steps.append("      - to: ").append(worker).append('\n');
    }
    Path routes = Files.createDirectories(directory.resolve(name));
    Files.writeString(
        routes.resolve("front.camel.yaml"), BEAN + TestRoutes.front(steps.toString()));
    return TestGateway.withRoutes(routes);
  }

  private static String at(TestGateway gateway) {
    return "127.0.0.1:" + gateway.main().managementPort().port();
  }

  private static String compare(int status, TestGateway one, TestGateway other) {
    return CommandOutput.ofStatus(
        status, "ring", "--compare", at(one), "--compare", "http://" + at(other));
  }

  @Test
  void theOrderOfWorkersIsOfNoConsequence() throws Exception {
    String unix = "worker:unix:/nowhere/a.sock?weight=2";
    String tcp = "worker:tcp:127.0.1.1:8083";
    try (TestGateway one = gateway("one", unix, tcp);
        TestGateway other = gateway("other", tcp, unix + "&hold=1s")) {
      assertThat(compare(0, one, other)).contains(at(one)).contains(at(other));
      assertThat(one.metrics()).containsPattern("gateway_ring\\{digest=\"[0-9a-f]{8}\",group=");
    }
  }

  @Test
  void theOthersMayFollowTheFirst() throws Exception {
    String tcp = "worker:tcp:127.0.1.1:8083";
    try (TestGateway one = gateway("one", tcp);
        TestGateway other = gateway("other", tcp, "worker:unix:/nowhere/b.sock")) {
      CommandOutput.ofStatus(0, "ring", "--compare", at(one), at(one));
      for (String[] places :
          new String[][] {{at(one), "http://" + at(other) + "/"}, {at(one) + "," + at(other)}}) {
        List<String> command = new ArrayList<>(List.of("ring", "--compare"));
        command.addAll(List.of(places));
        assertThat(CommandOutput.ofStatus(1, command.toArray(String[]::new)))
            .contains("+ unix:/nowhere/b.sock")
            .doesNotContain("only one gateway");
      }
      // there is no such group
      CommandOutput.ofStatus(1, "ring", "nobody", "--compare", at(one), at(one));
    }
  }

  /** A route with two blocks, the second of which has this worker. */
  private TestGateway twoBlocks(String name, String second) throws IOException {
    Path routes = Files.createDirectories(directory.resolve(name));
    Files.writeString(
        routes.resolve("front.camel.yaml"),
        BEAN
            + BEAN.replace("- beans:\n", "").replace("name: ring", "name: other")
            + TestRoutes.front(
                """
                - choice:
                    when:
                      - simple: "${header.CamelHttpMethod} == 'GET'"
                        steps:
                          - loadBalance:
                              customLoadBalancer: { ref: ring }
                              steps:
                                - to: worker:tcp:127.0.1.1:8083
                    otherwise:
                      steps:
                        - loadBalance:
                            customLoadBalancer: { ref: other }
                            steps:
                              - to: %s
                """
                    .formatted(second)));
    return TestGateway.withRoutes(routes);
  }

  @Test
  void aRouteWithTwoBlocksHasTwoRings() throws Exception {
    try (TestGateway one = twoBlocks("one", "worker:tcp:127.0.1.2:8083");
        TestGateway other = twoBlocks("other", "worker:tcp:127.0.1.3:8083")) {
      assertThat(compare(1, one, other))
          .contains("front (2)")
          .contains("+ 127.0.1.3:8083")
          .contains("- 127.0.1.2:8083");
      assertThat(
              CommandOutput.ofStatus(
                  1, "ring", "front", "--compare", at(one), "--compare", at(other)))
          .contains("front (2)");
      // the alert counts the digests of each group
      assertThat(one.metrics())
          .containsPattern("gateway_ring\\{digest=\"[0-9a-f]{8}\",group=\"front\"")
          .containsPattern("gateway_ring\\{digest=\"[0-9a-f]{8}\",group=\"front \\(2\\)\"");
    }
  }

  @Test
  void aWorkerMoreIsToldWithTheShareOfTheKeysThatItTakes() throws Exception {
    String tcp = "worker:tcp:127.0.1.1:8083";
    String more = "worker:unix:/nowhere/b.sock";
    try (TestGateway one = gateway("one", tcp);
        TestGateway other = gateway("other", tcp, more)) {
      assertThat(compare(1, one, other))
          .contains("+ unix:/nowhere/b.sock")
          .doesNotContain("- 127.0.1.1:8083");
    }
  }
}
