package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
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
  private final PrintStream out = System.out;
  private final ByteArrayOutputStream told = new ByteArrayOutputStream();

  @AfterEach
  void restore() {
    System.setOut(out);
  }

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

  private int compare(TestGateway one, TestGateway other) {
    told.reset();
    System.setOut(new PrintStream(told, true, StandardCharsets.UTF_8));
    return Gateway.run("ring", "--compare", at(one), "--compare", at(other));
  }

  @Test
  void theOrderOfWorkersIsOfNoConsequence() throws Exception {
    String unix = "worker:unix:/nowhere/a.sock?weight=2";
    String tcp = "worker:tcp:127.0.1.1:8083";
    try (TestGateway one = gateway("one", unix, tcp);
        TestGateway other = gateway("other", tcp, unix + "&hold=1s")) {
      assertThat(compare(one, other)).isZero();
      assertThat(one.metrics()).containsPattern("gateway_ring\\{digest=\"[0-9a-f]{8}\",group=");
    }
  }

  @Test
  void aWorkerMoreIsToldWithTheShareOfTheKeysThatItTakes() throws Exception {
    String tcp = "worker:tcp:127.0.1.1:8083";
    String more = "worker:unix:/nowhere/b.sock";
    try (TestGateway one = gateway("one", tcp);
        TestGateway other = gateway("other", tcp, more)) {
      assertThat(compare(one, other)).isOne();
      assertThat(told.toString(StandardCharsets.UTF_8))
          .contains("+ unix:/nowhere/b.sock")
          .doesNotContain("- 127.0.1.1:8083");
    }
  }
}
