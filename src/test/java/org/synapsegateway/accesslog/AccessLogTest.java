// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.LogCapture;
import org.synapsegateway.TestGateway;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.Redaction;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Loops;
import org.synapsegateway.request.Destinations;
import org.synapsegateway.request.RequestRecord;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** The access log of requests that really went over sockets. */
class AccessLogTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String TOKEN = "syt_YWxpY2U_abcdefgh_1";

  @TempDir Path directory;

  private ScriptedWorker main() throws IOException {
    return ScriptedWorker.at(directory.resolve("inbound_main.sock"), ScriptedWorker.replying(OK));
  }

  private Path file() {
    return directory.resolve("access.log");
  }

  private TestGateway gateway(String... properties) throws IOException {
    String[] all = Arrays.copyOf(properties, properties.length + 2);
    all[properties.length] = "gateway.access-log.file";
    all[properties.length + 1] = file().toString();
    return TestGateway.withSteps(
        directory, "- to: worker:unix:" + directory + "/inbound_main.sock", all);
  }

  private List<String> lines(int count) {
    return await()
        .until(
            () -> Files.exists(file()) ? Files.readAllLines(file()) : List.of(),
            l -> l.size() == count);
  }

  @Test
  void aLineIsInCombinedFormatWithOursBehindIt() throws Exception {
    try (ScriptedWorker main = main();
        TestGateway gateway =
            gateway("gateway.access-log", "combined", "gateway.request-id-field", "X-Request-Id");
        RawClient client = gateway.client()) {
      client.exchange(
          "POST /_matrix/client/v3/x?since=s1&access%5Ftoken="
              + TOKEN
              + " HTTP/1.1\r\nHost: h\r\nUser-Agent: Element/1.11\r\nReferer: https://app/?loginToken=abc\r\n"
              + "Content-Length: 3\r\n\r\nabc");
      String id = main.requests().get(0).value("X-Request-Id");
      assertThat(lines(1).get(0))
          .matches(
              "127\\.0\\.0\\.1 - - \\[\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d [+-]\\d{4}]"
                  + " \"POST /_matrix/client/v3/x\\?since=s1&access%5Ftoken=(#[0-9a-f]{8}) HTTP/1\\.1\""
                  + " 200 2 \"https://app/\\?loginToken=#[0-9a-f]{8}\" \"Element/1\\.11\""
                  + " group=front worker=inbound_main key=none device=\\1"
                  + " first=\\d+\\.\\d{3} last=\\d+\\.\\d{3} waited=0\\.000 retries=0 received=3"
                  + " poll=no failure=- id="
                  + id
                  + " listener=http://127\\.0\\.0\\.1:0");
    }
  }

  @Test
  void aLineIsAJsonObject() throws Exception {
    try (ScriptedWorker main = main();
        TestGateway gateway = gateway("gateway.access-log", "json");
        RawClient client = gateway.client()) {
      client.exchange(
          "GET /_matrix/client/unstable/org.matrix.x/sync?timeout=30000&since=s1 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer "
              + TOKEN
              + "\r\nUser-Agent: a \"quoted\" \\ one\r\n\r\n");

      String line = lines(1).get(0);
      assertThat(line).doesNotContain("syt_", "YWxpY2U");
      Map<String, String> fields = parse(line);
      assertThat(fields)
          .containsEntry("client", "127.0.0.1")
          .containsEntry("method", "GET")
          .containsEntry(
              "target", "/_matrix/client/unstable/org.matrix.x/sync?timeout=30000&since=s1")
          .containsEntry("status", "200")
          .containsEntry("reply_bytes", "2")
          .containsEntry("user_agent", "a \"quoted\" \\ one")
          .containsEntry("group", "front")
          .containsEntry("worker", "inbound_main")
          .containsEntry("poll", "true")
          .containsEntry("failure", "-")
          .containsEntry("listener", "http://127.0.0.1:0");
      assertThat(fields.get("device")).matches("#[0-9a-f]{8}");
      assertThat(fields.get("time")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
      assertThat(main.requests()).hasSize(1);
    }
  }

  private static void awaitOrFail(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, String> parse(String line) throws IOException {
    Map<String, String> fields = new TreeMap<>();
    try (JsonParser json = new JsonFactory().createParser(line)) {
      json.nextToken();
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        json.nextToken();
        fields.put(name, json.getText());
      }
    }
    return fields;
  }

  @Test
  void whatIsNoHttpHasALineWithoutItsBytes() throws Exception {
    try (TestGateway gateway = gateway("gateway.access-log", "combined");
        RawClient client = gateway.client()) {
      client.exchange("(" + TOKEN + ") HTTP/1.1\r\nHost: h\r\n\r\n");

      assertThat(lines(1).get(0))
          .contains("\"-\" 400 ", "group=none worker=none", "failure=bad_request")
          .doesNotContain("YWxpY2U");
    }
  }

  @Test
  void aRefusedRequestHasALineAsFarAsItWasRead() throws Exception {
    try (TestGateway gateway = gateway("gateway.access-log", "combined");
        RawClient client = gateway.client()) {
      client.exchange("GET /" + TOKEN + "\u0001 HTTP/1.1\r\nHost: h\r\n\r\n");

      assertThat(lines(1).get(0))
          .contains("\"GET /#", "\" 400 ", "failure=bad_request")
          .doesNotContain("YWxpY2U");
    }
  }

  @Test
  void allLinesAreWrittenWhenTheGatewayStops() throws Exception {
    int count = 5_000;
    try (ScriptedWorker main = main();
        TestGateway gateway = gateway("gateway.access-log", "combined");
        RawClient client = gateway.client()) {
      for (int i = 0; i < count; i++) {
        client.exchange("GET /" + i + " HTTP/1.1\r\nHost: h\r\n\r\n");
      }
      assertThat(gateway.metrics()).contains("gateway_access_log_dropped_total 0.0\n");
      assertThat(main.requests()).hasSize(count);
    }
    List<String> lines = Files.readAllLines(file());
    assertThat(lines).hasSize(count);
    for (int i = 0; i < count; i++) {
      assertThat(lines.get(i)).contains("\"GET /" + i + " HTTP/1.1\" 200 2 ");
    }
  }

  @Test
  void whatADiskDoesNotTakeIsCountedAndTold() throws Exception {
    Files.createSymbolicLink(file(), Path.of("/dev/full"));
    try (ScriptedWorker main = main();
        LogCapture log = LogCapture.ofAll();
        TestGateway gateway = gateway("gateway.access-log", "combined");
        RawClient client = gateway.client()) {
      for (int i = 1; i <= 3; i++) {
        client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        String dropped = "gateway_access_log_dropped_total " + i + ".0\n";
        await().until(() -> gateway.metrics().contains(dropped));
      }
      assertThat(log.messages())
          .filteredOn(line -> line.contains("access log"))
          .containsExactly(
              "The access log cannot be written: No space left on device; its lines are lost, and counted by"
                  + " gateway_access_log_dropped_total");

      Files.delete(file());
      await()
          .until(
              () -> {
                client.exchange("GET /_matrix/client/versions HTTP/1.1\r\nHost: h\r\n\r\n");
                return Files.isRegularFile(file())
                    && Files.readString(file()).contains("GET /_matrix/client/versions");
              });
      await().until(() -> log.messages().contains("The access log can be written again"));
      assertThat(main.requests()).isNotEmpty();
    }
  }

  @Test
  void noRequestWaitsForALogThatCannotBeWritten() throws Exception {
    int count = 50_000;
    CountDownLatch diskIsFree = new CountDownLatch(1);
    AtomicInteger written = new AtomicInteger();
    Destinations destinations = new Destinations();
    AccessLog log =
        new AccessLog(
            AccessFormat.of("combined", new Redaction(""), destinations.all()),
            lines -> {
              awaitOrFail(diskIsFree);
              written.addAndGet((int) lines.lines().count());
              return true;
            });
    RequestHead head = RequestHead.of("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    Client client = new Client("192.0.2.1", null, "http");
    try (Loops loops = new Loops(1)) {
      Loop loop = loops.all().get(0);
      loop.eventLoop()
          .submit(
              () -> {
                for (int i = 0; i < count; i++) {
                  new RequestRecord(log, loop, false, System.nanoTime()).end(head, client);
                }
              })
          .get();
    }
    assertThat(log.dropped()).isPositive();
    diskIsFree.countDown();
    log.close();
    assertThat(written.get() + log.dropped()).isEqualTo(count);
    assertThat(written.get()).isPositive();
  }

  @Test
  void anIdOfAClientCountsOnlyFromATrustedProxy() throws Exception {
    String request =
        "GET / HTTP/1.1\r\nHost: h\r\nx-request-id: chosen\r\nX-REQUEST-ID: other\r\n\r\n";
    try (ScriptedWorker main = main()) {
      try (TestGateway trusting = gateway("gateway.request-id-field", "X-Request-Id");
          RawClient client = trusting.client()) {
        client.exchange(request);
      }
      try (TestGateway wary =
              gateway(
                  "gateway.request-id-field", "X-Request-Id", "gateway.trusted-proxies", "unix:");
          RawClient client = wary.client()) {
        client.exchange(request);
        client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      }
      List<RawMessage> requests = main.requests();
      assertThat(requests.get(0).values("X-Request-Id")).containsExactly("chosen");
      assertThat(requests.get(1).values("X-Request-Id"))
          .singleElement()
          .asString()
          .matches("[0-9a-f]{16}");
      assertThat(requests.get(2).values("X-Request-Id"))
          .singleElement()
          .asString()
          .matches("[0-9a-f]{16}");
      assertThat(requests.get(1).value("X-Request-Id"))
          .isNotEqualTo(requests.get(2).value("X-Request-Id"));
    }
  }

  @Test
  void anIdThatCouldForgeAnythingIsReplaced() throws Exception {
    try (ScriptedWorker main = main();
        TestGateway gateway = gateway("gateway.request-id-field", "X-Request-Id");
        RawClient client = gateway.client()) {
      for (String id : List.of("a b", "", "\"x\"", "x".repeat(65))) {
        client.exchange("GET / HTTP/1.1\r\nHost: h\r\nX-Request-Id: " + id + "\r\n\r\n");
      }
      assertThat(main.requests())
          .hasSize(4)
          .allSatisfy(r -> assertThat(r.value("X-Request-Id")).matches("[0-9a-f]{16}"));
    }
  }
}
