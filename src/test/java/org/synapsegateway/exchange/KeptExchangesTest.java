// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.processor.loadbalancer.LoadBalancerSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.TestGateway;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** An exchange that code of an admin's own has kept serves no other request. */
class KeptExchangesTest {
  @TempDir Path directory;

  @BeforeEach
  void forget() {
    Keeper.KEPT.clear();
  }

  /** Keeps each exchange that it gets. */
  public static final class Keeper extends LoadBalancerSupport {
    static final Queue<Exchange> KEPT = new ConcurrentLinkedQueue<>();

    public static boolean keep(Exchange exchange) {
      see(exchange);
      return false;
    }

    public static void see(Exchange exchange) {
      KEPT.add(exchange);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      keep(exchange);
      return doGetProcessors()[0].process(exchange, callback);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        - bean: { beanType: KEEPER, method: keep }
        - to: WORKER
        """,
        """
        - choice:
            when:
              - expression: { method: { beanType: KEEPER, method: keep } }
                steps: [ { to: direct:other } ]
            otherwise: { steps: [ { to: WORKER } ] }
        """,
        """
        - loadBalance:
            customLoadBalancer: { ref: "#class:KEEPER" }
            steps: [ { to: WORKER } ]
        """,
        """
        - loadBalance:
            customLoadBalancer: { ref: hash }
            steps: [ { to: "WORKER?maxInFlight=1" } ]
        """,
      })
  void itServesNoOtherRequest(String steps) throws IOException {
    serve("", steps);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "onWhen: { method: { beanType: KEEPER, method: keep } }",
        "afterUri: bean:keeper?method=see",
      })
  void norDoesOneThatAnInterceptorHasKept(String interceptor) throws IOException {
    serve(
        """
        - interceptSendToEndpoint:
            uri: worker:*
            %s
            steps: [ { choice: { when: [ { expression: { language: { language: request, expression: ^/b } }, steps: [ { to: direct:other } ] } ] } } ]
        """
            .formatted(interceptor.replace("KEEPER", Keeper.class.getName())),
        "- to: WORKER");
  }

  private void serve(String interceptor, String steps) throws IOException {
    Files.writeString(
        Files.createDirectories(directory.resolve("routes")).resolve("beans.camel.yaml"),
        interceptor
            + """
        - beans:
            - { name: keeper, type: %s }
            - { name: hash, type: org.synapsegateway.loadbalance.ConsistentHash, properties: { key: "bean:keeper?method=keep" } }
        - route: { id: other, from: { uri: direct:other, steps: [ { to: "worker:unix:/nowhere.sock" } ] } }
        """
                .formatted(Keeper.class.getName()));
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                directory.resolve("one.sock"),
                ScriptedWorker.replying("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none"));
        TestGateway gateway =
            TestGateway.withSteps(
                directory,
                steps
                    .replace("WORKER", "worker:unix:" + directory.resolve("one.sock"))
                    .replace("KEEPER", Keeper.class.getName()),
                "gateway.event-loops",
                "1");
        RawClient client = gateway.client()) {
      for (int request = 0; request < 3; request++) {
        assertThat(client.exchange("GET /a HTTP/1.1\r\nHost: a\r\n\r\n").status()).isEqualTo(200);
      }
      assertThat(worker.failure()).isNull();
    }
    assertThat(Keeper.KEPT).hasSize(3).doesNotHaveDuplicates();
  }
}
