// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.LogCapture;
import org.synapsegateway.TestGateway;
import org.synapsegateway.TestRoutes;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** Changed files take effect whole or not at all, and nobody who asks notices anything. */
class ReloadTest {
  private static final String FRONT =
      """
      - errorHandler:
          noErrorHandler: {}
      """
          + TestRoutes.front(
              """
              - choice:
                  when:
                    - expression:
                        language:
                          language: request
                          expression: GET ^/poll
                      steps:
                        - to: direct:poll
                  otherwise:
                    steps:
                      - to: direct:main
              """);

  @TempDir Path directory;
  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private final LogCapture log = new LogCapture(Reloads.class);
  private Path routes;
  private ScriptedWorker one;
  private ScriptedWorker two;
  private ScriptedWorker slow;
  private TestGateway gateway;
  private RawClient client;

  @BeforeEach
  void start() throws Exception {
    one = worker("one");
    two = worker("two");
    slow =
        ScriptedWorker.at(
            directory.resolve("slow.sock"),
            connection -> {
              while (connection.nextRequest() != null) {
                connection.await(mayAnswer);
                connection.send(reply("slow"));
              }
            });
    routes = Files.createDirectory(directory.resolve("routes"));
    write("front", FRONT);
    write("main", route("main", "one"));
    write("poll", route("poll", "slow"));
    gateway = TestGateway.reloading(routes);
    client = gateway.client();
    assertThat(ask(client, "/")).isEqualTo("one");
  }

  @AfterEach
  void stop() throws Exception {
    mayAnswer.countDown();
    client.close();
    gateway.close();
    one.close();
    two.close();
    slow.close();
    log.close();
  }

  private ScriptedWorker worker(String name) throws IOException {
    return ScriptedWorker.at(
        directory.resolve(name + ".sock"), ScriptedWorker.replying(reply(name)));
  }

  private static String reply(String name) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + name.length() + "\r\n\r\n" + name;
  }

  private String route(String id, String worker) {
    return """
        - route:
            id: %1$s
            from:
              uri: direct:%1$s
              steps:
                - to: worker:unix:%2$s/%3$s.sock
        """
        .formatted(id, directory, worker);
  }

  private void write(String name, String text) throws IOException {
    Path fresh = directory.resolve("fresh");
    Files.writeString(fresh, text);
    Files.move(fresh, routes.resolve(name + ".camel.yaml"), StandardCopyOption.REPLACE_EXISTING);
  }

  private static String request(String target) {
    return "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
  }

  private static String ask(RawClient client, String target) throws IOException {
    return client.exchange(request(target)).content();
  }

  private void awaitErrors(int count) {
    await().until(() -> errors().size() == count);
  }

  private List<String> errors() {
    return log.messages(Level.ERROR);
  }

  @Test
  void aHeldPollEndsWhereItBeganAndItsRoutesStopAfterIt() throws Exception {
    CamelContext before = gateway.main().getCamelContext();
    try (RawClient polling = gateway.client()) {
      polling.send(request("/poll"));
      slow.awaitRequest(0);
      write("poll", route("poll", "two"));
      await().until(() -> !log.messages(Level.INFO).isEmpty());
      assertThat(ask(client, "/poll")).isEqualTo("two");

      assertThat(before.getStatus()).isEqualTo(ServiceStatus.Started);
      assertThat(gateway.metrics())
          .contains("gateway_generations 2.0\n", "gateway_requests_in_flight 1.0\n");
      mayAnswer.countDown();
      assertThat(polling.readReply().content()).isEqualTo("slow");
      await().until(() -> before.getStatus() == ServiceStatus.Stopped);
      await().until(() -> slow.openConnections() == 0);
      assertThat(ask(polling, "/poll")).isEqualTo("two");
      assertThat(errors()).isEmpty();
    }
  }

  @Test
  void anIdleConnectionKeepsNoPreviousRoutes() throws Exception {
    List<WeakReference<CamelContext>> before = new ArrayList<>();
    List<RawClient> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        before.add(new WeakReference<>(gateway.main().getCamelContext()));
        idle.add(gateway.client());
        assertThat(ask(idle.get(i), "/")).isIn("one", "two");
        int seen = log.messages(Level.INFO).size();
        write("main", route("main", i % 2 == 0 ? "two" : "one"));
        await().until(() -> log.messages(Level.INFO).size() > seen);
      }
      await()
          .until(
              () -> {
                System.gc();
                return before.stream().filter(one -> one.get() != null).count() <= 1;
              });
    } finally {
      idle.forEach(RawClient::close);
    }
  }

  @Test
  void workersOfTheFrontRouteAreMeteredOnceEach() throws Exception {
    try (LogCapture all = LogCapture.ofAll()) {
      String worker = "worker:unix:" + directory + "/one.sock";
      write("front", FRONT.replace("direct:main", worker).replace("direct:poll", worker));
      await().until(() -> !log.messages(Level.INFO).isEmpty());
      for (int i = 0; i < 2; i++) {
        assertThat(gateway.metrics())
            .containsOnlyOnce("gateway_worker_up{group=\"front\",worker=\"one\"}")
            .containsOnlyOnce("gateway_worker_drained{group=\"front\",worker=\"one\"}");
      }
      assertThat(all.messages()).noneMatch(line -> line.contains("has been already registered"));
    }
  }

  @Test
  void aGroupThatIsRemovedKeepsTheRequestsThatItHas() throws Exception {
    List<RawClient> polling = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        polling.add(gateway.client().send(request("/poll/" + i)));
      }
      await().until(() -> slow.requests().size() == 100);
      Files.delete(routes.resolve("poll.camel.yaml"));
      write("front", FRONT.replace("direct:poll", "direct:main"));
      await().until(() -> !log.messages(Level.INFO).isEmpty());
      assertThat(ask(client, "/poll")).isEqualTo("one");

      assertThat(slow.openConnections()).isEqualTo(100);
      mayAnswer.countDown();
      for (RawClient each : polling) {
        assertThat(each.readReply().content()).isEqualTo("slow");
      }
      await().until(() -> slow.openConnections() == 0);
    } finally {
      polling.forEach(RawClient::close);
    }
  }

  @Test
  void aWorkerMoreTakesItsShareOfUsersAndNobodyElseMoves() throws Exception {
    List<String> names = List.of("one", "two", "three", "four");
    try (ScriptedWorker three = worker("three");
        ScriptedWorker four = worker("four")) {
      write("main", group(names.subList(0, 3)));
      await().until(() -> !log.messages(Level.INFO).isEmpty());
      List<String> before = askForUsers();
      write("main", group(names));
      await().until(() -> log.messages(Level.INFO).size() == 2);
      List<String> after = askForUsers();

      int moved = 0;
      for (int user = 0; user < before.size(); user++) {
        if (!after.get(user).equals(before.get(user))) {
          assertThat(after.get(user)).isEqualTo("four");
          moved++;
        }
      }
      assertThat(moved).isBetween(before.size() / 8, before.size() * 3 / 8);
      assertThat(three.requests()).isNotEmpty();
      assertThat(four.requests()).hasSize(moved);
    }
  }

  private String group(List<String> workers) {
    StringBuilder text =
        new StringBuilder(
            """
            - beans:
                - name: ring
                  type: org.synapsegateway.loadbalance.ConsistentHash
            - route:
                id: main
                from:
                  uri: direct:main
                  steps:
                    - loadBalance:
                        customLoadBalancer:
                          ref: ring
                        steps:
            """);
    for (String worker : workers) {
      text.append("              - to: worker:unix:" + directory + "/" + worker + ".sock\n");
    }
    return text.toString();
  }

  private List<String> askForUsers() throws IOException {
    List<String> workers = new ArrayList<>();
    for (int user = 0; user < 400; user++) {
      workers.add(
          client
              .exchange(
                  "GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer syt_dXNlcg"
                      + user
                      + "_a_1\r\n\r\n")
              .content());
    }
    return workers;
  }

  @Test
  void connectionsOfAWorkerThatIsNoLongerListedAreClosed() throws Exception {
    write("main", route("main", "two"));
    await().until(() -> ask(client, "/").equals("two"));
    await().until(() -> one.openConnections() == 0);
  }

  @Test
  void aWorkerGetsNoMoreAtOnceThanItBearsWhateverRoutesSendToIt() throws Exception {
    String limited = route("poll", "slow").replace("slow.sock", "slow.sock?maxInFlight=1");
    write("poll", limited.replace("maxInFlight=1", "maxInFlight=1&queue=5&queueTimeout=60s"));
    await().until(() -> !log.messages(Level.INFO).isEmpty());
    try (RawClient held = gateway.client();
        RawClient refused = gateway.client()) {
      held.send(request("/poll"));
      slow.awaitRequest(0);
      write("poll", limited);
      await().until(() -> log.messages(Level.INFO).size() == 2);
      assertThat(refused.exchange(request("/poll")).status()).isEqualTo(429);

      mayAnswer.countDown();
      assertThat(held.readReply().content()).isEqualTo("slow");
      await().until(() -> refused.exchange(request("/poll")).status() == 200);
    }
  }

  @Test
  void aBrokenFileLeavesAllRoutesAsTheyWereAndIsToldOnce() throws Exception {
    write("broken", "- route:\n    id: x\n   from: [\n");
    write("main", route("main", "two"));
    awaitErrors(1);

    assertThat(errors().get(0))
        .startsWith("Reload refused, the current routes stay: ")
        .contains("broken.camel.yaml");
    assertThat(ask(client, "/")).isEqualTo("one");
    assertThat(gateway.metrics()).contains("gateway_reloads_total{outcome=\"refused\"} 1.0\n");
    assertThat(gateway.manage("GET", "/observe/status").body())
        .containsPattern(
            "\"refusedReload\" ?: ?\\{\\s*\"since\" ?: ?\"2[-0-9T:]+Z\",\\s*\"error\" ?: ?\"[^\"]*broken.camel.yaml:");
    assertThat(gateway.manage("GET", "/observe/health").body())
        .contains("changed files are refused since ", "broken.camel.yaml:");

    Files.delete(routes.resolve("broken.camel.yaml"));
    await().until(() -> ask(client, "/").equals("two"));
    String mended = gateway.manage("GET", "/observe/status").body();
    assertThat(mended).doesNotContain("refusedReload");
    // what has happened is still to be read
    assertThat(mended)
        .containsPattern(
            "\"kind\" ?: ?\"reloaded\",\\s*\"text\" ?: ?\"reloaded: [^}]*\\},\\s*\\{\\s*"
                + "\"at\" ?: ?\"2[-0-9T:]+Z\",\\s*\"kind\" ?: ?\"refused\",\\s*\"text\" ?: ?\"reload refused,"
                + " the routes before go on: [^\"]*broken.camel.yaml:");
    assertThat(gateway.manage("GET", "/observe/health").body()).doesNotContain("refused");
    assertThat(errors()).hasSize(1);
    assertThat(gateway.metrics()).contains("gateway_reloads_total{outcome=\"loaded\"} 1.0\n");
  }

  @Test
  void aFileThatIsWrittenInPartsCountsWhenItIsWhole() throws Exception {
    String whole = route("main", "two");
    Path file = routes.resolve("main.camel.yaml");
    Files.writeString(file, whole.substring(0, whole.indexOf("steps:")));
    awaitErrors(1);
    assertThat(ask(client, "/")).isEqualTo("one");

    Files.writeString(file, whole);
    await().until(() -> ask(client, "/").equals("two"));
    assertThat(errors()).hasSize(1);
  }

  @Test
  void aRouteThatIsGoneIsNotMissedByThoseThatNeedIt() throws Exception {
    Files.delete(routes.resolve("main.camel.yaml"));
    awaitErrors(1);
    assertThat(errors().get(0)).contains("direct:main");
    assertThat(ask(client, "/")).isEqualTo("one");
  }

  @Test
  void aSecondFrontRouteIsRefused() throws Exception {
    write("front2", FRONT.replace("id: front", "id: front2"));
    awaitErrors(1);
    assertThat(ask(client, "/")).isEqualTo("one");
  }

  @Test
  void aReloadThatComesAfterTheStopStartsNothing() {
    gateway.close();
    gateway.main().reload();
    assertThat(log.messages(Level.INFO)).isEmpty();
    assertThat(gateway.main().generations()).isZero();
  }

  @Test
  void manyReloadsLeaveNothingBehind() throws Exception {
    int threads = Thread.activeCount();
    for (String worker : List.of("two", "one", "two", "one")) {
      write("main", route("main", worker));
      await().until(() -> ask(client, "/").equals(worker));
    }
    await().until(() -> Thread.activeCount() <= threads);
    assertThat(errors()).isEmpty();
  }
}
