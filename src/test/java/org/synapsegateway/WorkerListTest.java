// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.discovery.DnsServer;
import org.synapsegateway.loadbalance.HashRing;
import org.synapsegateway.process.Generation;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.worker.WorkerListEndpoint;

/** Workers that DNS or a file names. */
class WorkerListTest {
  private static final String SERVICE = "_synapse-http._tcp.sync.test";
  private static final String ONE = "sync-0.sync.test";
  private static final String TWO = "sync-1.sync.test";
  private static final String THREE = "sync-2.sync.test";
  private static final Pattern DIGEST = Pattern.compile("gateway_ring\\{digest=\"([0-9a-f]{8})\"");

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;
  private final TcpSite site = new TcpSite();
  private final DnsServer dns = site.dns();

  @AfterEach
  void stop() throws Exception {
    site.close();
  }

  /** Workers at one port of three hosts, of which DNS knows the addresses; returns the port. */
  private int threeWorkers() throws IOException {
    int port = site.worker("127.0.1.1", 0, ONE).port();
    site.worker("127.0.1.2", port, TWO);
    site.worker("127.0.1.3", port, THREE);
    dns.tell(ONE, "127.0.1.1");
    dns.tell(TWO, "127.0.1.2");
    dns.tell(THREE, "127.0.1.3");
    return port;
  }

  private void serve(int port, String... names) {
    dns.serve(SERVICE, records(port, names));
  }

  private static String[] records(int port, String... names) {
    return Arrays.stream(names).map(name -> "0 33 " + port + " " + name).toArray(String[]::new);
  }

  private Path routes(String... steps) throws IOException {
    Path routes = Files.createDirectories(directory.resolve("routes"));
    Files.writeString(routes.resolve("front.camel.yaml"), yaml(steps));
    return routes;
  }

  private static String yaml(String... steps) {
    StringBuilder block =
        new StringBuilder("- loadBalance:\n    customLoadBalancer: { ref: ring }\n    steps:\n");
    for (String step : steps) {
      block.append("      - to: ").append(step).append('\n');
    }
    return """
    - beans:
        - name: ring
          type: org.synapsegateway.loadbalance.ConsistentHash
          properties: { key: path }
    """
        + TestRoutes.front(block.toString());
  }

  private TestGateway gateway(String... steps) throws IOException {
    return site.gateway(routes(steps));
  }

  private static String get(RawClient client, String path) throws IOException {
    return client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n").readReply().content();
  }

  private static String digest(TestGateway gateway) throws IOException {
    Matcher found = DIGEST.matcher(gateway.metrics());
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  /** Whom the ring of these names gives a key to. */
  private static String owner(String key, String... names) {
    HashRing ring =
        new HashRing(
            Arrays.stream(names).map(name -> new HashRing.Member(name, 1)).toList(),
            HashRing.NGINX_POINTS);
    byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
    return names[ring.memberAt(ring.pointFor(HashRing.hash(bytes, 0, bytes.length)))];
  }

  private static void assertServedBy(RawClient client, String... names) throws IOException {
    for (int i = 0; i < 30; i++) {
      assertThat(get(client, "/" + i)).isEqualTo(owner("/" + i, names));
    }
  }

  @Test
  void theRingIsMadeFromTheTargetsNames() throws Exception {
    int port = threeWorkers();
    serve(port, TWO, ONE, THREE);
    assertServedBy(site.client(gateway("worker:srv:" + SERVICE)), ONE, TWO, THREE);
  }

  @Test
  void aWorkerThatComesTakesItsShareAndNoOther() throws Exception {
    int port = threeWorkers();
    serve(port, ONE, TWO);
    TestGateway gateway = gateway("worker:srv:" + SERVICE);
    String before = digest(gateway);
    RawClient client = site.client(gateway);
    assertServedBy(client, ONE, TWO);
    try (LogCapture log = LogCapture.of(Generation.class)) {
      serve(port, ONE, TWO, THREE);
      await().until(() -> !log.messages(Level.INFO).isEmpty());
      assertThat(digest(gateway)).isNotEqualTo(before);
      assertThat(log.messages(Level.INFO))
          .singleElement(STRING)
          .matches("Workers have changed: group front: \\+sync-2, \\d+\\.\\d % of its keys move");
    }
    assertServedBy(client, ONE, TWO, THREE);
    assertThat(gateway.metrics()).contains("gateway_worker_up{group=\"front\",worker=\"sync-2\"}");
  }

  @Test
  void noNewsChangesNoRing() throws Exception {
    int port = threeWorkers();
    serve(port, ONE, TWO);
    TestGateway gateway = gateway("worker:srv:" + SERVICE);
    String before = digest(gateway);
    RawClient client = site.client(gateway);
    // what counts stands behind what does not, so that the next question comes soon
    List<Runnable> news =
        List.of(
            () -> dns.fail(SERVICE, DnsResponseCode.SERVFAIL),
            () -> serve(port, TWO),
            () -> dns.fail(SERVICE, DnsResponseCode.NOERROR),
            () -> serve(port, TWO, ONE),
            () -> dns.cut(SERVICE, records(port, THREE)),
            () -> dns.serve(SERVICE, "0 99 " + port + " " + ONE));
    for (Runnable one : news) {
      one.run();
      int asked = dns.questions(SERVICE);
      // that it asks again shows that it has taken the answer
      await().atMost(PATIENCE.multipliedBy(3)).until(() -> dns.questions(SERVICE) > asked + 1);
      assertThat(digest(gateway)).isEqualTo(before);
      assertServedBy(client, ONE, TWO);
    }
  }

  @Test
  void aWorkerThatIsNamedNoLongerIsForgotten() throws Exception {
    int port = threeWorkers();
    serve(port, ONE, TWO, THREE);
    TestGateway gateway = gateway("worker:srv:" + SERVICE + "?forget=1s");
    String before = digest(gateway);
    serve(port, ONE, TWO);
    await().until(() -> !digest(gateway).equals(before));
    assertServedBy(site.client(gateway), ONE, TWO);
  }

  @Test
  void whatIsUnderWayEndsAtAWorkerThatHasLeft() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    ScriptedWorker first =
        ScriptedWorker.at(
            "127.0.1.1",
            0,
            connection -> {
              while (connection.nextRequest() != null) {
                connection.await(answer);
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
              }
            });
    site.add(first);
    site.worker("127.0.1.2", first.port(), TWO);
    dns.tell(ONE, "127.0.1.1");
    dns.tell(TWO, "127.0.1.2");
    serve(first.port(), ONE);
    TestGateway gateway = gateway("worker:srv:" + SERVICE + "?forget=0");
    String before = digest(gateway);
    RawClient client = site.client(gateway);
    client.send("GET /poll HTTP/1.1\r\nHost: h\r\n\r\n");
    first.awaitRequest(0);
    serve(first.port(), TWO);
    await().until(() -> !digest(gateway).equals(before));
    assertThat(get(site.client(gateway), "/poll")).isEqualTo(TWO);
    answer.countDown();
    assertThat(client.readReply().content()).isEqualTo("done");
    await().until(() -> first.openConnections() == 0);
  }

  @Test
  void withTheirPortsSeveralWorkersAreOnOneHost() throws Exception {
    ScriptedWorker one = site.worker("127.0.1.1", 0, "one");
    ScriptedWorker two = site.worker("127.0.1.1", 0, "two");
    dns.tell(ONE, "127.0.1.1");
    dns.serve(SERVICE, "0 1 " + one.port() + " " + ONE, "0 1 " + two.port() + " " + ONE);
    RawClient client = site.client(gateway("worker:srv:" + SERVICE + "?ring=target:port"));
    String first = ONE + ":" + one.port();
    String second = ONE + ":" + two.port();
    for (int i = 0; i < 30; i++) {
      assertThat(get(client, "/" + i))
          .isEqualTo(owner("/" + i, first, second).equals(first) ? "one" : "two");
    }
  }

  @Test
  void withoutAnyAnswerAGroupHasNobody() throws Exception {
    RawClient client = site.client(gateway("worker:srv:" + SERVICE));
    assertThat(client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").readReply().status())
        .isEqualTo(502);
    int port = threeWorkers();
    serve(port, ONE);
    await().until(() -> get(client, "/").equals(ONE));
  }

  @Test
  void metersAndStatusTellHowTheQuestionsGo() throws Exception {
    int port = threeWorkers();
    serve(port, ONE, TWO);
    TestGateway gateway = gateway("worker:srv:" + SERVICE);
    String list = "source=\"worker:srv:" + SERVICE + "\"";
    await()
        .untilAsserted(
            () ->
                assertThat(gateway.metrics())
                    .contains("gateway_discovery_members{" + list + "} 2.0")
                    .contains("gateway_discovery_changes_total{" + list + "} 1.0")
                    .contains("gateway_discovery_forgotten_total{" + list + "} 0.0")
                    .contains("gateway_discovery_age_seconds{source=\"host:" + ONE + "\"}"));
    assertThat(gateway.manage("GET", "/observe/status").body())
        .containsPattern(
            "\"name\" : \"worker:srv:[^\"]+\",\\s+\"members\" : 2,\\s+\"ageSeconds\" : \\d+\\s+}");

    dns.fail(SERVICE, DnsResponseCode.SERVFAIL);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(gateway.metrics())
                    .containsPattern(
                        "gateway_discovery_failures_total\\{reason=\"error\"," + list + "} [1-9]"));
    assertThat(gateway.manage("GET", "/observe/status").body())
        .contains("\"why\" : \"DNS says ServFail(2)\"");
    assertThat(gateway.metrics()).contains("gateway_discovery_members{" + list + "} 2.0");
  }

  @Test
  void aReloadForgetsNobody() throws Exception {
    int port = threeWorkers();
    serve(port, ONE, TWO);
    Path routes = routes("worker:srv:" + SERVICE);
    TestGateway gateway =
        site.gateway(routes, "camel.main.routesReloadDirectory", routes.toString());
    String before = digest(gateway);
    serve(port, TWO);
    int asked = dns.questions(SERVICE);
    await().atMost(PATIENCE).until(() -> dns.questions(SERVICE) > asked + 1);
    Files.writeString(
        routes.resolve("front.camel.yaml"), yaml("worker:srv:" + SERVICE + "?hold=1s"));
    assertThat(gateway.manage("POST", "/observe/reload").statusCode()).isEqualTo(200);
    assertThat(digest(gateway)).isEqualTo(before);
    assertServedBy(site.client(gateway), ONE, TWO);
  }

  @Test
  void aListThatChangesWhileItsStepStopsBeginsNobody() throws Exception {
    int port = threeWorkers();
    serve(port, ONE);
    TestGateway gateway = gateway("worker:srv:" + SERVICE);
    CamelContext context = gateway.main().getCamelContext();
    WorkerListEndpoint stays =
        context.getEndpoint("worker:srv:" + SERVICE, WorkerListEndpoint.class);
    WorkerListEndpoint stops =
        context.getEndpoint("worker:srv:" + SERVICE + "?hold=1s", WorkerListEndpoint.class);
    assertThat(stops.workers()).hasSize(1);
    stays.listen(stops::stop); // which is told after the first
    serve(port, ONE, TWO);
    await().until(() -> stays.workers().size() == 2 && stops.getStatus().isStopped());
    int asked = dns.questions(SERVICE);
    // that it asks again shows that it has told all
    await().atMost(PATIENCE).until(() -> dns.questions(SERVICE) > asked + 1);
    assertThat(stops.workers()).hasSize(1);
  }

  // ---- files

  private void write(Path file, String text) throws IOException {
    Path fresh = file.resolveSibling("fresh");
    Files.writeString(fresh, text);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void aFileNamesWorkersOfBothKinds() throws Exception {
    ScriptedWorker port = site.worker("127.0.1.1", 0, "port");
    ScriptedWorker socket =
        ScriptedWorker.at(directory.resolve("w.sock"), ScriptedWorker.saying("socket"));
    site.add(socket);
    Path file = directory.resolve("sync.json");
    String tcp = "{\"server\":\"tcp:127.0.1.1:" + port.port() + "\"";
    String unix = "{\"server\":\"unix:" + socket.path() + "\"}";
    write(file, "{\"workers\":[" + tcp + "}," + unix + "]}");
    TestGateway gateway = gateway("worker:file:" + file);
    RawClient client = site.client(gateway);
    String ofPort = "127.0.1.1:" + port.port();
    String ofSocket = "unix:" + socket.path();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 30; i++) {
      String said = get(client, "/" + i);
      assertThat(said)
          .isEqualTo(owner("/" + i, ofPort, ofSocket).equals(ofPort) ? "port" : "socket");
      seen.add(said);
    }
    assertThat(seen).containsExactlyInAnyOrder("port", "socket");

    String before = digest(gateway);
    write(file, "{\"workers\":[" + tcp + ",\"drain\":true}," + unix + "]}");
    await()
        .until(
            () ->
                gateway.metrics().contains("drained{group=\"front\",worker=\"" + ofPort + "\"} 1"));
    assertThat(digest(gateway)).isEqualTo(before);
    for (int i = 0; i < 30; i++) {
      assertThat(get(client, "/" + i)).isEqualTo("socket");
    }
    write(file, "{\"workers\":[" + tcp + ",\"weight\":3}]}");
    await().until(() -> !digest(gateway).equals(before));
    for (int i = 0; i < 30; i++) {
      assertThat(get(client, "/" + i)).isEqualTo("port");
    }
  }

  /** Two entries of one ring for one worker would be a mistake of somebody's. */
  @Test
  void aListThatNamesAStepOfItsBlockIsUnusable() throws Exception {
    ScriptedWorker one = site.worker("127.0.1.1", 0, "one");
    ScriptedWorker two = site.worker("127.0.1.2", 0, "two");
    String first = "127.0.1.1:" + one.port();
    String second = "127.0.1.2:" + two.port();
    Path file = directory.resolve("sync.json");
    write(file, "{\"workers\":[{\"server\":\"tcp:" + second + "\"}]}");
    TestGateway gateway = gateway("worker:tcp:" + first, "worker:file:" + file);
    String before = digest(gateway);
    write(
        file,
        "{\"workers\":[{\"server\":\"tcp:%s\"},{\"server\":\"tcp:127.0.1.3:1\"}]}"
            .formatted(first));
    await()
        .untilAsserted(
            () ->
                assertThat(gateway.metrics())
                    .containsPattern(
                        "discovery_failures_total\\{reason=\"unusable\",[^}]*} [1-9]"));
    assertThat(gateway.metrics())
        .containsPattern("discovery_members\\{[^}]*} 1")
        .doesNotContain("127.0.1.3");
    assertThat(digest(gateway)).isEqualTo(before);
    RawClient client = site.client(gateway);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 30; i++) {
      seen.add(get(client, "/" + i));
    }
    assertThat(seen).containsExactlyInAnyOrder("one", "two");
    write(
        file,
        "{\"workers\":[{\"server\":\"tcp:%s\"}, {\"server\":\"tcp:127.0.1.3:1\"}]}"
            .formatted(second));
    await().until(() -> gateway.metrics().contains("127.0.1.3:1"));
  }

  @Test
  void aReloadDrainsNobodyWhomSomebodyHasBroughtBack() throws Exception {
    ScriptedWorker one = site.worker("127.0.1.1", 0, "one");
    Path file = directory.resolve("sync.json");
    write(file, "{\"workers\":[{\"server\":\"tcp:127.0.1.1:" + one.port() + "\",\"drain\":true}]}");
    Path routes = routes("worker:file:" + file);
    TestGateway gateway =
        site.gateway(routes, "camel.main.routesReloadDirectory", routes.toString());
    String name = "127.0.1.1:" + one.port();
    String drained = "drained{group=\"front\",worker=\"" + name + "\"} ";
    assertThat(gateway.metrics()).contains(drained + 1);
    assertThat(gateway.manage("POST", "/observe/undrain?worker=" + name).statusCode())
        .isEqualTo(200);
    Files.writeString(routes.resolve("front.camel.yaml"), yaml("worker:file:" + file + "?hold=1s"));
    assertThat(gateway.manage("POST", "/observe/reload").statusCode()).isEqualTo(200);
    assertThat(gateway.metrics()).contains(drained + 0);
  }

  @Test
  void aListStandsInABlockOnly() throws Exception {
    Path routes = Files.createDirectories(directory.resolve("alone"));
    Files.writeString(
        routes.resolve("front.camel.yaml"), TestRoutes.frontTo("worker:srv:" + SERVICE));
    assertThatThrownBy(() -> TestGateway.withRoutes(routes))
        .hasMessageContaining("is a list of workers, among which nothing chooses here");
  }

  // ---- commands

  private static String command(int status, Path routes, DnsServer dns, String... command) {
    System.setProperty("camel.main.routesIncludePattern", "file:" + routes + "/*.camel.yaml");
    System.setProperty("gateway.resolvers", dns.address());
    try {
      return CommandOutput.ofStatus(status, command);
    } finally {
      System.clearProperty("camel.main.routesIncludePattern");
      System.clearProperty("gateway.resolvers");
    }
  }

  @Test
  void commandsReadTheList() throws Exception {
    int port = threeWorkers();
    serve(port, ONE, TWO);
    Path routes = routes("worker:srv:" + SERVICE);
    assertThat(command(0, routes, dns, "ring")).contains(ONE).contains(TWO).doesNotContain(THREE);
    assertThat(command(0, routes, dns, "explain", "GET", "/1")).contains(owner("/1", ONE, TWO));
    serve(port, "10-1-0-7.sync.test");
    assertThat(command(1, routes, dns, "check"))
        .contains("list worker:srv:" + SERVICE)
        .contains("whose name is its address and another one after each restart");
    dns.fail(SERVICE, DnsResponseCode.NXDOMAIN);
    assertThat(command(1, routes, dns, "check"))
        .contains("nobody tells which workers worker:srv:" + SERVICE + " has: DNS says NXDomain")
        .contains("group front cannot serve");
  }
}
