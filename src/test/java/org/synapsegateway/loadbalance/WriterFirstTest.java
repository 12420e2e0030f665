// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.TestRoutes;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** Reads and writes of one stream, before its writer, those who can read too, and main. */
class WriterFirstTest {
  private static final String READ = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";
  private static final String WRITE = "PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n";
  private static final String WRITER = "- to: worker:unix:%s/writer.sock?hold=10m";

  @TempDir Path directory;

  /**
   * A gateway with these steps of each group.
   *
   * @param writer the writer, if the group is on
   * @param reads the steps of the reads
   */
  private TestGateway gateway(String writer, String... reads) throws Exception {
    StringBuilder steps = new StringBuilder();
    for (String to : reads) {
      steps.append("- to: ").append(to).append('\n');
    }
    String yaml =
        ("""
        - errorHandler:
            noErrorHandler: {}
        - beans:
            - name: writes
              type: org.synapsegateway.loadbalance.ConsistentHash
              properties:
                fallback: false
            - name: reads
              type: org.synapsegateway.loadbalance.WriterFirst
        """
                + TestRoutes.front(
                    """
                    - choice:
                        when:
                          - expression:
                              language:
                                language: request
                                expression: GET ^/
                            steps:
                              - to: direct:reads
                        otherwise:
                          steps:
                            - to: direct:writes
                    """)
                + """
        - route:
            id: writes
            from:
              uri: direct:writes
              steps:
                - loadBalance:
                    customLoadBalancer:
                      ref: writes
                    steps:
        %s
                      - to: direct:main
        - route:
            id: reads
            from:
              uri: direct:reads
              steps:
                - loadBalance:
                    customLoadBalancer:
                      ref: reads
                    steps:
        %s
        - route:
            id: readers
            from:
              uri: direct:readers
              steps:
                - to: worker:unix:%s/reader.sock
        - route:
            id: main
            from:
              uri: direct:main
              steps:
                - to: worker:unix:%s/main.sock
        """)
            .formatted(
                writer.formatted(directory).indent(14).stripTrailing(),
                steps.toString().indent(14).stripTrailing(),
                directory,
                directory);
    Path routes = Files.createDirectories(directory.resolve("routes"));
    Files.writeString(routes.resolve("front.camel.yaml"), yaml);
    return TestGateway.withRoutes(routes);
  }

  private TestGateway gateway(String writer) throws Exception {
    return gateway(writer, "direct:writes", "direct:readers");
  }

  private ScriptedWorker worker(String name) throws Exception {
    return ScriptedWorker.at(directory.resolve(name + ".sock"), ScriptedWorker.saying(name));
  }

  @Test
  void theWriterReadsWhatItHasWritten() throws Exception {
    try (ScriptedWorker writer = worker("writer");
        ScriptedWorker reader = worker("reader");
        ScriptedWorker main = worker("main");
        TestGateway gateway = gateway(WRITER);
        RawClient client = gateway.client()) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.exchange(WRITE).content()).isEqualTo("writer");
        assertThat(client.exchange(READ).content()).isEqualTo("writer");
      }
      assertThat(writer.requests()).hasSize(40);
      assertThat(reader.connections()).isEmpty();
      assertThat(main.connections()).isEmpty();
      assertThat(gateway.metrics())
          .containsPattern("gateway_requests_total\\{group=\"reads\",[^}]*worker=\"writer\"} 20")
          .containsPattern("gateway_requests_total\\{group=\"writes\",[^}]*worker=\"writer\"} 20");
    }
  }

  @Test
  void mainReadsWhileItWrites() throws Exception {
    try (ScriptedWorker reader = worker("reader");
        ScriptedWorker main = worker("main");
        TestGateway gateway = gateway("");
        RawClient client = gateway.client()) {
      assertThat(client.exchange(WRITE).content()).isEqualTo("main");
      assertThat(client.exchange(READ).content()).isEqualTo("main");
      assertThat(main.requests()).hasSize(2);
      assertThat(reader.connections()).isEmpty();
    }
  }

  @Test
  void othersReadAtOnceWhileTheWriterIsAway() throws Exception {
    try (ScriptedWorker reader = worker("reader");
        TestGateway gateway = gateway(WRITER);
        RawClient writes = gateway.client();
        RawClient client = gateway.client()) {
      writes.send(WRITE).awaitTaken();
      for (int i = 0; i < 20; i++) {
        assertThat(client.exchange(READ).content()).isEqualTo("reader");
      }
      assertThat(reader.requests()).hasSize(20);
      try (ScriptedWorker writer = worker("writer")) {
        assertThat(writes.readReply().content()).isEqualTo("writer");
        assertThat(client.exchange(READ).content()).isEqualTo("writer");
        assertThat(writer.requests()).hasSize(2);
      }
    }
  }

  @Test
  void aReadThatTheWriterDropsGoesToTheOthersOnce() throws Exception {
    try (ScriptedWorker writer =
            ScriptedWorker.at(
                directory.resolve("writer.sock"),
                connection -> {
                  connection.nextRequest();
                  connection.close();
                });
        ScriptedWorker reader = worker("reader");
        TestGateway gateway = gateway(WRITER);
        RawClient client = gateway.client()) {
      assertThat(client.exchange(READ).content()).isEqualTo("reader");
      assertThat(writer.connections()).hasSize(1);
      assertThat(reader.requests()).hasSize(1);
    }
  }

  @Test
  void failsWhenNobodyIsThere() throws Exception {
    try (TestGateway gateway = gateway(WRITER);
        RawClient client = gateway.client()) {
      assertThat(client.exchange(READ).status()).isEqualTo(502);
    }
  }

  @Test
  void takesTwoSteps() {
    assertThatThrownBy(() -> gateway(WRITER, "direct:writes"))
        .hasStackTraceContaining("WriterFirst takes two steps")
        .hasStackTraceContaining("here are 1");
  }
}
