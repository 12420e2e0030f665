// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.TestRoutes;
import org.synapsegateway.fleet.TestFleet;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** The health pages, before workers that come and go. */
class HealthTest {
  @TempDir Path directory;
  private Path routes;
  private ScriptedWorker a;
  private ScriptedWorker b;
  private ScriptedWorker c;
  private ScriptedWorker main;

  @BeforeEach
  void start() throws IOException {
    routes = TestFleet.routes(directory);
    a = TestFleet.worker(directory, "a");
    b = TestFleet.worker(directory, "b");
    c = TestFleet.worker(directory, "c");
    main = TestFleet.worker(directory, "main");
  }

  @AfterEach
  void stop() {
    a.close();
    b.close();
    c.close();
    main.close();
  }

  private static HealthPages.Report ready(TestGateway gateway) throws IOException {
    HttpResponse<String> reply = gateway.manage("GET", "/observe/health/ready");
    HealthPages.Report report = Json.read(reply.body(), HealthPages.Report.class);
    assertThat(reply.statusCode()).isEqualTo(report.status().equals("UP") ? 200 : 503);
    return report;
  }

  private static HealthPages.Check check(TestGateway gateway, String name) throws IOException {
    return ready(gateway).checks().stream()
        .filter(check -> check.name().equals(name))
        .findAny()
        .orElseThrow();
  }

  private static void awaitStatus(TestGateway gateway, String status) {
    await().until(() -> ready(gateway).status().equals(status));
  }

  @Test
  void itIsReadyWhenTheListenerIsUpAndEachGroupHasAWorker() throws Exception {
    try (TestGateway gateway = TestGateway.withRoutes(routes)) {
      HealthPages.Report report = ready(gateway);
      assertThat(report.status()).isEqualTo("UP");
      assertThat(report.checks())
          .contains(
              new HealthPages.Check("listener", "UP", null, null),
              new HealthPages.Check(
                  "group hard", "UP", null, Map.of("workers", Map.of("a", "up", "b", "up"))),
              new HealthPages.Check(
                  "group main", "UP", null, Map.of("workers", Map.of("main", "up"))));
    }
  }

  @Test
  void oneWorkerOfAGroupIsEnough() throws Exception {
    a.close();
    try (TestGateway gateway = TestGateway.withRoutes(routes)) {
      assertThat(check(gateway, "group hard"))
          .isEqualTo(
              new HealthPages.Check(
                  "group hard",
                  "UP",
                  null,
                  Map.of("workers", Map.of("a", "down: does not exist", "b", "up"))));
      assertThat(gateway.metrics())
          .contains(
              "gateway_worker_up{group=\"hard\",worker=\"a\"} 0.0\n",
              "gateway_worker_up{group=\"hard\",worker=\"b\"} 1.0\n");
      assertThat(ready(gateway).status()).isEqualTo("UP");
    }
  }

  @Test
  void itIsNotReadyWhileAGroupThatNobodyStandsInForHasNone() throws Exception {
    a.close();
    b.close();
    try (TestGateway gateway = TestGateway.withRoutes(routes)) {
      assertThat(ready(gateway).status()).isEqualTo("DOWN");
      assertThat(check(gateway, "group hard").message()).isEqualTo("no worker accepts");

      a = TestFleet.worker(directory, "a");
      awaitStatus(gateway, "UP");
    }
  }

  @Test
  void aDrainedWorkerServesIfNobodyElseCan() throws Exception {
    a.close();
    try (TestGateway gateway = TestGateway.withRoutes(routes)) {
      gateway.manage("POST", "/observe/drain?worker=b");
      assertThat(ready(gateway).status()).isEqualTo("UP");
      gateway.manage("POST", "/observe/drain?worker=c");
      assertThat(check(gateway, "group soft").message())
          .isEqualTo("only drained workers accept, the fallback serves");
      main.close();
      awaitStatus(gateway, "DOWN");
      assertThat(check(gateway, "group soft").message())
          .isEqualTo("only drained workers accept, nor does the fallback");
    }
  }

  @Test
  void eachBlockOfARouteHasACheck() throws Exception {
    String twice =
        """
        - choice:
            when:
              - simple: ${header.x} == 'y'
                steps:
                  - loadBalance:
                      customLoadBalancer: {ref: ring}
                      steps: [{to: "worker:unix:%1$s/a.sock"}]
            otherwise:
              steps:
                - loadBalance:
                    customLoadBalancer: {ref: ring2}
                    steps: [{to: "worker:unix:%1$s/gone.sock"}]
        """
            .formatted(directory);
    String beans =
        """
        - beans:
            - name: ring
              type: org.synapsegateway.loadbalance.ConsistentHash
            - name: ring2
              type: org.synapsegateway.loadbalance.ConsistentHash
        """;
    Path other = Files.createDirectory(directory.resolve("other"));
    Files.writeString(other.resolve("front.camel.yaml"), beans + TestRoutes.front(twice));
    try (TestGateway gateway = TestGateway.withRoutes(other)) {
      assertThat(check(gateway, "group front").status()).isEqualTo("UP");
      assertThat(check(gateway, "group front (2)").status()).isEqualTo("DOWN");
    }
  }

  @Test
  void aGroupThatMayFallBackNeedsNone() throws Exception {
    c.close();
    try (TestGateway gateway = TestGateway.withRoutes(routes)) {
      assertThat(ready(gateway).status()).isEqualTo("UP");
      assertThat(check(gateway, "group soft").message())
          .isEqualTo("no worker accepts, the fallback serves");
    }
  }

  @Test
  void whatStandsInMustBeThereItself() throws Exception {
    c.close();
    main.close();
    try (TestGateway gateway = TestGateway.withRoutes(routes)) {
      assertThat(ready(gateway).status()).isEqualTo("DOWN");
      assertThat(check(gateway, "group soft").status()).isEqualTo("DOWN");
      assertThat(check(gateway, "group soft").message())
          .isEqualTo("no worker accepts, nor does the fallback");
    }
  }

  @Test
  void aWorkerWithAFullBacklogAcceptsInAMoment() throws Exception {
    main.close();
    try (ScriptedWorker deaf =
            ScriptedWorker.deaf(directory.resolve("main.sock"), 1, connection -> {});
        TestGateway gateway = TestGateway.withRoutes(routes)) {
      deaf.fillBacklog();
      await()
          .until(
              () ->
                  check(gateway, "group main")
                      .data()
                      .equals(
                          Map.of(
                              "workers", Map.of("main", "busy: rwxr-xr-x, its backlog is full"))));
      assertThat(ready(gateway).status()).isEqualTo("UP");
      assertThat(deaf.requests()).isEmpty();
    }
  }

  @Test
  void itLivesWhateverItsWorkersDo() throws Exception {
    List.of(a, b, c, main).forEach(ScriptedWorker::close);
    try (TestGateway gateway = TestGateway.withRoutes(routes)) {
      assertThat(gateway.manage("GET", "/observe/health/live").statusCode()).isEqualTo(200);
      assertThat(gateway.manage("GET", "/observe/health").statusCode()).isEqualTo(503);
    }
  }

  @Test
  void itIsOpenWhateverItsWorkersDo() throws Exception {
    List.of(a, b, c, main).forEach(ScriptedWorker::close);
    try (TestGateway gateway = TestGateway.withRoutes(routes)) {
      HttpResponse<String> reply = gateway.manage("GET", "/observe/health/open");
      assertThat(reply.statusCode()).isEqualTo(200);
      assertThat(Json.read(reply.body(), HealthPages.Report.class).checks())
          .containsExactly(new HealthPages.Check("listener", "UP", null, null));
    }
  }

  @Test
  void itHasThePathsOfEssHelmsHaproxy() throws Exception {
    try (TestGateway gateway = TestGateway.withRoutes(routes)) {
      assertThat(gateway.manage("GET", "/haproxy_test").body())
          .isEqualTo(gateway.manage("GET", "/observe/health/live").body());
      assertThat(gateway.manage("GET", "/metrics").body()).contains("# TYPE gateway_worker_up");
    }
  }

  @Test
  void aGatewayThatStopsIsNotReadyAndLives() throws Exception {
    CountDownLatch mayAnswer = new CountDownLatch(1);
    a.close();
    b.close();
    a =
        ScriptedWorker.at(
            directory.resolve("a.sock"),
            connection -> {
              connection.nextRequest();
              connection.await(mayAnswer);
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            });
    try (TestGateway gateway = TestGateway.withRoutes(routes);
        RawClient client = gateway.client()) {
      client.send("GET /hard HTTP/1.1\r\nHost: h\r\n\r\n");
      a.awaitRequest(0);
      Thread stop = new Thread(gateway::close);
      stop.start();
      awaitStatus(gateway, "DOWN");
      assertThat(check(gateway, "listener").message()).isEqualTo("no connection is accepted");
      assertThat(gateway.manage("GET", "/observe/health/live").statusCode()).isEqualTo(200);
      assertThat(gateway.metrics()).contains("gateway_requests_in_flight 1.0\n");

      mayAnswer.countDown();
      assertThat(client.readReply().status()).isEqualTo(200);
      stop.join();
    }
  }

  @Test
  void aWorkerIsAskedForItsHealthIfThatIsWanted() throws Exception {
    main.close();
    main =
        ScriptedWorker.at(
            directory.resolve("main.sock"),
            ScriptedWorker.replying(
                "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
    try (TestGateway gateway =
        TestGateway.withRoutes(routes, "management.health-interval", "10ms")) {
      awaitStatus(gateway, "DOWN");
      assertThat(check(gateway, "group main").data())
          .isEqualTo(Map.of("workers", Map.of("main", "failing: /health answers 500")));
      assertThat(check(gateway, "group hard").status()).isEqualTo("UP");
      assertThat(main.requests().get(0).bytes())
          .isEqualTo("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

      main.close();
      main = TestFleet.worker(directory, "main");
      awaitStatus(gateway, "UP");
    }
  }

  /** What a user may add to the routes as a bean. */
  public static final class Sick extends AbstractHealthCheck {
    public Sick() {
      super("users", "mine");
    }

    @Override
    protected void doCall(HealthCheckResultBuilder result, Map<String, Object> options) {
      result.message("not well").down();
    }
  }

  @Test
  void aCheckOfTheUsersOwnCounts() throws Exception {
    Files.writeString(
        routes.resolve("mine.camel.yaml"),
        "- beans: [ { name: mine, type: \"" + Sick.class.getName() + "\" } ]\n");
    try (TestGateway gateway = TestGateway.withRoutes(routes)) {
      assertThat(ready(gateway).status()).isEqualTo("DOWN");
      assertThat(check(gateway, "mine").message()).isEqualTo("not well");
    }
  }

  @Test
  void nobodyIsAskedIfItIsNotWanted() throws Exception {
    try (TestGateway gateway = TestGateway.withRoutes(routes)) {
      ready(gateway);
      assertThat(main.requests()).isEmpty();
    }
  }
}
