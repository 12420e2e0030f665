// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.metrics.Meter;
import org.synapsegateway.metrics.Meters;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.Wire;

class ManagementTest {
  private final Meters meters = new Meters();
  private final AtomicInteger counted = new AtomicInteger();
  private Management management;

  @BeforeEach
  void start() throws Exception {
    management =
        new Management(
            "127.0.0.1",
            0,
            new Management.Limits(new HostNames("gateway.example"), 20, Duration.ofSeconds(2)),
            Guard.of("t0ken-of-the-test", "a file"));
    management.get(
        "/observe/metrics", question -> Answer.text(Meters.PROMETHEUS_TEXT, meters.scrape()));
    management.get("/hello", question -> Answer.json(200, Map.of("hello", question.one("name"))));
    management.post("/note", Lane.ORDINARY, question -> Answer.text("text/plain", question.body()));
    management.change("/count", Lane.ORDINARY, question -> count());
    management.get(
        "/broken",
        question -> {
          throw new IllegalStateException("broken");
        });
    management.start();
  }

  private Answer count() {
    return Answer.text("text/plain", Integer.toString(counted.incrementAndGet()));
  }

  @AfterEach
  void stop() {
    management.close();
  }

  private HttpResponse<String> ask(String method, String path) throws Exception {
    return send(request(path).method(method, BodyPublishers.noBody()));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management.port() + path));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void metersAreReadInPrometheusText() throws Exception {
    meters.counter(Meter.RELOADS, "loaded").increment();
    meters.gauge(Meter.GENERATIONS, () -> 2);

    HttpResponse<String> reply = ask("GET", "/observe/metrics");
    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.headers().firstValue("Content-Type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(reply.body())
        .contains(
            "# TYPE gateway_reloads_total counter\n",
            "gateway_reloads_total{outcome=\"loaded\"} 1.0\n",
            "# TYPE gateway_generations gauge\n",
            "gateway_generations 2.0\n");
  }

  @Test
  void aPageGetsTheArgumentsDecoded() throws Exception {
    HttpResponse<String> reply = ask("GET", "/hello?name=%C3%A9+%26");
    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(reply.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(reply.body()).isEqualToIgnoringWhitespace("{\"hello\": \"\u00e9 &\"}");
  }

  @Test
  void aPageGetsTheBody() throws Exception {
    HttpResponse<String> reply = send(request("/note").POST(BodyPublishers.ofString("a\u00e9")));
    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.body()).isEqualTo("a\u00e9");
  }

  @Test
  void headIsGetWithoutItsBody() throws Exception {
    HttpResponse<String> reply = ask("HEAD", "/hello?name=x");
    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.body()).isEmpty();
  }

  @Test
  void whatIsMissingOrNonsenseIsTold() throws Exception {
    assertError(ask("GET", "/hello"), 400, "the argument name is missing: write ?name=..");
    assertError(
        ask("GET", "/hello?name=a&name=b"), 400, "the argument name is there more than once");
    assertError(
        send(request("/note").POST(BodyPublishers.ofString("x".repeat(65_537)))),
        413,
        "the body has more than 65536 bytes");
  }

  @Test
  void aFailureOfAPageIsItsOwn() throws Exception {
    assertError(ask("GET", "/broken"), 500, "this page failed; the log says how");
    assertThat(ask("GET", "/hello?name=x").statusCode()).isEqualTo(200);
  }

  @Test
  void aWebPageMayNotAct() throws Exception {
    assertError(
        send(
            request("/note")
                .header("Origin", "https://elsewhere.example")
                .POST(BodyPublishers.noBody())),
        403,
        "a web page of another site may not do that");
  }

  /** As browsers have sent them since 2020, and as those before. */
  @ParameterizedTest
  @CsvSource({
    "Sec-Fetch-Site, same-origin, 200",
    "Sec-Fetch-Site, none, 200",
    "Sec-Fetch-Site, same-site, 403",
    "Sec-Fetch-Site, cross-site, 403",
    "Origin, http://{host}, 200",
    "Origin, http://{host}0, 403",
    "Origin, http://gateway.example, 403",
    "Origin, null, 403"
  })
  void theStatusPageMayAct(String name, String value, int status) throws Exception {
    String host = "127.0.0.1:" + management.port();
    HttpRequest.Builder request =
        request("/note").header(name, value.replace("{host}", host)).POST(BodyPublishers.noBody());
    assertThat(send(request).statusCode()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer t0ken-of-the-test", "bearer  t0ken-of-the-test "})
  void whoKnowsTheTokenMayChangeSomething(String authorization) throws Exception {
    HttpRequest.Builder request =
        request("/count").header("Authorization", authorization).POST(BodyPublishers.noBody());
    assertThat(send(request).body()).isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Authorization: Bearer\r\n",
        "Authorization: Bearer \r\n",
        "Authorization: Bearer t0ken-of-the-tes\r\n",
        "Authorization: Bearer t0ken-of-the-testt\r\n",
        "Authorization: Bearer T0ken-of-the-test\r\n",
        "Authorization: Basic t0ken-of-the-test\r\n",
        "Authorization: t0ken-of-the-test\r\n",
        "Cookie: token=t0ken-of-the-test\r\n",
        "Authorization: Bearer t0ken-of-the-test\r\nAuthorization: Bearer t0ken-of-the-test\r\n"
      })
  void whoDoesNotKnowItMayNot(String fields) throws Exception {
    try (RawClient client = RawClient.connect(management.port())) {
      String target = "/count?token=t0ken-of-the-test&access_token=t0ken-of-the-test";
      client.send("POST " + target + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n");
      RawMessage reply = client.readReply();
      assertThat(reply.status()).isEqualTo(401);
      boolean given = fields.matches("Authorization: Bearer \\S+\r\n");
      assertThat(reply.value("WWW-Authenticate"))
          .isEqualTo(
              "Bearer realm=\"synapse-gateway management\""
                  + (given ? ", error=\"invalid_token\"" : ""));
      assertThat(reply.content()).contains("management token", "in a file").doesNotContain("t0ken");
    }
    assertThat(counted).hasValue(0);
  }

  @Test
  void thereIsNothingElse() throws Exception {
    String pages = "nothing is here; there are [/broken, /count, /hello, /note, /observe/metrics]";
    assertError(ask("GET", "/"), 404, pages);
    assertError(ask("GET", "/observe/metrics/x"), 404, pages);
    HttpResponse<String> reply = ask("POST", "/observe/metrics");
    assertError(reply, 405, "the method must be one of [GET, HEAD]");
    assertThat(reply.headers().firstValue("Allow")).hasValue("GET, HEAD");
  }

  private static void assertError(HttpResponse<String> reply, int status, String what) {
    assertThat(reply.statusCode()).isEqualTo(status);
    assertThat(Json.read(reply.body(), Wrong.class)).isEqualTo(new Wrong(what));
  }

  private record Wrong(String error) {}

  // ---- clients that mean no good

  private RawClient raw() throws Exception {
    return RawClient.connect(management.port());
  }

  private static RawMessage ask(RawClient client, String host) throws Exception {
    return client.exchange("GET /hello?name=x HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  }

  @Test
  void halfRequestsHoldUpNobody() throws Exception {
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        RawClient client = raw();
        clients.add(client);
        switch (i % 3) {
          case 0 -> client.send("GET /hello HTTP/1.1\r\nHost:");
          case 1 -> client.send("POST /note HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf");
          default -> {}
        }
        assertThat(ask("GET", "/hello?name=x").statusCode()).isEqualTo(200);
      }
      assertThat(clients.get(0).awaitEnd()).isNotNull();
    } finally {
      clients.forEach(RawClient::close);
    }
  }

  @Test
  void halfARequestEndsInTime() throws Exception {
    try (RawClient head = raw();
        RawClient body = raw();
        RawClient silent = raw()) {
      head.send("GET /hello HTTP/1.1\r\nHost:");
      body.send("POST /note HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf");
      assertThat(head.awaitEnd()).isEqualTo(Wire.End.CLOSED);
      assertThat(body.awaitEnd()).isEqualTo(Wire.End.CLOSED);
      assertThat(silent.awaitEnd()).isEqualTo(Wire.End.CLOSED);
    }
  }

  private static Page slow(CountDownLatch until) {
    return question -> {
      try {
        until.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return Answer.text("text/plain", "slow");
    };
  }

  @Test
  void aSlowPageHoldsUpNoOtherLane() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    management.post("/slow", Lane.SLOW, slow(release));
    management.post("/change", Lane.CHANGE, question -> Answer.text("text/plain", "changed"));
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        clients.add(raw());
        clients.get(i).send("POST /slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
      }
      assertThat(ask("GET", "/hello?name=x").statusCode()).isEqualTo(200);
      await()
          .untilAsserted(
              () -> assertError(ask("POST", "/slow"), 503, "too many ask for this page at once"));
      assertThat(ask("POST", "/change").statusCode()).isEqualTo(200);
      release.countDown();
      for (RawClient client : clients) {
        assertThat(client.readReply().content()).isEqualTo("slow");
      }
    } finally {
      clients.forEach(RawClient::close);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST:9464",
        "localhost.",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.9.9.9",
        "[::1]:9464",
        "gateway.example",
        "Gateway.Example:80"
      })
  void itAnswersToItsNames(String host) throws Exception {
    try (RawClient client = raw()) {
      assertThat(ask(client, host).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "attacker.example",
        "attacker.example:9464",
        "localhost.attacker.example",
        "127.0.0.1.attacker.example",
        "203.0.113.9",
        "[2001:db8::1]",
        "xlocalhost",
        "",
        "localhost@attacker.example",
        "0x7f000001",
        "gateway.example.attacker.example"
      })
  void itAnswersToNoOtherName(String host) throws Exception {
    try (RawClient client = raw()) {
      assertThat(ask(client, host).status()).isEqualTo(421);
    }
  }

  @Test
  void aTargetThatNamesAnotherHostIsRefused() throws Exception {
    try (RawClient client = raw()) {
      assertThat(
              client
                  .exchange(
                      "GET http://attacker.example/hello?name=x HTTP/1.1\r\nHost: localhost\r\n\r\n")
                  .status())
          .isEqualTo(421);
    }
    try (RawClient client = raw()) {
      assertThat(
              client
                  .exchange("GET http://localhost/hello?name=x HTTP/1.1\r\nHost: localhost\r\n\r\n")
                  .status())
          .isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: null",
        "Origin:",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site"
      })
  void aWebPageMayNotActHoweverItIsToldThatItIsOne(String field) throws Exception {
    try (RawClient client = raw()) {
      assertThat(
              client
                  .exchange(
                      "POST /note HTTP/1.1\r\nHost: localhost\r\n"
                          + field
                          + "\r\nContent-Length: 0\r\n\r\n")
                  .status())
          .isEqualTo(403);
    }
  }

  @Test
  void whoHasLeftTakesNoPlaceInAQueue() throws Exception {
    CountDownLatch mayEnd = new CountDownLatch(1);
    management.get("/slow", Lane.LIVENESS, slow(mayEnd));
    for (int i = 0; i < 200; i++) {
      try (RawClient client = raw()) {
        client.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
        client.awaitTaken();
      }
    }
    try (RawClient last = raw()) {
      last.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
      last.awaitTaken();
      mayEnd.countDown();
      assertThat(last.readReply().status()).isEqualTo(200);
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    try (RawClient client = raw()) {
      for (int i = 0; i < 50; i++) {
        client.send("GET /hello?name=" + i + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
      }
      for (int i = 0; i < 50; i++) {
        assertThat(client.readReply().content()).contains("\"" + i + "\"");
      }
    }
  }

  @Test
  void whatIsNoHttpIsToldSo() throws Exception {
    try (RawClient client = raw()) {
      assertThat(client.exchange("GET /hello HTTP/1.1\r\nHost localhost\r\n\r\n").status())
          .isEqualTo(400);
    }
    try (RawClient client = raw()) {
      String target = "/" + "x".repeat(9_000);
      assertThat(client.exchange("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n").status())
          .isEqualTo(414);
    }
    try (RawClient client = raw()) {
      assertThat(
              client
                  .exchange("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(40_000) + "\r\n\r\n")
                  .status())
          .isEqualTo(431);
    }
  }
}
