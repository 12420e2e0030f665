// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.LogCapture;
import org.synapsegateway.TestGateway;
import org.synapsegateway.TestRoutes;
import org.synapsegateway.management.Json;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** What the management port of a gateway that serves tells of a request. */
class ExplainPageTest {
  private static final String SYNC =
      "GET /_matrix/client/v3/sync?since=s1\r\nAuthorization: Bearer syt_YWxpY2U_notForEyes_1\r\n";

  @TempDir Path directory;

  private static HttpResponse<String> ask(TestGateway gateway, String request) throws IOException {
    return gateway.manage("POST", "/observe/explain", request);
  }

  @Test
  void aRequestIsExplainedAsTheCommandDoesAndNotSent() throws Exception {
    Explainer command = new Explainer(Map.of("gateway.workers.directory", directory.toString()));
    try (ScriptedWorker worker = worker("main");
        TestGateway gateway = TestGateway.shipped(directory)) {
      HttpResponse<String> reply = ask(gateway, SYNC);

      assertThat(reply.statusCode()).isEqualTo(200);
      assertThat(reply.headers().firstValue("Content-Type")).hasValue("application/json");
      assertThat(reply.body()).isEqualTo(Json.of(command.explain(SYNC)));
      assertThat(Json.read(reply.body(), Explanation.class).workers())
          .hasSize(4)
          .endsWith(
              new Explanation.Worker("unix:" + directory.resolve("inbound_main.sock"), "main", 0));
      assertThat(worker.requests()).isEmpty();
    }
  }

  @Test
  void theTargetIsExplainedAsItWasWritten() throws Exception {
    try (TestGateway gateway = TestGateway.shipped(directory)) {
      HttpResponse<String> reply = ask(gateway, "GET /\ud83d\ude00/\u00e9?a=1");

      assertThat(reply.statusCode()).isEqualTo(200);
      assertThat(Json.read(reply.body(), Explanation.class).request())
          .isEqualTo("GET /\ud83d\ude00/\u00e9");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        SYNC,
        "GET /_matrix/client/v3/sync?access_token=notForEyes",
        "GET /_synapse/admin/v1/rooms\nAuthorization: Bearer notForEyes",
        "GET /\nAuthorization notForEyes",
        "GET /\n Authorization: Bearer notForEyes",
        "Authorization: Bearer notForEyes",
        "notForEyes",
        "NOTFOREYES /",
        "GET notForEyes",
        "GET / notForEyes",
      })
  void nothingOfTheRequestIsLoggedAndNoSecretAnswered(String request) throws Exception {
    try (TestGateway gateway = TestGateway.shipped(directory);
        LogCapture log = LogCapture.ofAll()) {
      assertThat(ask(gateway, request).body()).doesNotContain("notForEyes");
      assertThat(log.messages()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``            | The gateway would refuse this with 400: byte 0 of the request line is not allowed in a method
          GET relative  | The gateway would refuse this with 400: a target must begin with "/" or with http:// or https://
          TRACE /       | The gateway would refuse this with 405: method TRACE
          """)
  void whatIsNoRequestIsTold(String request, String error) throws Exception {
    try (TestGateway gateway = TestGateway.shipped(directory)) {
      HttpResponse<String> reply = ask(gateway, request);

      assertThat(reply.statusCode()).isEqualTo(400);
      assertThat(Json.read(reply.body(), Wrong.class)).isEqualTo(new Wrong(error));
    }
  }

  @Test
  void routesThatAreNotRightAreToldAndThoseThatServeGoOn() throws Exception {
    Path routes = Files.createDirectories(directory.resolve("routes"));
    Path file = routes.resolve("front.camel.yaml");
    Files.writeString(file, withCamelsErrorHandler());
    try (ScriptedWorker worker = worker("main");
        TestGateway gateway = TestGateway.withRoutes(routes);
        RawClient client = gateway.client()) {
      Files.writeString(file, withCamelsErrorHandler().replace("worker:", "wroker:"));

      HttpResponse<String> reply = ask(gateway, "GET /");
      assertThat(reply.statusCode()).isEqualTo(400);
      assertThat(Json.read(reply.body(), Wrong.class).error())
          .contains("wroker")
          .endsWith(" [unknown-component]");
      assertThat(client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").content()).isEqualTo("main");
      assertThat(worker.requests()).hasSize(1);
    }
  }

  @Test
  void thatNobodyIsReachedInADryRunIsNoErrorInTheLog() throws Exception {
    Path routes = Files.createDirectories(directory.resolve("routes"));
    Files.writeString(routes.resolve("front.camel.yaml"), withCamelsErrorHandler());
    try (TestGateway gateway = TestGateway.withRoutes(routes);
        LogCapture log = LogCapture.ofAll()) {
      assertThat(ask(gateway, SYNC).statusCode()).isEqualTo(200);
      assertThat(log.messages()).isEmpty();
    }
  }

  /** One route, whose file says nothing of errors, so that Camel's own handler sees them. */
  private String withCamelsErrorHandler() {
    return TestRoutes.frontTo("worker:unix:" + directory + "/inbound_main.sock");
  }

  private ScriptedWorker worker(String name) throws IOException {
    return ScriptedWorker.at(
        directory.resolve("inbound_" + name + ".sock"), ScriptedWorker.saying(name));
  }

  private record Wrong(String error) {}
}
