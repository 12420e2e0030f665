// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.fleet.TestFleet;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** Workers that are drained while requests come and polls are held. */
class DrainTest {
  @TempDir Path directory;
  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private Path routes;
  private ScriptedWorker a;
  private ScriptedWorker b;
  private ScriptedWorker c;
  private ScriptedWorker main;
  private TestGateway gateway;

  @BeforeEach
  void start() throws IOException {
    routes = TestFleet.routes(directory);
    a =
        ScriptedWorker.at(
            directory.resolve("a.sock"),
            connection -> {
              for (var r = connection.nextRequest(); r != null; r = connection.nextRequest()) {
                if (r.bytes().contains("held")) {
                  connection.await(mayAnswer);
                }
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
              }
            });
    b = TestFleet.worker(directory, "b");
    c = TestFleet.worker(directory, "c");
    main = TestFleet.worker(directory, "main");
    gateway = TestGateway.reloading(routes);
  }

  @AfterEach
  void stop() {
    mayAnswer.countDown();
    gateway.close();
    List.of(a, b, c, main).forEach(ScriptedWorker::close);
  }

  private static String request(String target) {
    return "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
  }

  private Drained post(String action, String worker) throws IOException {
    HttpResponse<String> reply = gateway.manage("POST", "/observe/" + action + "?worker=" + worker);
    assertThat(reply.statusCode()).isEqualTo(200);
    return Json.read(reply.body(), Drained.class);
  }

  private Drained drained(String worker, boolean drained, int inFlight, List<String> stillServes) {
    String server = "unix:" + directory.resolve(worker + ".sock");
    return new Drained(worker, server, drained, inFlight, stillServes);
  }

  private Status.OfWorker status(String group, String worker) throws IOException {
    String json = gateway.manage("GET", "/observe/status").body();
    return Json.read(json, Status.class).groups().stream()
        .filter(one -> one.name().equals(group))
        .flatMap(one -> one.workers().stream())
        .filter(one -> one.name().equals(worker))
        .findAny()
        .orElseThrow();
  }

  /** A path whose requests worker {@code a} gets. */
  private static String pathOfA(RawClient client, String prefix) throws IOException {
    for (int i = 0; ; i++) {
      if (client.exchange(request(prefix + i)).content().equals("a")) {
        return prefix + i;
      }
    }
  }

  @Test
  void aDrainedWorkerKeepsWhatItHoldsAndGetsNoMoreUntilItComesBack() throws Exception {
    try (RawClient client = gateway.client();
        RawClient polling = gateway.client()) {
      String path = pathOfA(client, "/hard");
      int held = a.requests().size();
      polling.send(request(path + "?held"));
      a.awaitRequest(held);
      int before = a.requests().size();

      assertThat(post("drain", "a")).isEqualTo(drained("a", true, 1, null));
      for (int i = 0; i < 20; i++) {
        assertThat(client.exchange(request("/hard" + i)).content()).isEqualTo("b");
      }
      assertThat(client.exchange(request(path)).content()).isEqualTo("b");
      assertThat(status("hard", "a").figures().inFlight()).isEqualTo(1);
      assertThat(status("hard", "a").share()).isZero();
      assertThat(gateway.metrics())
          .contains(
              "gateway_worker_drained{group=\"hard\",worker=\"a\"} 1.0\n",
              "gateway_worker_drained{group=\"hard\",worker=\"b\"} 0.0\n",
              "gateway_group_fallback{group=\"hard\"} 0.0\n");
      assertThat(status("hard", "b").share()).isEqualTo(1);

      mayAnswer.countDown();
      assertThat(polling.readReply().content()).isEqualTo("a");
      await().until(() -> status("hard", "a").figures().inFlight() == 0);
      assertThat(a.requests()).hasSize(before);

      assertThat(post("undrain", "a")).isEqualTo(drained("a", false, 0, null));
      assertThat(client.exchange(request(path)).content()).isEqualTo("a");
    }
  }

  @Test
  void aReloadBringsNobodyBack() throws Exception {
    post("drain", "a");
    Files.writeString(
        routes.resolve("more.camel.yaml"),
        "- route: { id: more, from: { uri: direct:more, steps: [ { to: direct:main } ] } }\n");
    await()
        .until(() -> gateway.metrics().contains("gateway_reloads_total{outcome=\"loaded\"} 1.0\n"));

    assertThat(status("hard", "a").drained()).isTrue();
    try (RawClient client = gateway.client()) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.exchange(request("/hard" + i)).content()).isEqualTo("b");
      }
    }
  }

  private void reload(String from, String to) throws IOException {
    Path file = routes.resolve("all.camel.yaml");
    String before = Files.readString(file);
    double loaded = loaded();
    Files.writeString(file, before.replace(from, to));
    assertThat(Files.readString(file)).isNotEqualTo(before);
    await().until(() -> loaded() == loaded + 1);
  }

  private double loaded() throws IOException {
    return gateway
        .metrics()
        .lines()
        .filter(line -> line.startsWith("gateway_reloads_total{outcome=\"loaded\"}"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aDrainFollowsTheWorkerAndNotItsPlace() throws Exception {
    String aLine = "- to: worker:unix:" + directory + "/a.sock\n";
    String bLine = "- to: worker:unix:" + directory + "/b.sock\n";
    String indent = " ".repeat(14);
    post("drain", "a");

    reload(aLine + indent + bLine, bLine + indent + aLine);
    assertThat(status("hard", "a").drained()).isTrue();
    assertThat(status("hard", "b").drained()).isFalse();

    reload(bLine, bLine.replace("/b.sock", "/c.sock") + indent + bLine);
    assertThat(status("hard", "a").drained()).isTrue();
    assertThat(status("hard", "c").drained()).isFalse();

    reload("/a.sock", "/./a.sock?maxInFlight=9");
    try (RawClient client = gateway.client()) {
      for (int i = 0; i < 40; i++) {
        assertThat(client.exchange(request("/hard" + i)).content()).isIn("b", "c");
      }
    }

    reload("/./a.sock?maxInFlight=9", "/main.sock");
    assertThat(status("hard", "main").drained()).isFalse();
    reload("/main.sock", "/a.sock");
    assertThat(status("hard", "a").drained()).isTrue();
  }

  @Test
  void whoStandsInServesWhatADrainedGroupDidNot() throws Exception {
    try (RawClient client = gateway.client()) {
      assertThat(client.exchange(request("/soft")).content()).isEqualTo("c");
      assertThat(post("drain", "c")).isEqualTo(drained("c", true, 0, null));
      assertThat(client.exchange(request("/soft")).content()).isEqualTo("main");
      post("undrain", "c");
      assertThat(client.exchange(request("/soft")).content()).isEqualTo("c");
    }
  }

  @Test
  void itIsToldWhereADrainedWorkerServesBecauseNobodyElseMay() throws Exception {
    assertThat(post("drain", "main")).isEqualTo(drained("main", true, 0, List.of("main")));
    assertThat(post("drain", "a").stillServes()).isNull();
    assertThat(post("drain", "b").stillServes()).containsExactly("hard");
    try (RawClient client = gateway.client()) {
      assertThat(client.exchange(request("/")).content()).isEqualTo("main");
      assertThat(client.exchange(request("/hard")).content()).isIn("a", "b");
    }
  }

  @Test
  void aWorkerMayBeNamedByItsSocketOrItsPath() throws Exception {
    assertThat(post("drain", "a.sock").worker()).isEqualTo("a");
    assertThat(post("drain", directory.resolve("b.sock").toString()).worker()).isEqualTo("b");
  }

  @Test
  void whoIsNoWorkerIsToldWhichThereAre() throws Exception {
    HttpResponse<String> reply = gateway.manage("POST", "/observe/drain?worker=x");
    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(reply.body()).contains("there is no worker x; there are [a, b, c, main]");
  }

  @Test
  void whoDoesNotKnowTheTokenReadsOnly() throws Exception {
    URI at = URI.create("http://127.0.0.1:" + gateway.main().managementPort().port());
    HttpClient client = HttpClient.newHttpClient();
    for (String action :
        List.of("drain?worker=a", "undrain?worker=a", "drain?worker=x", "reload")) {
      HttpRequest request =
          HttpRequest.newBuilder(at.resolve("/observe/" + action))
              .POST(BodyPublishers.noBody())
              .build();
      HttpResponse<String> reply = client.send(request, BodyHandlers.ofString());
      assertThat(reply.statusCode()).as(action).isEqualTo(401);
      assertThat(reply.body())
          .contains("it is in " + TestGateway.TOKEN + " (management.token-file)")
          .doesNotContain(Files.readString(TestGateway.TOKEN).strip());
    }
    assertThat(status("hard", "a").drained()).isFalse();
    HttpRequest read = HttpRequest.newBuilder(at.resolve("/observe/status")).build();
    HttpResponse<String> reply = client.send(read, BodyHandlers.ofString());
    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.body()).doesNotContain(Files.readString(TestGateway.TOKEN).strip());
  }
}
