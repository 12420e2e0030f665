// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.spi.InflightRepository;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.LogCapture;
import org.synapsegateway.TestGateway;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.wire.LeakWatch;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.wire.Wire;

/** Whose a body, a reply or a header is, when exchanges are copied, fail, or come too late. */
class OwnershipTest {
  private static final String GET = "GET /a/b HTTP/1.1\r\nHost: a\r\nX-One: 1\r\n\r\n";
  private static final String CHUNKED =
      "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na,b\r\n0\r\n\r\n";

  @TempDir Path directory;
  private ScriptedWorker worker;
  private ScriptedWorker second;

  @BeforeEach
  void start() throws IOException {
    Seen.LINES.clear();
    worker =
        ScriptedWorker.at(
            directory.resolve("one.sock"),
            ScriptedWorker.replying(
                "HTTP/1.1 200 OK\r\nServer: s\r\nETag: \"e\"\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\none"));
    second =
        ScriptedWorker.at(
            directory.resolve("two.sock"),
            ScriptedWorker.replying("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo"));
  }

  @AfterEach
  void stop() {
    worker.close();
    second.close();
  }

  /** What steps have told. */
  public static final class Seen {
    static final Queue<String> LINES = new ConcurrentLinkedQueue<>();

    public static void see(String line) {
      LINES.add(line);
    }

    public static boolean boom() {
      if (LINES.isEmpty()) {
        throw new AssertionError("boom");
      }
      return true;
    }
  }

  private static String see(String text) {
    return "bean: { beanType: \"org.synapsegateway.exchange.OwnershipTest$Seen\", method: \"see('"
        + text
        + "')\" }";
  }

  private TestGateway gateway(String steps, String... properties) throws IOException {
    return TestGateway.withSteps(directory, workers(steps), properties);
  }

  private String workers(String text) {
    return text.replace("WORKER", "worker:unix:" + directory.resolve("one.sock"))
        .replace("SECOND", "worker:unix:" + directory.resolve("two.sock"))
        .replace("\\n", "\n");
  }

  private void route(String from, String steps) throws IOException {
    String name = from.replaceAll("[^a-z]+", "-");
    Files.writeString(
        Files.createDirectories(directory.resolve("routes")).resolve(name + ".camel.yaml"),
        "- route:\n    id: "
            + name
            + "\n    from:\n      uri: "
            + from
            + "\n      steps:\n"
            + workers(steps).indent(8));
  }

  private RawMessage ask(String steps, String request) throws IOException {
    try (TestGateway gateway = gateway(steps);
        RawClient client = gateway.client()) {
      return client.send(request).readReply(request.substring(0, request.indexOf(' ')));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- circuitBreaker: { resilience4jConfiguration: { timeoutEnabled: true, timeoutDuration: 200 }, steps: [ { to: SILENT } ], onFallback: { steps: [ { to: SECOND } ] } }",
        "- circuitBreaker: { resilience4jConfiguration: { timeoutEnabled: true, timeoutDuration: 200 }, steps: [ { to: SILENT } ], onFallback: { steps: [ { setBody: { constant: two } } ] } }",
        "- multicast: { parallelProcessing: true, timeout: 200, steps: [ { to: SILENT }, { to: SECOND } ] }",
        "- recipientList: { parallelProcessing: true, timeout: 200, constant: \"SILENT,SECOND\" }",
      })
  void aCallThatCameToNothingEndsWithItsRequest(String steps) throws Exception {
    Path socket = directory.resolve("silent.sock");
    CountDownLatch leaves = new CountDownLatch(1);
    try (ScriptedWorker silent =
            ScriptedWorker.at(
                socket,
                connection -> {
                  connection.nextRequest();
                  connection.await(leaves);
                });
        TestGateway gateway =
            gateway(
                steps.replace("SILENT", "worker:unix:" + socket),
                "gateway.worker.reply-timeout",
                "1h");
        RawClient client = gateway.client()) {
      assertThat(client.send(GET).readReply().content()).isEqualTo("two");
      assertThat(silent.connections().get(0).awaitEnd()).isNotEqualTo(Wire.End.NONE);
      leaves.countDown();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "setHeader: { name: X, constant: a }       | CamelHttpPath | /a/b",
        "removeHeaders: { pattern: 'nothing*' }    | CamelHttpPath | /a/b",
        "removeHeaders: { pattern: 'nothing*' }    | CamelHttpUri  | /a/b",
        "removeHeaders: { pattern: 'nothing*' }    | CamelHttpPath | /other",
        "setProperty: { name: all, simple: '${headers.size}' } | CamelHttpPath | /a/b",
      })
  void aTargetMayBeSetAgainForAnotherWorker(String first, String header, String path)
      throws Exception {
    String steps =
        """
        - %s
        - setHeader: { name: CamelHttpUri, constant: /x }
        - doTry:
            steps:
              - to: worker:unix:/nowhere.sock
            doCatch:
              - exception: [ java.lang.Exception ]
                steps:
                  - setHeader: { name: %s, constant: %s }
                  - to: SECOND
        """;
    assertThat(ask(steps.formatted(first, header, path), GET).content()).isEqualTo("two");
    assertThat(second.requests().get(0).target()).startsWith(path);
  }

  private static String post(String body) {
    return "POST /p HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  @ParameterizedTest
  @ValueSource(strings = {"- to: body:read", "- to: \"worker:unix:/nowhere.sock\""})
  void aTapBehindTheWorkerLeavesTheClientItsReply(String tap) throws Exception {
    route("direct:tap", tap);
    String steps = "- to: SECOND\n- wireTap: { uri: direct:tap }\n- delay: { constant: 300 }";
    assertThat(ask(steps, GET).content()).isEqualTo("two");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- to: body:read\n- multicast: { steps: [ { to: WORKER }, { to: SECOND } ] }",
        "- to: body:read\n- recipientList: { constant: \"WORKER,SECOND\" }",
        "- setExchangePattern: { pattern: InOnly }\n- multicast: { steps: [ { to: WORKER }, { to: SECOND } ] }",
        "- setExchangePattern: { pattern: InOnly }\n- recipientList: { constant: \"WORKER,SECOND\" }",
        "- setExchangePattern: { pattern: InOnly }\n- multicast: { steps: [ { to: WORKER }, { multicast: { steps: [ { to: SECOND } ] } } ] }",
        "- setExchangePattern: { pattern: InOnly }\n- to: body:read\n- multicast: { steps: [ { to: WORKER }, { to: SECOND } ] }",
        "- to: body:read\n- wireTap: { uri: \"WORKER\" }\n- to: SECOND",
        "- multicast: { parallelProcessing: true, steps: [ { to: WORKER }, { to: SECOND } ] }\n- setHeader: { name: a, constant: b }\n- setBody: { constant: two }",
        "- to: body:read\n- multicast: { parallelProcessing: true, steps: [ { to: WORKER }, { to: SECOND } ] }\n- setHeader: { name: a, constant: b }\n- setBody: { constant: two }",
      })
  void workersAllGetABodyThatIsSmall(String steps) throws Exception {
    try (TestGateway gateway = gateway(steps);
        RawClient client = gateway.client()) {
      for (String request : List.of(post("a,b"), CHUNKED)) {
        assertThat(client.exchange(request).content()).isEqualTo("two");
      }
      // a tap that waits for a thread is lost at a stop, by Camel
      await().until(() -> worker.requests().size() == 2 && second.requests().size() == 2);
    }
    assertThat(worker.requests()).allMatch(r -> r.content().equals("a,b"));
    assertThat(second.requests()).allMatch(r -> r.content().equals("a,b"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Content-Length: 6          | abc         | def",
        "Transfer-Encoding: chunked | 3\\nabc\\n   | 3\\ndef\\n0\\n\\n",
      })
  void aBodyThatComesSlowlyGoesToAllWorkersAtOnce(String framing, String first, String rest)
      throws Exception {
    String steps =
        "- multicast: { parallelProcessing: true, steps: [ { to: WORKER }, { to: SECOND } ] }";
    try (TestGateway gateway = gateway(steps);
        RawClient client = gateway.client()) {
      client.send(
          "POST /c HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n" + first.replace("\\n", "\r\n"));
      client.awaitTaken();
      client.send(rest.replace("\\n", "\r\n"));
      assertThat(client.readReply().status()).isEqualTo(200);
      assertThat(worker.awaitRequest(0).content()).isEqualTo("abcdef");
      assertThat(second.awaitRequest(0).content()).isEqualTo("abcdef");
    }
  }

  @Test
  void aLargeBodyIsNotTakenFromTheWorkerThatHasItFirst() throws Exception {
    String steps =
        "- multicast: { parallelProcessing: true, steps: [ { to: SECOND }, { to: SECOND } ] }\n"
            + "- setHeader: { name: CamelHttpResponseCode, constant: 200 }";
    try (TestGateway gateway = gateway(steps);
        RawClient client = gateway.client()) {
      client.send("POST /c HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n");
      client.awaitTaken();
      client.send("x".repeat(200_000));
      client.readReply();
      assertThat(second.awaitRequest(0).content()).hasSize(200_000);
      assertThat(second.requests()).hasSize(1);
    }
  }

  @Test
  void eachPartOfASplitGoesToAWorker() throws Exception {
    String steps =
        "- to: body:read\n- split: { tokenize: { token: ',' }, steps: [ { to: WORKER } ] }\n- to: SECOND";
    assertThat(ask(steps, post("a,b")).content()).isEqualTo("two");
    assertThat(worker.requests()).extracting(RawMessage::content).containsExactly("a", "b");
    assertThat(second.awaitRequest(0).content()).isEqualTo("a,b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- wireTap: { uri: direct:mirror }\n- to: SECOND",
        "- multicast: { steps: [ { to: direct:mirror }, { to: SECOND } ] }",
        "- to: direct:mirror\n- to: SECOND",
        "- enrich: { expression: { constant: direct:mirror } }\n- to: SECOND",
      })
  void memoryOfBodiesIsGivenBack(String steps) throws Exception {
    route("direct:mirror", "- to: WORKER\n- to: body:read");
    try (TestGateway gateway =
            gateway(steps, "gateway.replay-memory", "64KiB", "gateway.replay-max", "1KiB");
        RawClient client = gateway.client()) {
      for (int i = 0; i < 60; i++) {
        assertThat(client.exchange(GET).content()).isEqualTo("two");
      }
      await().untilAsserted(() -> assertThat(budget(gateway).taken()).isZero());
    }
  }

  private static MemoryBudget budget(TestGateway gateway) {
    return SharedServices.of(gateway.main().getCamelContext()).memoryBudget();
  }

  @Test
  void mirroredBodiesTakeMemoryUntilTheirWorkerReplies() throws Exception {
    worker.close();
    CountDownLatch mayReply = new CountDownLatch(1);
    worker =
        ScriptedWorker.at(
            directory.resolve("one.sock"),
            connection -> {
              connection.nextRequest();
              connection.await(mayReply);
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
              connection.awaitEnd();
            });
    int size = 1_000_000;
    int rest = 1_500_000;
    String[] limits = {"gateway.replay-max", "1MiB", "gateway.replay-memory", size + rest + "B"};
    String post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n";
    try (TestGateway gateway = gateway("- wireTap: { uri: WORKER }\n- to: SECOND", limits);
        RawClient client = gateway.client()) {
      client.exchange(post + "x".repeat(size));
      await().untilAsserted(() -> assertThat(budget(gateway).taken()).isEqualTo(size));
      assertThat(budget(gateway).take(rest)).isTrue();
      client.exchange(post + "x".repeat(size));
      await().until(() -> gateway.metrics().contains("{outcome=\"no_body\"} 1.0"));
      assertThat(budget(gateway).taken()).isEqualTo(size + rest);

      mayReply.countDown();
      await().until(() -> gateway.metrics().contains("{outcome=\"replied\"} 1.0"));
      assertThat(budget(gateway).taken()).isEqualTo(rest);
    }
  }

  /** No worker says so, as none has the request yet. */
  @Test
  void aClientIsToldToSendWhatCopiesNeed() throws Exception {
    String steps = "- multicast: { steps: [ { to: WORKER }, { to: SECOND } ] }";
    try (TestGateway gateway = gateway(steps);
        RawClient client = gateway.client()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
      assertThat(client.readReply().status()).isEqualTo(100);
      assertThat(client.send("abc").readReply().content()).isEqualTo("two");
      assertThat(worker.requests().get(0).content()).isEqualTo("abc");
      assertThat(second.requests().get(0).content()).isEqualTo("abc");
    }
  }

  @Test
  void aCopyWithoutMemoryForItsBodyIsOverload() throws Exception {
    String steps = "- multicast: { steps: [ { to: WORKER }, { to: SECOND } ] }";
    try (TestGateway gateway = gateway(steps);
        RawClient client = gateway.client()) {
      assertThat(budget(gateway).take(Runtime.getRuntime().maxMemory() / 8 - 2)).isTrue();
      String post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
      assertThat(client.exchange(post).status()).isEqualTo(503);
    }
  }

  @Test
  void aMirrorHasTheIdAndTheListenerOfItsRequest() throws Exception {
    route("direct:mirror", "- " + see("${body.listener}") + "\n- to: WORKER");
    String steps = "- wireTap: { uri: direct:mirror }\n- to: SECOND";
    try (TestGateway gateway =
            gateway(
                steps, "gateway.request-id-field", "X-Request-Id", "gateway.trusted-proxies", "");
        RawClient client = gateway.client()) {
      client.exchange("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: chosen\r\n\r\n");
      String id = second.awaitRequest(0).head().value("x-request-id");
      assertThat(id).isNotEqualTo("chosen").isNotEmpty();
      assertThat(worker.awaitRequest(0).head().value("x-request-id")).isEqualTo(id);
      assertThat(Seen.LINES).containsExactly("http://127.0.0.1:0");
    }
  }

  @Test
  void memoryOfRepliesToATimerIsGivenBack() throws Exception {
    route(
        "timer:once?repeatCount=3&delay=10&period=10",
        "- setHeader: { name: CamelHttpPath, constant: /tick }\n- to: WORKER\n- " + see("${body}"));
    try (TestGateway gateway = gateway("- to: SECOND")) {
      await().until(() -> Seen.LINES.size() >= 3);
      await().untilAsserted(() -> assertThat(budget(gateway).taken()).isZero());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- to: WORKER\n- setBody: { constant: x }",
        "- to: WORKER\n- to: WORKER",
        "- to: WORKER\n- throwException: { exceptionType: java.lang.IllegalStateException, message: m }",
        "- doTry: { steps: [ { to: WORKER }, { throwException: { exceptionType: java.lang.IllegalStateException, message: m } } ], doCatch: [ { exception: [ java.lang.Exception ], steps: [ { setBody: { constant: x } } ] } ] }",
      })
  void theReplyToAMirrorIsGivenBack(String mirror) throws Exception {
    route("direct:mirror", mirror);
    try (TestGateway gateway = gateway("- wireTap: { uri: direct:mirror }\n- to: SECOND");
        RawClient client = gateway.client()) {
      for (int i = 0; i < 60; i++) {
        assertThat(client.exchange(GET).content()).isEqualTo("two");
      }
      await().until(() -> worker.requests().size() >= 60);
      await().atMost(Duration.ofSeconds(20)).until(() -> worker.openConnections() <= 20);
    }
  }

  /** A step that lasts longer than the gateway. */
  public static final class Hold {
    static final Semaphore ARRIVED = new Semaphore(0);
    static final CompletableFuture<Void> GOES_ON = new CompletableFuture<>();

    public static void hold() {
      ARRIVED.release();
      GOES_ON.join(); // an interrupt does not end it
    }
  }

  @Test
  void aReplyThatNoStepHasReadByTheEndLeavesNothing() throws Exception {
    route(
        "direct:mirror",
        "- to: WORKER\n- threads: {}\n- bean: { beanType: \"org.synapsegateway.exchange.OwnershipTest$Hold\","
            + " method: hold }");
    stopWhileAStepHolds();
    ask("- to: SECOND", GET); // what still refers to a gateway, refers to this one from now on
    assertThat(LeakWatch.leaks()).isEmpty();
  }

  private void stopWhileAStepHolds() throws IOException, InterruptedException {
    TestGateway gateway =
        gateway(
            "- wireTap: { uri: direct:mirror }\n- to: SECOND", "camel.main.shutdownTimeout", "1");
    try (RawClient client = gateway.client()) {
      client.exchange(GET);
      Hold.ARRIVED.acquire();
    } finally {
      gateway.close();
      Hold.GOES_ON.complete(null);
    }
  }

  @Test
  void aFieldThatIsCopiedKeepsItsOctets() throws Exception {
    String name = new String("Zoë 日本".getBytes(UTF_8), ISO_8859_1);
    String steps =
        """
        - setHeader: { name: X-Copy, simple: '${header.X-One}' }
        - filter: { simple: "${header.X-One} == 'Zoë 日本'", steps: [ { setHeader: { name: X-Equal, constant: "true" } } ] }
        - to: WORKER
        """;
    RawMessage reply = ask(steps, GET.replace("X-One: 1", "X-One: " + name));
    assertThat(reply.status()).isEqualTo(200);
    RawMessage asked = worker.requests().get(0);
    assertThat(asked.value("X-One")).isEqualTo(name);
    assertThat(asked.value("X-Copy")).isEqualTo(name);
    assertThat(asked.value("X-Equal")).isEqualTo("true");
  }

  // ---- ends

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "- to: WORKER                                                   | 200  s",
        "- setHeader: { name: CamelHttpResponseCode, constant: 410 }    | 410 1 ",
        "- to: \"worker:unix:/nowhere.sock\"                            | ' 1 '",
      },
      ignoreLeadingAndTrailingWhitespace = true)
  void whatRunsOnCompletionSeesTheRequestOrTheReply(String steps, String seen) throws Exception {
    Files.writeString(
        Files.createDirectories(directory.resolve("routes")).resolve("x.camel.yaml"),
        "- routeConfiguration:\n    onCompletion:\n      - onCompletion:\n          steps:\n            - "
            + see("${header.CamelHttpResponseCode} ${header.X-One} ${header.Server}")
            + "\n");
    ask(steps, GET);
    await().until(() -> Seen.LINES.size() == 1);
    assertThat(Seen.LINES.peek().strip()).isEqualTo(seen.strip());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- doTry: { steps: [ { to: \"worker:unix:/nowhere.sock\" } ], doCatch: [ { exception: [ java.lang.Exception ], steps: [ { setBody: { constant: sorry } } ] } ] }",
        "- doTry: { steps: [ { loadBalance: { failoverLoadBalancer: {}, steps: [ { to: \"worker:unix:/nowhere.sock\" }, { to: \"worker:unix:/nowhere2.sock\" } ] } } ], doCatch: [ { exception: [ java.lang.Exception ], steps: [ { setBody: { constant: sorry } } ] } ] }",
        "- doTry: { steps: [ { multicast: { stopOnException: true, steps: [ { to: \"worker:unix:/nowhere.sock\" } ] } } ], doCatch: [ { exception: [ java.lang.Exception ], steps: [ { setBody: { constant: sorry } } ] } ] }",
        "- log: '${headers.size}'\n- doTry: { steps: [ { to: \"worker:unix:/nowhere.sock\" } ], doCatch: [ { exception: [ java.lang.Exception ], steps: [ { setHeader: { name: CamelHttpResponseCode, constant: 503 } }, { setBody: { constant: sorry } } ] } ] }",
        "- to: SECOND\n- setHeader: { name: X-Secret, constant: s3cret }\n- doTry: { steps: [ { to: \"worker:unix:/nowhere.sock\" } ], doCatch: [ { exception: [ java.lang.Exception ], steps: [ { setBody: { constant: sorry } } ] } ] }",
      })
  void whatIsMeantForAWorkerThatFailsIsNotToldToTheClient(String steps) throws Exception {
    RawMessage reply = ask("- setHeader: { name: X-Secret, constant: s3cret }\n" + steps, GET);
    assertThat(reply.content()).isEqualTo("sorry");
    assertThat(reply.bytes()).doesNotContain("s3cret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- to: WORKER\n- setHeader: { name: X-Body, simple: '${body}' }",
        "- setProperty: { name: p, simple: '${body}' }\n- to: WORKER\n- setHeader: { name: X-Body, exchangeProperty: p }",
        "- setHeader: { name: X-Body, simple: '${body}' }\n- to: WORKER",
        "- to: WORKER\n- setHeader: { name: X-Body, simple: '<${body}>' }",
        "- setProperty: { name: p, simple: '${body}' }\n- to: WORKER\n- setBody: { simple: '${exchangeProperty.p}' }",
        "- setProperty: { name: p, simple: '${body}' }\n- to: WORKER\n- setBody: { simple: '<${exchangeProperty.p}>' }",
        "- setProperty: { name: p, simple: '${body}' }\n- to: WORKER\n- setHeader: { name: X, simple: '${exchangeProperty.p}' }",
      })
  void noBodyIsAFieldByItsName(String steps) throws Exception {
    RawMessage reply = ask(steps, GET);
    assertThat(reply.bytes()).doesNotContain("unix:", "/a/b");
    assertThat(worker.requests()).noneMatch(r -> r.value("X-Body") != null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- filter: { simple: '${bean:type:org.synapsegateway.exchange.OwnershipTest$Seen?method=boom}', steps: [ { log: x } ] }",
        "- to: SECOND\n- filter: { simple: '${bean:type:org.synapsegateway.exchange.OwnershipTest$Seen?method=boom}', steps: [ { log: x } ] }",
        "- to: SECOND\n- filter: { simple: \"${header.X-Long} regex '(a|b)*c'\", steps: [ { log: x } ] }",
        "- delay: { constant: 10 }\n- filter: { simple: '${bean:type:org.synapsegateway.exchange.OwnershipTest$Seen?method=boom}', steps: [ { log: x } ] }",
        "- threads: {}\n- filter: { simple: '${bean:type:org.synapsegateway.exchange.OwnershipTest$Seen?method=boom}', steps: [ { log: x } ] }",
        "- to: body:read\n- setBody: { simple: '${bean:type:org.synapsegateway.exchange.OwnershipTest$Seen?method=boom}' }",
        "- to: SECOND\n- to: direct:boom",
      })
  void anErrorIsAnAnswer(String steps) throws Exception {
    second.close();
    second =
        ScriptedWorker.at(
            directory.resolve("two.sock"),
            ScriptedWorker.replying(
                "HTTP/1.1 200 OK\r\nX-Long: "
                    + "ab".repeat(4000)
                    + "\r\nContent-Length: 3\r\n\r\ntwo"));
    route(
        "direct:boom",
        "- setBody: { simple: '${bean:type:org.synapsegateway.exchange.OwnershipTest$Seen?method=boom}' }");
    try (TestGateway gateway = gateway(steps);
        RawClient client = gateway.client()) {
      assertThat(client.exchange(GET).status()).isEqualTo(500);
      await().until(() -> inFlight(gateway.main().getCamelContext()).isEmpty());
    }
  }

  /** The routes that a stop would wait for. */
  private static List<String> inFlight(CamelContext context) {
    InflightRepository repository = context.getInflightRepository();
    return Stream.concat(
            context.getRoutes().stream()
                .map(Route::getRouteId)
                .filter(id -> repository.size(id) != 0),
            Stream.of("context").filter(all -> repository.size() != 0))
        .toList();
  }

  /** A field that overflows the stack of a regular expression. */
  private static final String OVERFLOW =
      "- filter: { simple: \"${header.X-Long} regex '(a|b)*c'\", steps: [ { log: x } ] }";

  @ParameterizedTest
  @ValueSource(strings = {"", "- threads: {}\n"})
  void aRegexThatAFieldOverflowsIsAnAnswer(String before) throws Exception {
    String request = GET.replace("X-One: 1", "X-Long: " + "ab".repeat(4_000));
    assertThat(ask(before + OVERFLOW, request).status()).isEqualTo(500);
  }

  /** At once, and when the tapped route continues later. */
  @ParameterizedTest
  @CsvSource({
    "direct:tap, '- log: a'",
    "direct:tap, '- to: WORKER'",
    "direct:tap, '- delay: { constant: 1 }'",
    "seda:tap, '- log: a'",
    "seda:tap, '- to: WORKER'"
  })
  void anErrorOfATapEndsTheTapAndIsNotTheClients(String tap, String first) throws Exception {
    String longField = "- setHeader: { name: X-Long, constant: " + "ab".repeat(4_000) + " }\n";
    route(tap, first + "\n" + longField + OVERFLOW);
    try (LogCapture log = LogCapture.ofAll();
        TestGateway gateway = gateway("- wireTap: { uri: '" + tap + "' }\n- to: SECOND");
        RawClient client = gateway.client()) {
      assertThat(client.exchange(GET).content()).isEqualTo("two");
      await()
          .until(
              () -> log.messages().stream().anyMatch(line -> line.contains("has started failed")));
      await().until(() -> inFlight(gateway.main().getCamelContext()).isEmpty());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "- to: WORKER\\n- setBody: { simple: '${header.CamelHttpResponseCode}' } | 200",
        "- to: WORKER\\n- setBody: { simple: '${body.status}' } | 200",
        "- setBody: { constant: 5, }\\n- convertBodyTo: { type: java.lang.Integer } | 5",
        "- to: WORKER\\n- setBody: { simple: '${header.Server}' }\\n- convertBodyTo: { type: java.io.InputStream } | s",
      })
  void aBodyOfAnyTypeThatHasTextIsThatText(String steps, String text) throws Exception {
    assertThat(ask(steps, GET).content()).isEqualTo(text);
  }

  @Test
  void aBodyThatHasNoBytesIsNotLogged() throws Exception {
    try (LogCapture log = LogCapture.ofAll()) {
      assertThat(
              ask(
                      "- setBody: { simple: '${headers}' }",
                      "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer s3cret\r\n\r\n")
                  .status())
          .isEqualTo(500);
      await().until(() -> !log.causes().isEmpty());
      assertThat(log.causes().toString()).doesNotContain("s3cret");
    }
  }

  // ---- what is written

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "- setHeader: { name: Host, constant: b:80 }                 | GET / HTTP/1.1         | b:80",
        "- setHeader: { name: Host, constant: b }                    | GET http://c/ HTTP/1.1 | b",
        "- setHeader: { name: Host, simple: '${null}' }              | GET / HTTP/1.1         | a",
        "- setHeader: { name: Host, constant: '' }                   | GET / HTTP/1.1         | a",
        "- setHeader: { name: Host, constant: 'b, c/d' }             | GET / HTTP/1.1         | a",
        "- setHeader: { name: Host, simple: '${header.X-Two}' }      | GET / HTTP/1.1         | a",
        "- removeHeaders: { pattern: '*' }                           | GET / HTTP/1.1         | a",
        "- removeHeader: { name: Host }                              | GET http://c/ HTTP/1.1 | c",
      })
  void aRequestHasOneHost(String step, String line, String host) throws Exception {
    ask(step + "\n- to: SECOND", line + "\r\nHost: a\r\nX-Two: 1\r\nX-Two: 2\r\n\r\n");
    assertThat(second.awaitRequest(0).values("Host")).containsExactly(host);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection", "Content-Length", "Expect", "Keep-Alive", "Proxy-Connection", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade", "X Y", "X:Y", "\u212Aeep-Alive", "\u00e9", ""
      })
  void whatFramesAMessageIsNotARoutes(String name) throws Exception {
    String step = "- setHeader: { name: \"" + name + "\", constant: chunked }\n";
    RawMessage reply = ask(step + "- to: SECOND\n" + step, GET);
    assertThat(reply.bytes()).isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo");
    assertThat(second.awaitRequest(0).head().fields())
        .extracting(f -> f.name())
        .containsExactly("Host", "X-One", "X-Forwarded-For", "X-Forwarded-Proto");
  }

  @Test
  void aRouteMayKnowBetterWhoAsks() throws Exception {
    ask(
        "- setHeader: { name: X-Forwarded-For, constant: 192.0.2.1 }\n- to: SECOND\n"
            + "- setHeader: { name: X-Forwarded-Proto, constant: https }\n- to: SECOND\n"
            + "- removeHeaders: { pattern: X-* }\n- to: SECOND",
        GET);
    assertThat(second.awaitRequest(0).values("X-Forwarded-For")).containsExactly("192.0.2.1");
    assertThat(second.awaitRequest(0).values("X-Forwarded-Proto")).containsExactly("http");
    assertThat(second.awaitRequest(1).values("X-Forwarded-For")).containsExactly("127.0.0.1");
    assertThat(second.awaitRequest(1).values("X-Forwarded-Proto")).containsExactly("https");
    assertThat(second.awaitRequest(2).values("X-Forwarded-For")).containsExactly("127.0.0.1");
    assertThat(second.awaitRequest(2).values("X-Forwarded-Proto")).containsExactly("http");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"G T", "GET /evil HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n", "G\u00c9T", "GET,", "G\\tT"})
  void aMethodThatNoClientCouldSendIsRefused(String method) throws Exception {
    String step = "- setHeader: { name: CamelHttpMethod, constant: \"" + method + "\" }";
    assertThat(ask(step + "\n- to: SECOND", GET).status()).isEqualTo(400);
    assertThat(second.requests()).isEmpty();
  }

  @Test
  void aReplacedBodyHasNothingOfTheOldOne() throws Exception {
    String set = "- to: WORKER\n- setBody: { constant: xy }";
    String head = "HTTP/1.1 200 OK\r\nServer: s\r\nContent-Length: 2\r\n";
    assertThat(ask(set, GET).bytes()).isEqualTo(head + "\r\nxy");
    assertThat(ask(set, GET.replace("GET", "HEAD")).bytes()).isEqualTo(head + "\r\n");
    assertThat(ask(set + "\n- setHeader: { name: ETag, constant: '\"f\"' }", GET).bytes())
        .isEqualTo(head + "ETag: \"f\"\r\n\r\nxy");
    ask(
        "- setBody: { constant: xy }\n- to: SECOND",
        post("abc").replace("Host", "Content-MD5: m\r\nContent-Encoding: gzip\r\nHost"));
    RawMessage seen = second.awaitRequest(0);
    assertThat(seen.content()).isEqualTo("xy");
    assertThat(seen.value("Content-MD5")).isNull();
    assertThat(seen.value("Content-Encoding")).isNull();
  }

  @Test
  void aFieldIsTextAsCamelConvertsIt() throws Exception {
    String bytes = "- setBody: { constant: b }\n- convertBodyTo: { type: 'byte[]' }\n";
    assertThat(
            ask(bytes + "- setHeader: { name: X-Bytes, simple: '${body}' }\n", GET)
                .value("X-Bytes"))
        .isEqualTo("b");
  }

  /**
   * The exchange ends at once, while the copies of its request are told that the client is gone.
   */
  @Test
  void aClientThatLeavesEndsTheExchangeOfACopy() throws Exception {
    try (ScriptedWorker silent =
            ScriptedWorker.at(
                directory.resolve("silent.sock"),
                connection -> {
                  connection.nextRequest();
                  connection.awaitEnd();
                });
        LogCapture log = LogCapture.ofAll()) {
      try (TestGateway gateway =
              gateway(
                  "- loop: { constant: 1, copy: true, steps: [ { to: \"worker:unix:%s\" } ] }"
                      .formatted(silent.path()));
          RawClient client = gateway.client().send(GET)) {
        silent.awaitRequest(0);
        client.reset();
        await().until(() -> silent.openConnections() == 0);
      }
      assertThat(log.messages()).noneMatch(line -> line.contains("Exception"));
    }
  }
}
