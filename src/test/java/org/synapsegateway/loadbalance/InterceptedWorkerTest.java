// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.TestRoutes;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** Steps that Camel puts before a worker do not hide it from the block that balances it. */
class InterceptedWorkerTest {
  @TempDir Path directory;

  @Test
  void aRingKnowsItsWorkersBehindInterceptors() throws Exception {
    Path routes = Files.createDirectory(directory.resolve("routes"));
    Files.writeString(
        routes.resolve("front.camel.yaml"),
        ("""
        - beans:
            - { name: ring, type: org.synapsegateway.loadbalance.ConsistentHash }
        - interceptSendToEndpoint:
            uri: "worker:*"
            steps:
              - setHeader: { name: X-Seen, constant: "yes" }
        """
                + TestRoutes.front(
                    """
                    - loadBalance:
                        customLoadBalancer: { ref: ring }
                        steps:
                          - to: worker:unix:DIR/one.sock
                          - to: worker:unix:DIR/two.sock
                    """))
            .replace("DIR", directory.toString()));
    try (ScriptedWorker one =
            ScriptedWorker.at(directory.resolve("one.sock"), ScriptedWorker.saying("one"));
        ScriptedWorker two =
            ScriptedWorker.at(directory.resolve("two.sock"), ScriptedWorker.saying("two"));
        TestGateway gateway = TestGateway.withRoutes(routes);
        RawClient client = gateway.client()) {
      for (int i = 0; i < 4; i++) {
        RawMessage reply = client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(reply.status()).isEqualTo(200);
      }
      assertThat(one.requests()).hasSize(2);
      assertThat(two.requests()).hasSize(2);
      assertThat(one.requests().get(0).value("X-Seen")).isEqualTo("yes");
      assertThat(gateway.metrics()).contains("gateway_worker_connections{worker=\"one\"} 1.0");
    }
  }
}
