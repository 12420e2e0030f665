package org.synapsegateway.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManagementTest {
  private final Meters meters = new Meters();
  private Management management;

  @BeforeEach
  void start() throws Exception {
    management = new Management("127.0.0.1", 0);
    management.get("/observe/metrics", meters::scrape);
    management.get("/hello", question -> Answer.json(200, Map.of("hello", question.one("name"))));
    management.post("/note", question -> Answer.text("text/plain", question.body()));
    management.get(
        "/broken",
        question -> {
          throw new IllegalStateException("broken");
        });
    management.start();
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
        "a web page may not do that");
  }

  @Test
  void thereIsNothingElse() throws Exception {
    String pages = "nothing is here; there are [/broken, /hello, /note, /observe/metrics]";
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
}
