// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.LogCapture;
import org.synapsegateway.TestGateway;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** Steps of Camel's beside the worker do what Camel's documentation says. */
class StepsTest {
  private static final String GET =
      "GET /a/b?c=d&e HTTP/1.1\r\nHost: a\r\nUser-Agent: ua\r\nX-One: 1\r\nX-Two: 2\r\nX-Two: 3\r\n"
          + "camelHttpMethod: DELETE\r\norg.apache.camel.x: y\r\n\r\n";

  @TempDir Path directory;
  private ScriptedWorker worker;
  private ScriptedWorker second;

  @BeforeEach
  void start() throws IOException {
    worker =
        ScriptedWorker.at(
            directory.resolve("one.sock"),
            ScriptedWorker.replying(
                "HTTP/1.1 503 Gone Fishing\r\nServer: s\r\nX-Kept: k\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 3\r\n\r\none"));
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

  private TestGateway gateway(String steps, String... properties) throws IOException {
    return TestGateway.withSteps(directory, workers(steps), properties);
  }

  private String workers(String text) {
    return text.replace("WORKER", "worker:unix:" + directory.resolve("one.sock"))
        .replace("SECOND", "worker:unix:" + directory.resolve("two.sock"));
  }

  private void route(String name, String steps) throws IOException {
    Files.writeString(
        Files.createDirectories(directory.resolve("routes")).resolve(name + ".camel.yaml"),
        "- route:\n    id: "
            + name
            + "\n    from:\n      uri: direct:"
            + name
            + "\n      steps:\n"
            + workers(steps).indent(8));
  }

  private RawMessage ask(String steps, String request) throws IOException {
    try (TestGateway gateway = gateway(steps);
        RawClient client = gateway.client()) {
      return client.send(request).readReply(request.substring(0, request.indexOf(' ')));
    }
  }

  /** Those that are kept, by one loop or two; surplus ones end in their own time. */
  private void awaitFewConnections() {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> worker.openConnections() <= 20 && second.openConnections() <= 20);
  }

  private static String post(String body) {
    return "POST /p HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  // ---- headers

  @ParameterizedTest
  @ValueSource(strings = {"head", "body"})
  void noObjectOfTheGatewaysOwnLeavesAsAField(String property) throws IOException {
    String set = "- setHeader: { name: X-Out, expression: { simple: \"${body.PROPERTY}\" } }\n";
    String to = "- to: WORKER\n";
    for (String steps : List.of(set + to, to + set)) {
      RawMessage reply = ask(steps.replace("PROPERTY", property), GET);
      assertThat(reply.status()).isEqualTo(500);
      assertThat(reply.bytes()).doesNotContain("org.synapsegateway", "X-Out");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'simple: \"${header.User-Agent}\"'       | ua",
        "'simple: \"${header.user-agent}\"'       | ua",
        "'header: User-Agent'                     | ua",
        "'simple: \"${headers.User-Agent}\"'      | ua",
        "'simple: \"${header.X-Two[1]}\"'         | 3",
        "'simple: \"${header.CamelHttpMethod}\"'  | GET",
        "'simple: \"${header.CamelHttpPath}\"'    | /a/b",
        "'simple: \"${header.CamelHttpUri}\"'     | /a/b",
        "'simple: \"${header.CamelHttpQuery}\"'   | c=d&e",
        "'simple: \"x${header.org.apache.camel.x}\"' | x",
        "'simple: \"${body.field(''X-One'')}\"'   | 1",
        "'language: { language: field, expression: X-One }' | 1",
        "'simple: \"${headers.size}\"'            | 8",
      })
  void aStepReadsTheRequest(String expression, String value) throws Exception {
    ask("- setHeader: { name: X-Seen, " + expression + " }\n- to: WORKER", GET);

    RawMessage seen = worker.awaitRequest(0);
    assertThat(seen.value("X-Seen")).isEqualTo(value);
    assertThat(seen.value("camelHttpMethod")).isEqualTo("DELETE");
    assertThat(seen.value("org.apache.camel.x")).isEqualTo("y");
    assertThat(seen.line()).isEqualTo("GET /a/b?c=d&e HTTP/1.1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "- removeHeader: { name: X-One }          | X-Two: 2 X-Two: 3",
        "- removeHeader: { name: x-two }          | X-One: 1",
        "- removeHeaders: { pattern: X-* }        | ''",
        "- removeHeaders: { pattern: X-*, excludePattern: X-Two } | X-Two: 2 X-Two: 3",
        "- setHeader: { name: X-ONE, constant: n } | X-Two: 2 X-Two: 3 X-ONE: n",
        "- setHeader: { name: X-One, simple: '${null}' } | X-Two: 2 X-Two: 3",
        "- setHeader: { name: X-One, simple: '${header.X-One}' } | X-Two: 2 X-Two: 3 X-One: 1",
        "- log: '${headers}'                      | X-One: 1 X-Two: 2 X-Two: 3",
      })
  void whatARouteChangesBeforeTheWorkerIsWhatTheWorkerGets(String step, String fields)
      throws Exception {
    RawMessage reply = ask(step + "\n- to: WORKER", GET);

    RawMessage seen = worker.awaitRequest(0);
    assertThat(
            String.join(
                " ",
                seen.head().fields().stream()
                    .filter(f -> f.name().matches("(?i)x-(one|two)"))
                    .map(f -> f.name() + ": " + f.value())
                    .toList()))
        .isEqualTo(fields);
    assertThat(seen.value("User-Agent")).isEqualTo("ua");
    assertThat(reply.bytes())
        .isEqualTo(
            "HTTP/1.1 503 Gone Fishing\r\nServer: s\r\nX-Kept: k\r\nContent-Type: application/json\r\n"
                + "Content-Length: 3\r\n\r\none");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "- removeHeader: { name: Server }                 | 503 | X-Kept Content-Type Content-Length | one",
        "- removeHeaders: { pattern: '*' }                | 503 | Content-Length | one",
        "- setHeader: { name: Server, constant: x }       | 503 | X-Kept Content-Type Content-Length Server | one",
        "- setHeader: { name: CamelHttpResponseCode, constant: 202 } | 202 | Server X-Kept Content-Type Content-Length | one",
        "- setHeader: { name: CamelHttpResponseCode, constant: 204 } | 204 | Server X-Kept Content-Type | ''",
        "- setBody: { constant: x }                       | 503 | Server X-Kept Content-Type Content-Length | x",
        "- setBody: { simple: '${header.X-Kept}${header.CamelHttpResponseCode}' } | 503 | Server X-Kept Content-Type Content-Length | k503",
        "- to: body:read                                  | 503 | Server X-Kept Content-Type Content-Length | one",
        "- to: body:read\\n- setBody: { simple: '<${body}>' } | 503 | Server X-Kept Content-Type Content-Length | <one>",
        "- to: body:read\\n- convertBodyTo: { type: String } | 503 | Server X-Kept Content-Type Content-Length | one",
        "- removeHeaders: { pattern: '*' }\\n- to: body:read | 503 | Content-Length | one",
        "- setHeader: { name: X-Kept, constant: y }\\n- to: body:read\\n- setBody: { simple: '${body}${header.X-Kept}' } | 503 | Server Content-Type Content-Length X-Kept | oney",
        "- setBody: { simple: '${header.CamelHttpPath}' } | 503 | Server X-Kept Content-Type Content-Length | /a/b",
      })
  void whatARouteChangesBehindTheWorkerIsWhatTheClientGets(
      String steps, int status, String fields, String body) throws Exception {
    RawMessage reply = ask("- to: WORKER\n" + steps.replace("\\n", "\n"), GET);

    assertThat(reply.status()).isEqualTo(status);
    assertThat(String.join(" ", reply.head().fields().stream().map(f -> f.name()).toList()))
        .isEqualTo(fields);
    assertThat(reply.content()).isEqualTo(body);
  }

  // ---- the target

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CamelHttpPath   | /v3/x       | GET /v3/x?c=d&e HTTP/1.1",
        "CamelHttpPath   | /v3/%2F     | GET /v3/%2F?c=d&e HTTP/1.1",
        "CamelHttpQuery  | q=1         | GET /a/b?q=1 HTTP/1.1",
        "CamelHttpQuery  | ''          | GET /a/b HTTP/1.1",
        "CamelHttpUri    | /u?v=w      | GET /u?v=w HTTP/1.1",
        "CamelHttpMethod | PUT         | PUT /a/b?c=d&e HTTP/1.1",
        "camelhttpmethod | HEAD        | HEAD /a/b?c=d&e HTTP/1.1",
      })
  void aRouteRewritesTheTarget(String header, String value, String line) throws Exception {
    RawMessage reply =
        ask("- setHeader: { name: " + header + ", constant: '" + value + "' }\n- to: SECOND", GET);

    assertThat(second.awaitRequest(0).line()).isEqualTo(line);
    assertThat(second.awaitRequest(0).value("camelHttpMethod")).isEqualTo("DELETE");
    assertThat(reply.status()).isEqualTo(200);
  }

  @Test
  void aRewrittenTargetIsTheOneThatLaterStepsAskAbout() throws Exception {
    String steps =
        """
        - setHeader: { name: CamelHttpPath, simple: "${header.CamelHttpPath.replace('/a/', '/z/')}" }
        - choice:
            when:
              - language: { language: request, expression: "GET ^/z/b$" }
                steps: [ { to: SECOND } ]
            otherwise: { steps: [ { to: WORKER } ] }
        """;
    assertThat(ask(steps, GET).content()).isEqualTo("two");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a b", "/\u00e9", "/\u4e00", "x", "/a\tb", ""})
  void aTargetThatNoClientCouldSendIsRefused(String path) throws Exception {
    RawMessage reply =
        ask("- setHeader: { name: CamelHttpUri, constant: \"" + path + "\" }\n- to: WORKER", GET);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(worker.requests()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "203.0.113.7 | /_synapse/admin/v1/users | 403",
        "203.0.113.7 | /_matrix/%2e%2e/_synapse/admin | 403",
        "203.0.113.7 | /_matrix/client/v3/sync  | 200",
        "10.0.0.1    | /_synapse/admin/v1/users | 200",
        "10.0.0.1    | /_synapse/replication/x  | 403",
      })
  void aRewrittenTargetIsNoWayPastTheAccessRules(String client, String path, int status)
      throws Exception {
    Files.writeString(
        Files.createDirectories(directory.resolve("routes")).resolve("beans.camel.yaml"),
        """
        - beans:
            - name: privatePaths
              type: org.synapsegateway.routing.PrivatePaths
              properties: { clients: "10.0.0.0/8" }
        """);
    RawMessage reply =
        ask(
            "- setHeader: { name: CamelHttpPath, constant: \"" + path + "\" }\n- to: SECOND",
            "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: " + client + "\r\n\r\n");

    assertThat(reply.status()).isEqualTo(status);
  }

  @Test
  void aHeadThatARouteMakesAGetHasNoBodyAndAGetThatItMakesAHeadAnEmptyOne() throws Exception {
    String steps = "- setHeader: { name: CamelHttpMethod, constant: %s }\n- to: SECOND";
    try (TestGateway gateway = gateway(steps.formatted("GET"));
        RawClient client = gateway.client()) {
      for (int i = 0; i < 2; i++) {
        RawMessage reply = client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").readReply("HEAD");
        assertThat(reply.value("Content-Length")).isEqualTo("3");
      }
    }
  }

  // ---- bodies

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "- setBody: { constant: hello }                             | hello",
        "- to: body:read                                            | {}",
        "- to: body:read\\n- setBody: { simple: '[${body}]' }       | [{}]",
        "- to: body:read\\n- convertBodyTo: { type: String }        | {}",
        "- to: body:read\\n- convertBodyTo: { type: java.io.InputStream } | {}",
        "- setBody: { simple: '${null}' }                           | ''",
      })
  void theWorkerGetsTheBodyThatARouteHasSet(String steps, String body) throws Exception {
    String chunked =
        "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n";
    for (String request : List.of(post("{}"), chunked)) {
      ask(steps.replace("\\n", "\n") + "\n- to: WORKER", request);
    }
    await().until(() -> worker.requests().size() == 2);
    for (RawMessage seen : worker.requests()) {
      assertThat(seen.content()).isEqualTo(body);
      assertThat(seen.values("Content-Length")).containsExactly("" + body.length());
      assertThat(seen.value("Transfer-Encoding")).isNull();
    }
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() throws Exception {
    String steps = "- to: body:read?max=4B\n- to: WORKER\n- to: body:read?max=3B";
    assertThat(ask(steps, post("12345")).status()).isEqualTo(413);
    assertThat(
            ask(
                    steps,
                    "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n")
                .status())
        .isEqualTo(413);
    assertThat(ask(steps, post("1234")).status()).isEqualTo(503);
    assertThat(ask("- to: WORKER\n- to: body:read?max=2B", GET).status()).isEqualTo(502);
  }

  @Test
  void aClientThatWaitsForItIsToldToGoOn() throws Exception {
    try (TestGateway gateway = gateway("- to: body:read\n- to: SECOND");
        RawClient client = gateway.client()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
      assertThat(client.readHead().status()).isEqualTo(100);
      assertThat(client.send("ab").readReply().content()).isEqualTo("two");
      assertThat(second.awaitRequest(0).content()).isEqualTo("ab");
      assertThat(second.awaitRequest(0).value("Expect")).isNull();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "- convertBodyTo: { type: String }\\n- to: WORKER",
        "- setBody: { simple: '<${body}>' }\\n- to: WORKER",
        "- transform: { simple: '${bodyAs(String)}' }\\n- to: WORKER",
        "- to: WORKER\\n- convertBodyTo: { type: String }",
        "- to: WORKER\\n- convertBodyTo: { type: 'byte[]' }",
        "- to: WORKER\\n- transform: { simple: '<${body}>' }",
        "- to: WORKER\\n- convertBodyTo: { type: java.io.InputStream }",
        "- to: WORKER\\n- split: { tokenize: ',', steps: [ { log: x } ] }",
      })
  void aBodyThatHasNotBeenReadIsNotTakenForText(String steps) throws Exception {
    try (LogCapture log = LogCapture.ofAll()) {
      RawMessage reply = ask(steps.replace("\\n", "\n"), GET);

      assertThat(reply.status()).isEqualTo(500);
      assertThat(reply.content()).contains("M_UNKNOWN").doesNotContain("/a/b", "unix:");
      await().until(() -> !log.causes().isEmpty()); // the reply comes first
      assertThat(log.causes())
          .anyMatch(
              line -> line != null && line.contains("put \"to: body:read?max=64KiB\" before "));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- to: WORKER\\n- to: SECOND",
        "- to: WORKER\\n- to: WORKER",
        "- to: WORKER\\n- setHeader: { name: X-A, constant: b }\\n- toD: 'SECOND'",
      })
  void aBodyThatOneWorkerHasTakenIsNotForAnother(String steps) throws Exception {
    try (LogCapture log = LogCapture.ofAll()) {
      RawMessage reply = ask(steps.replace("\\n", "\n"), post("ab"));

      assertThat(reply.status()).isEqualTo(500);
      assertThat(reply.content()).contains("The gateway failed to route the request");
      String last = workers(steps.replaceFirst("(?s).*(WORKER|SECOND).*", "$1"));
      await()
          .untilAsserted(
              () ->
                  assertThat(log.messages())
                      .anyMatch(
                          line ->
                              line.contains("has been sent to a worker already, before to")
                                  && line.contains("[" + last + "] (")
                                  && line.contains("front.camel.yaml:")
                                  && line.endsWith(
                                      "; put \"to: body:read?max=64KiB\" before the first worker")));
      assertThat(second.requests()).isEmpty();
    }
    assertThat(ask("- to: body:read?max=2B\n" + steps.replace("\\n", "\n"), post("ab")).status())
        .isNotEqualTo(500);
  }

  @Test
  void aLogMayNameABodyThatHasNotBeenRead() throws Exception {
    assertThat(ask("- log: 'in ${body}'\n- to: SECOND\n- log: 'out ${body}'", GET).content())
        .isEqualTo("two");
  }

  // ---- replies of the route's own

  @Test
  void aReplyOfARouteHasNothingOfTheRequest() throws Exception {
    String steps =
        """
        - setHeader: { name: Content-Type, constant: application/json }
        - setHeader: { name: X-Mine, constant: m }
        - setHeader: { name: CamelHttpResponseCode, constant: 410 }
        - setBody: { constant: "{}" }
        """;
    RawMessage reply =
        ask(
            steps,
            "POST / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer t\r\nContent-Type: application/json\r\n"
                + "Content-Length: 0\r\n\r\n");
    assertThat(reply.bytes())
        .isEqualTo(
            "HTTP/1.1 410 Gone\r\nContent-Length: 2\r\nContent-Type: application/json\r\n"
                + "X-Mine: m\r\n\r\n{}");
  }

  @Test
  void aStatusAloneIsAReply() throws Exception {
    assertThat(ask("- setHeader: { name: CamelHttpResponseCode, constant: 410 }", GET).bytes())
        .isEqualTo("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n");
    assertThat(ask("- setHeader: { name: CamelHttpResponseCode, constant: 99 }", GET).status())
        .isEqualTo(500);
  }

  // ---- several workers

  @Test
  void anotherWorkerMayBeAskedAfterAReply() throws Exception {
    String steps =
        """
        - to: WORKER
        - choice:
            when:
              - simple: "${body.status} == 503"
                steps: [ { to: SECOND } ]
        """;
    try (TestGateway gateway = gateway(steps);
        RawClient client = gateway.client()) {
      for (int i = 0; i < 50; i++) {
        assertThat(client.exchange(GET).content()).isEqualTo("two");
      }
      assertThat(client.exchange(post("")).content()).isEqualTo("two");
      awaitFewConnections();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- multicast: { steps: [ { to: WORKER }, { to: SECOND } ] }",
        "- recipientList: { constant: \"WORKER,SECOND\" }",
        "- enrich: { expression: { constant: SECOND } }",
        "- enrich: { expression: { constant: WORKER } }\n- to: SECOND",
        "- doTry: { steps: [ { to: \"worker:unix:/nowhere.sock\" } ], doCatch: [ { exception: [ java.lang.Exception ], steps: [ { to: SECOND } ] } ] }",
        "- loop: { constant: 3, copy: true, steps: [ { to: SECOND } ] }",
        "- to: direct:other",
        "- to: body:read\n- routingSlip: { constant: \"WORKER,SECOND\" }",
        "- to: body:read\n- to: WORKER\n- to: SECOND",
        "- loadBalance: { failoverLoadBalancer: {}, steps: [ { to: \"worker:unix:/nowhere.sock\" }, { to: SECOND } ] }",
      })
  void eipsThatSendGetTheLastReply(String steps) throws Exception {
    route("other", "- to: SECOND");
    try (TestGateway gateway = gateway(steps);
        RawClient client = gateway.client()) {
      for (int i = 0; i < 40; i++) {
        assertThat(client.exchange(GET).content()).isEqualTo("two");
        assertThat(client.exchange(post("12345")).content()).isEqualTo("two");
      }
      awaitFewConnections();
      assertThat(second.requests())
          .filteredOn(r -> "POST".equals(r.method()))
          .allMatch(r -> "12345".equals(r.content()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- loadBalance: { failoverLoadBalancer: {}, steps: [ { to: \"worker:unix:/nowhere.sock\" }, { to: SECOND } ] }",
        "- recipientList: { constant: \"SECOND\" }",
        "- loadBalance: { roundRobinLoadBalancer: {}, steps: [ { to: SECOND } ] }",
      })
  void aLargeBodyGoesToTheFirstThatAsksForIt(String steps) throws Exception {
    String body = "x".repeat(3_000_000);
    try (TestGateway gateway = gateway(steps);
        RawClient client = gateway.client()) {
      assertThat(client.exchange(post(body)).content()).isEqualTo("two");
      client.send("POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2dc6c0\r\n");
      assertThat(client.send(body).send("\r\n0\r\n\r\n").readReply().content()).isEqualTo("two");
      assertThat(second.requests()).allMatch(r -> r.content().equals(body));
    }
  }

  // ---- mirrors

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- wireTap: { uri: \"WORKER\" }\n- to: SECOND",
        "- wireTap: { uri: direct:mirror }\n- to: SECOND",
      })
  void aWireTapMirrors(String steps) throws Exception {
    route("mirror", "- to: WORKER\n- setProperty: { name: s, simple: '${body.status}' }");
    try (TestGateway gateway = gateway(steps);
        RawClient client = gateway.client()) {
      for (int i = 0; i < 100; i++) {
        assertThat(client.exchange(GET.replace("/a/b", "/" + i)).content()).isEqualTo("two");
        assertThat(client.exchange(post("body" + i)).content()).isEqualTo("two");
      }
      await().until(() -> worker.requests().size() == 200);
      for (int i = 0; i < 100; i++) {
        String target = "/" + i + "?c=d&e";
        String body = "body" + i;
        assertThat(worker.requests()).anyMatch(r -> r.target().equals(target));
        assertThat(worker.requests()).anyMatch(r -> r.content().equals(body));
      }
      awaitFewConnections();
    }
  }

  @Test
  void aLargeBodyIsNotMirroredAndHangsNobody() throws Exception {
    String body = "x".repeat(5_000_000);
    try (TestGateway gateway = gateway("- wireTap: { uri: \"WORKER\" }\n- to: SECOND");
        RawClient client = gateway.client()) {
      assertThat(client.exchange(post(body)).content()).isEqualTo("two");
      assertThat(client.exchange(GET).content()).isEqualTo("two");
      await().until(() -> worker.requests().size() == 1);
      assertThat(worker.awaitRequest(0).method()).isEqualTo("GET");
    }
  }

  @Test
  void aMirrorThatIsDownCostsTheClientNothing() throws Exception {
    worker.close();
    try (TestGateway gateway = gateway("- wireTap: { uri: \"WORKER\" }\n- to: SECOND");
        RawClient client = gateway.client()) {
      for (int i = 0; i < 50; i++) {
        assertThat(client.exchange(post("b")).content()).isEqualTo("two");
      }
    }
  }

  @Test
  void aMirrorThatDoesNotReplyHoldsOnlySoManyRequests() throws Exception {
    worker.close();
    CountDownLatch mayReply = new CountDownLatch(1);
    worker =
        ScriptedWorker.at(
            directory.resolve("one.sock"),
            connection -> {
              while (connection.nextRequest() != null) {
                mayReply.await(10, TimeUnit.SECONDS);
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
              }
            });
    try (TestGateway gateway = gateway("- wireTap: { uri: \"WORKER\" }\n- to: SECOND");
        RawClient client = gateway.client()) {
      for (int i = 0; i < 300; i++) {
        assertThat(client.exchange(GET).content()).isEqualTo("two");
      }
      await().until(() -> gateway.metrics().contains("{outcome=\"skipped\"} 44.0"));
      assertThat(worker.openConnections()).isEqualTo(256);
      mayReply.countDown();
      await().until(() -> gateway.metrics().contains("{outcome=\"replied\"} 256.0"));
      assertThat(client.exchange(GET).content()).isEqualTo("two");
      await().until(() -> gateway.metrics().contains("{outcome=\"replied\"} 257.0"));
    }
  }

  // ---- whose request it is

  /** What taps have seen, each a line: path, token, body. */
  public static final class Taps {
    private static final Queue<String> SEEN = new ConcurrentLinkedQueue<>();

    public static void see(String line) {
      SEEN.add(line);
    }
  }

  @Test
  void noTapSeesAnotherRequestOfItsConnection() throws Exception {
    Taps.SEEN.clear();
    String tap =
        "- bean: { beanType: \"org.synapsegateway.exchange.StepsTest$Taps\", method: \"see('${header.CamelHttpPath}"
            + " ${header.Authorization} ${body.field(User-Agent)}')\" }";
    route("tap", tap);
    String steps =
        """
        - wireTap: { uri: direct:tap }
        - to: seda:tap?waitForTaskToComplete=Never
        - to: SECOND
        - setHeader: { name: CamelHttpResponseCode, constant: 201 }
        """;
    Files.writeString(
        directory.resolve("routes").resolve("seda.camel.yaml"),
        "- route:\n    id: seda\n    from:\n      uri: seda:tap\n      steps:\n" + tap.indent(8));
    int requests = Integer.getInteger("tests.taps", 1_000);
    try (TestGateway gateway = gateway(steps, "gateway.event-loops", "1");
        RawClient client = gateway.client()) {
      for (int i = 0; i < requests; i++) {
        String user = i % 2 == 0 ? "alice" : "bob";
        RawMessage reply =
            client.exchange(
                "GET /%s/%d HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s%d\r\nUser-Agent: %s%d\r\n\r\n"
                    .formatted(user, i, user, i, user, i));
        assertThat(reply.status()).isEqualTo(201);
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> Taps.SEEN.size() == 2 * requests);
      for (String seen : Taps.SEEN) {
        assertThat(seen).matches("/(alice|bob)/(\\d+) Bearer \\1\\2 \\1\\2");
      }
      assertThat(new HashSet<>(Taps.SEEN)).hasSize(requests);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "- to: { uri: WORKER, variableReceive: r }\\n- setBody: { simple: 'got ${variable.r.status}' } | 200 | got 503",
        "- toD: { uri: WORKER, variableReceive: r }\\n- setBody: { simple: '${header.X-Secret}' } | 200 | s3cret",
        "- enrich: { constant: WORKER, variableReceive: r }\\n- setBody: { simple: 'got ${variable.r.status}' } | 200 | got 503",
        "- to: { uri: WORKER, variableReceive: r }\\n- setBody: { variable: r }                 | 503 | one",
        "- to: { uri: WORKER, variableReceive: r }\\n- to: SECOND                               | 200 | two",
        "- claimCheck: { operation: Push }\\n- to: WORKER\\n- claimCheck: { operation: Pop }\\n- setBody: { constant: x } | 200 | x",
        "- claimCheck: { operation: Push }\\n- to: WORKER\\n- setBody: { constant: y }\\n- claimCheck: { operation: Pop }\\n- setBody: { constant: x } | 503 | x",
      })
  void aRequestThatIsPutBackInThePlaceOfItsReplyIsNotTheClientsReply(
      String steps, int status, String body) throws Exception {
    String set = "- setHeader: { name: X-Secret, constant: s3cret }\n";
    String mine = "\n- setHeader: { name: X-Mine, constant: m }";
    RawMessage reply =
        ask(
            set + steps.replace("\\n", "\n") + mine,
            GET.replace("X-One", "Authorization: t\r\nX-One"));

    assertThat(worker.awaitRequest(0).value("X-Secret")).isEqualTo("s3cret");
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.content()).isEqualTo(body);
    assertThat(reply.value("X-Mine")).isEqualTo("m");
    assertThat(reply.head().fields())
        .extracting(field -> field.name())
        .doesNotContain("X-Secret", "Authorization", "User-Agent", "X-One", "Host");
  }

  @ParameterizedTest
  @ValueSource(strings = {"- to: direct:a", "- toD: 'direct:${header.none}a'", "- to: direct:b"})
  void routesThatGoRoundInCirclesEnd(String again) throws Exception {
    route("a", again);
    route("b", "- to: direct:a");
    try (LogCapture log = LogCapture.ofAll();
        TestGateway gateway =
            gateway(
                "- choice: { when: [ { simple: \"${header.Host} == 'circle'\", steps: [ { to: direct:a } ] } ], otherwise: { steps: [ { to: SECOND } ] } }");
        RawClient client = gateway.client()) {
      assertThat(client.exchange("GET / HTTP/1.1\r\nHost: circle\r\n\r\n").status()).isEqualTo(500);
      assertThat(client.exchange(GET).content()).isEqualTo("two");
      await().until(() -> !log.causes().isEmpty());
      assertThat(log.causes())
          .anyMatch(line -> line != null && line.contains("go round in circles"));
      assertThat(gateway.main().getCamelContext().getInflightRepository().size()).isZero();
    }
  }

  // ---- requests that no client has sent

  @Test
  void aTimerAsksAWorker() throws Exception {
    Files.writeString(
        Files.createDirectories(directory.resolve("routes")).resolve("timer.camel.yaml"),
        workers(
            """
            - route:
                id: timer
                from:
                  uri: timer:once?repeatCount=3&delay=100&period=100
                  steps:
                    - setHeader: { name: CamelHttpPath, constant: /tick }
                    - setHeader: { name: X-Timer, constant: "yes" }
                    - setBody: { constant: "{}" }
                    - to: WORKER
                    - setHeader: { name: CamelHttpPath, simple: "/${body}/${header.CamelHttpResponseCode}" }
                    - removeHeader: { name: X-Timer }
                    - setBody: { simple: "${null}" }
                    - setHeader: { name: CamelHttpMethod, constant: GET }
                    - to: SECOND
            """));
    try (TestGateway gateway = gateway("- to: SECOND")) {
      assertThat(gateway.metrics()).contains("gateway_worker_up");
      RawMessage seen = worker.awaitRequest(0);
      assertThat(seen.line()).isEqualTo("POST /tick HTTP/1.1");
      assertThat(seen.value("X-Timer")).isEqualTo("yes");
      assertThat(seen.content()).isEqualTo("{}");
      assertThat(second.awaitRequest(0).line()).isEqualTo("GET /one/503 HTTP/1.1");
    }
  }
}
