package org.synapsegateway.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManagementTest {
  private final Meters meters = new Meters();
  private Management management;

  @BeforeEach
  void start() throws Exception {
    management = new Management("127.0.0.1", 0, meters);
  }

  @AfterEach
  void stop() {
    management.close();
  }

  private HttpResponse<String> ask(String method, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + management.port() + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
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
  void thereIsNothingElse() throws Exception {
    assertThat(ask("GET", "/").statusCode()).isEqualTo(404);
    assertThat(ask("GET", "/observe/metrics/x").statusCode()).isEqualTo(404);
    HttpResponse<String> reply = ask("POST", "/observe/metrics");
    assertThat(reply.statusCode()).isEqualTo(405);
    assertThat(reply.headers().firstValue("Allow")).hasValue("GET");
  }
}
