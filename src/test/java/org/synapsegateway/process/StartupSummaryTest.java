// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.synapsegateway.FaultLine.line;

import ch.qos.logback.classic.Level;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.LogCapture;
import org.synapsegateway.TestGateway;
import org.synapsegateway.fault.Code;
import org.synapsegateway.wire.ScriptedWorker;

/** What the log says of a start. */
class StartupSummaryTest {
  @TempDir Path directory;

  @Test
  void theStartIsToldInAFewLines() throws Exception {
    Path socket = directory.resolve("w.sock");
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(""));
        LogCapture log = LogCapture.ofAll();
        TestGateway gateway = withOneOfTwo(socket)) {
      assertThat(gateway.port()).isPositive();
      assertThat(worker.requests()).isEmpty();
      assertThat(String.join("\n", log.messages()))
          .matches(
              "Listening on 127\\.0\\.0\\.1:\\d+ with .*\n"
                  + "Synapse Gateway not packaged runs on Java .*\n"
                  + "Metrics on http://127\\.0\\.0\\.1:\\d+/observe/metrics\n"
                  + "1 routes; groups with workers: front 2; 0 without workers, served by their fallback\n"
                  + "1 of 2 workers listen; not: /nowhere/b\\.sock does not exist \\[worker-unreachable]");
    }
  }

  /** Before the first look at the workers, whose findings the start has logged. */
  @Test
  void aWorkerThatDiesJustAfterTheStartIsToldOf() throws Exception {
    Path socket = directory.resolve("w.sock");
    ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(""));
    try (LogCapture log = LogCapture.ofAll();
        TestGateway gateway = withOneOfTwo(socket)) {
      assertThat(gateway.port()).isPositive();
      worker.close();
      await().until(() -> anyLine(log, "Worker w is down"));
      assertThat(anyLine(log, "Worker b is down")).isFalse();
    }
  }

  /** A gateway of two workers, of which that at the socket is there. */
  private TestGateway withOneOfTwo(Path socket) throws Exception {
    return TestGateway.withSteps(
        directory,
        """
        - choice:
            when:
              - expression: { language: { language: request, expression: GET ^/a } }
                steps: [ { to: "worker:unix:%s" } ]
            otherwise: { steps: [ { to: "worker:unix:/nowhere/b.sock" } ] }
        """
            .formatted(socket));
  }

  private static boolean anyLine(LogCapture log, String begin) {
    return log.messages().stream().anyMatch(line -> line.startsWith(begin));
  }

  @Test
  void aSocketOfTwoGroupsIsWarnedOf() throws Exception {
    try (LogCapture log = LogCapture.ofAll();
        TestGateway gateway =
            TestGateway.withSteps(
                directory,
                """
                - choice:
                    when:
                      - expression: { language: { language: request, expression: GET ^/a } }
                        steps: [ { to: "worker:unix:/nowhere/a.sock" } ]
                    otherwise: { steps: [ { to: "worker:unix:/nowhere/a.sock" } ] }
                """)) {
      assertThat(gateway.port()).isPositive();
      String file = directory.resolve("routes/front.camel.yaml").toString();
      assertThat(log.messages(Level.WARN))
          .areExactly(1, line(Code.SHARED_WORKER, file + ":13", "/nowhere/a.sock"));
    }
  }
}
