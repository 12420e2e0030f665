// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/**
 * Each step of Camel's that makes sense beside a worker, before it, behind it, around it and in the
 * front route: whatever clients send passes as if it were not there.
 *
 * <p>The lean form takes one place of each step, in turn; {@code -Dtests.steps=all} takes all.
 */
class RouteStepsIT {
  private static final int LARGE = 5_000_000;
  private static final boolean ALL = "all".equals(System.getProperty("tests.steps"));

  @TempDir static Path directory;

  /** A bean of an admin's own. */
  public static final class Own {
    private Own() {}

    public static boolean isTrue() {
      return true;
    }

    public static void nothing() {
      // has no effect
    }
  }

  /** A processor of an admin's own. */
  public static final class Nothing implements Processor {
    @Override
    public void process(Exchange exchange) {
      // has no effect
    }
  }

  /** Leaves the exchange as it is. */
  public static final class KeepOld implements AggregationStrategy {
    @Override
    public Exchange aggregate(Exchange old, Exchange other) {
      return old;
    }
  }

  private static void serve(ScriptedWorker.Connection connection) throws IOException {
    for (RawMessage r = connection.nextRequest(); r != null; r = connection.nextRequest()) {
      String said = r.method() + " " + r.target() + " " + r.content().length();
      if (r.target().startsWith("/poll")) {
        connection.send("HTTP/1.1 200 OK\r\nServer: s\r\n");
        connection.send("Content-Length: " + said.length() + "\r\n\r\n" + said);
      } else if (r.target().startsWith("/down")) {
        connection.send("HTTP/1.1 200 OK\r\nServer: s\r\nTransfer-Encoding: chunked\r\n\r\n");
        String part = "x".repeat(LARGE / 10);
        for (int i = 0; i < 10; i++) {
          connection.send(Integer.toHexString(part.length()) + "\r\n" + part + "\r\n");
        }
        connection.send("0\r\n\r\n");
      } else {
        connection.send(
            "HTTP/1.1 203 Fine\r\nServer: s\r\nContent-Length: "
                + said.length()
                + "\r\n\r\n"
                + (r.method().equals("HEAD") ? "" : said));
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> aStepThatChangesNothingIsNotSeen() throws IOException {
    List<String> lines =
        Files.readAllLines(Path.of("src/test/resources/steps/transparent.txt")).stream()
            .filter(line -> !line.startsWith("#"))
            .toList();
    return Stream.iterate(0, i -> i < lines.size(), i -> i + 1)
        .flatMap(i -> cases(i, lines.get(i)));
  }

  private static Stream<DynamicTest> cases(int number, String line) {
    String step = line.substring(line.indexOf(' ') + 1);
    if (line.startsWith("around ")) {
      return Stream.of(test("around", step.replace("%s", socket())));
    }
    List<DynamicTest> all =
        List.of(
            test("before", step + "\n- to: " + socket()),
            test("behind", "- to: " + socket() + "\n" + step),
            test("front", step + "\n- to: direct:main"));
    return ALL ? all.stream() : Stream.of(all.get(number % 3));
  }

  private static String socket() {
    return "worker:unix:" + directory.resolve("one.sock");
  }

  private static DynamicTest test(String place, String steps) {
    return DynamicTest.dynamicTest(
        place + " " + steps.replace(socket(), "WORKER"), () -> probe(steps));
  }

  private static void probe(String steps) throws Exception {
    Path home = Files.createTempDirectory(directory, "case");
    Files.writeString(
        Files.createDirectories(home.resolve("routes")).resolve("others.camel.yaml"),
        """
        - route: { id: main, from: { uri: direct:main, steps: [ { to: "%s" } ] } }
        - route: { id: aside, from: { uri: direct:aside, steps: [ { log: "${header.CamelHttpPath} ${body}" } ] } }
        - route: { id: queued, from: { uri: seda:aside, steps: [ { log: "${header.CamelHttpPath} ${body}" } ] } }
        - route: { id: nothing, from: { uri: direct:nothing, steps: [ { log: "x" } ] } }
        - route: { id: constant, from: { uri: direct:constant, steps: [ { setBody: { constant: "c" } } ] } }
        """
            .formatted(socket()));
    try (ScriptedWorker worker =
        ScriptedWorker.at(directory.resolve("one.sock"), RouteStepsIT::serve)) {
      try (TestGateway gateway = TestGateway.withSteps(home, steps, "gateway.event-loops", "1")) {
        try (RawClient client = gateway.client()) {
          for (int i = 0; i < (ALL ? 2 : 1); i++) {
            ask(client);
          }
        }
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> gateway.metrics().contains("gateway_requests_in_flight 0.0"));
        assertThat(gateway.metrics())
            .doesNotContainPattern("gateway_worker_in_flight\\{.*\\} [1-9]");
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> worker.openConnections() == 0);
      assertThat(worker.failure()).isNull();
    }
  }

  /** Whatever clients send. */
  private static void ask(RawClient client) throws IOException {
    says(client, "GET /a?b HTTP/1.1\r\nHost: a\r\nUser-Agent: u\r\n\r\n", 203, "GET /a?b 0");
    says(client, get("/poll"), 200, "GET /poll 0");
    says(client, post("/c", "12345"), 203, "POST /c 5");
    says(client, "DELETE /d HTTP/1.1\r\nHost: a\r\n\r\n", 203, "DELETE /d 0");
    RawMessage head = client.send("HEAD /h HTTP/1.1\r\nHost: a\r\n\r\n").readReply("HEAD");
    assertThat(head.status()).isEqualTo(203);
    assertThat(head.value("Content-Length")).isEqualTo("9");
    says(client, chunked("x".repeat(LARGE)), 203, "POST /up " + LARGE);
    RawMessage down = client.exchange(get("/down"));
    assertThat(down.value("Transfer-Encoding")).isEqualTo("chunked");
    assertThat(down.content()).hasSize(LARGE).containsPattern("^x+$");
    client.send(get("/1") + get("/2") + get("/3"));
    for (int n = 1; n <= 3; n++) {
      assertThat(client.readReply().content()).isEqualTo("GET /" + n + " 0");
    }
  }

  private static void says(RawClient client, String request, int status, String content)
      throws IOException {
    RawMessage reply = client.exchange(request);
    assertThat(reply.content()).isEqualTo(content);
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.value("Server")).isEqualTo("s");
    assertThat(reply.value("User-Agent")).isNull();
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
  }

  private static String post(String path, String body) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: a\r\nContent-Length: "
        + body.getBytes(StandardCharsets.ISO_8859_1).length
        + "\r\n\r\n"
        + body;
  }

  private static String chunked(String body) {
    return "POST /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        + Integer.toHexString(body.length())
        + "\r\n"
        + body
        + "\r\n0\r\n\r\n";
  }
}
