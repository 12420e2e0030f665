// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.TestRoutes;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** The step after the workers of a block: who serves what no worker serves. */
class FallbackTest {
  private static final String GET = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

  @TempDir Path directory;
  private Path worker;
  private Path main;

  @BeforeEach
  void nameSockets() {
    worker = directory.resolve("worker.sock");
    main = directory.resolve("main.sock");
  }

  /** A gateway with one block of these steps and these properties of its balancer. */
  private TestGateway gateway(String properties, String... uris) throws Exception {
    String steps = Stream.of(uris).map(uri -> "- to: " + uri + "\n").collect(joining());
    String yaml =
        """
        - errorHandler:
            noErrorHandler: {}
        - beans:
            - name: group
              type: org.synapsegateway.loadbalance.ConsistentHash
              properties:
                key: path
                %s
        - route:
            id: main
            from:
              uri: direct:main
              steps:
                - to: worker:unix:%s
        """
                .formatted(properties, main)
            + TestRoutes.front(
                """
                - loadBalance:
                    customLoadBalancer:
                      ref: group
                    steps:
                """
                    + steps.indent(6));
    Path routes = Files.createDirectories(directory.resolve("routes"));
    Files.writeString(routes.resolve("front.camel.yaml"), yaml);
    return TestGateway.withRoutes(routes);
  }

  @Test
  void servesAGroupWithoutWorkers() throws Exception {
    try (ScriptedWorker fallback = ScriptedWorker.at(main, ScriptedWorker.saying("main"));
        TestGateway gateway = gateway("fallback: false", "direct:main");
        RawClient client = gateway.client()) {
      assertThat(client.exchange(GET).content()).isEqualTo("main");
      assertThat(fallback.requests()).hasSize(1);
    }
  }

  @Test
  void getsNothingWhileAWorkerIsThere() throws Exception {
    try (ScriptedWorker fallback = ScriptedWorker.at(main, ScriptedWorker.saying("main"));
        ScriptedWorker listed = ScriptedWorker.at(worker, ScriptedWorker.saying("worker"));
        TestGateway gateway = gateway("fallback: true", "worker:unix:" + worker, "direct:main");
        RawClient client = gateway.client()) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.exchange("GET /" + i + " HTTP/1.1\r\nHost: h\r\n\r\n").content())
            .isEqualTo("worker");
      }
      assertThat(listed.requests()).hasSize(20);
      assertThat(fallback.connections()).isEmpty();
    }
  }

  @Test
  void takesOverWhenAllWorkersAreGone() throws Exception {
    String gone = "worker:unix:" + directory.resolve("gone.sock");
    try (ScriptedWorker fallback = ScriptedWorker.at(main, ScriptedWorker.saying("main"));
        TestGateway gateway = gateway("points: 160", "worker:unix:" + worker, gone, "direct:main");
        RawClient client = gateway.client()) {
      assertThat(client.exchange(GET).content()).isEqualTo("main");
      assertThat(fallback.requests()).hasSize(1);
    }
  }

  @Test
  void doesNotTakeOverWhatOnlyWorkersCanDo() throws Exception {
    try (ScriptedWorker fallback = ScriptedWorker.at(main, ScriptedWorker.saying("main"));
        TestGateway gateway = gateway("fallback: false", "worker:unix:" + worker, "direct:main");
        RawClient client = gateway.client()) {
      assertThat(client.exchange(GET).status()).isEqualTo(502);
      assertThat(fallback.connections()).isEmpty();
    }
  }

  @Test
  void failsAsTheWorkersDoWhenItIsGoneToo() throws Exception {
    try (TestGateway gateway = gateway("fallback: true", "worker:unix:" + worker, "direct:main");
        RawClient client = gateway.client()) {
      assertThat(client.exchange(GET).status()).isEqualTo(502);
    }
  }

  @Test
  void standsLast() {
    assertThatThrownBy(() -> gateway("fallback: true", "direct:main", "worker:unix:" + worker))
        .hasStackTraceContaining("move direct://main to the end");
  }
}
