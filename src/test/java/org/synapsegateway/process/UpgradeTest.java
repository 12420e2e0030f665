// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.camel.ServiceStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.TestGateway;
import org.synapsegateway.TestRoutes;
import org.synapsegateway.tls.TestCertificate;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.wire.TlsRelay;
import org.synapsegateway.wire.Wire;

/** One gateway takes the place of another; here both are in one JVM, with a socket between them. */
class UpgradeTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  private static final String POLL = "GET /poll HTTP/1.1\r\nHost: h\r\n\r\n";

  @TempDir Path directory;
  private final CountDownLatch pollsEnd = new CountDownLatch(1);
  private final CompletableFuture<Void> left = new CompletableFuture<>();
  private Path routes;
  private ScriptedWorker worker;
  private TestGateway before;
  private volatile TestGateway next;

  @BeforeEach
  void start() throws Exception {
    worker =
        ScriptedWorker.at(
            directory.resolve("w.sock"),
            connection -> {
              for (RawMessage next = connection.nextRequest();
                  next != null;
                  next = connection.nextRequest()) {
                if (next.head().text().startsWith("GET /poll")) {
                  connection.await(pollsEnd);
                }
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
              }
            });
    routes = Files.createDirectories(directory.resolve("routes"));
    write("- to: worker:unix:" + worker.path());
  }

  private void write(String steps) throws IOException {
    Files.writeString(routes.resolve("front.camel.yaml"), TestRoutes.front(steps));
  }

  @AfterEach
  void stop() {
    pollsEnd.countDown();
    before.close();
    if (next != null) {
      next.close();
    }
    worker.close();
  }

  private void run(String... properties) {
    before = TestGateway.withRoutes(routes, properties);
    before.main().startSuccessorsBy(socket -> launch(socket, properties));
    before.main().whenSucceeded(() -> left.complete(null));
  }

  private Successor.Launched launch(Path socket, String... properties) {
    Runnable start =
        () -> {
          next = TestGateway.inPlaceOf(socket, routes, properties);
        };
    CompletableFuture<Void> run =
        CompletableFuture.runAsync(start, task -> new Thread(task, "next").start());
    return new Successor.Launched(
        ProcessHandle.current().pid(),
        () -> run.isCompletedExceptionally() ? "an error" : null,
        () -> {});
  }

  private HttpResponse<String> upgrade() throws IOException {
    return before.manage("POST", "/observe/upgrade");
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private void upgraded() throws IOException {
    HttpResponse<String> answer = upgrade();
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    await().until(() -> next != null);
  }

  @Test
  void theNextProcessServesOnTheSameSocketsAndTheOneBeforeEndsWithItsConnections()
      throws Exception {
    run();
    int port = before.port();
    int management = before.main().managementPort().port();
    try (RawClient polls = RawClient.connect(port);
        RawClient kept = RawClient.connect(port)) {
      polls.send(POLL);
      assertThat(kept.exchange(GET).status()).isEqualTo(200);
      worker.awaitRequest(1);

      upgraded();
      assertThat(next.port()).isEqualTo(port);
      assertThat(next.main().managementPort().port()).isEqualTo(management);
      assertThat(before.frontDoor().isOpen()).isFalse();
      try (RawClient client = RawClient.connect(port)) {
        assertThat(client.exchange(GET).status()).isEqualTo(200);
        assertThat(next.frontDoor().connectionCount()).isEqualTo(1);
      }
      assertThat(next.metrics()).contains("gateway_client_connections ");

      // what is idle has not been ended, and one of its next replies tells the end
      await().until(() -> tellsEnd(kept.exchange(GET)));
      assertThat(kept.awaitEnd()).isEqualTo(Wire.End.CLOSED);
      assertThat(left).isNotDone();

      pollsEnd.countDown();
      assertThat(polls.readReply().content()).isEqualTo("ok");
    }
    left.get(10, TimeUnit.SECONDS);
  }

  private static boolean tellsEnd(RawMessage reply) {
    assertThat(reply.status()).isEqualTo(200);
    return "close".equals(reply.value("Connection"));
  }

  /** Two may ask for an upgrade at the same time, and the next process knows of no drain here. */
  @ParameterizedTest
  @ValueSource(strings = {"/observe/upgrade", "/observe/drain?worker=w"})
  void whatHasBeenReplacedChangesNothing(String target) throws Exception {
    run();
    try (RawClient kept = RawClient.connect(before.main().managementPort().port())) {
      String host = "Host: 127.0.0.1\r\nAuthorization: Bearer " + TestGateway.token() + "\r\n";
      assertThat(kept.exchange("GET /observe/health/live HTTP/1.1\r\n" + host + "\r\n").status())
          .isEqualTo(200);
      upgraded();
      RawMessage late =
          kept.exchange("POST " + target + " HTTP/1.1\r\n" + host + "Content-Length: 0\r\n\r\n");
      assertThat(late.status()).isEqualTo(409);
      assertThat(late.content()).contains("another process serves");
    }
    assertThat(next.manage("GET", "/observe/status").body()).contains("\"drained\" : false");
  }

  /**
   * A route of its own has one port, which the next process has when it finds another one taken.
   */
  @Test
  void whatHasBegunElsewhereIsGivenBackByWhatFailsLate() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int own = freePort();
      Files.writeString(
          routes.resolve("own.camel.yaml"),
          """
          - route:
              from:
                uri: netty-http:http://127.0.0.1:%d/own
                steps:
                  - setBody: {constant: mine}
          - route:
              id: never
              autoStartup: false
              from:
                uri: timer:never
                steps:
                  - log: never
          """
              .formatted(own));
      run();
      before
          .main()
          .startSuccessorsBy(
              socket ->
                  launch(
                      socket,
                      "gateway.listen",
                      "http://127.0.0.1:0 http://127.0.0.1:" + taken.getLocalPort(),
                      "gateway.port",
                      "8008"));
      HttpResponse<String> answer = upgrade();
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
      assertThat(answer.body()).contains(":" + taken.getLocalPort());
      try (RawClient client = RawClient.connect(own)) {
        assertThat(client.exchange("GET /own HTTP/1.1\r\nHost: h\r\n\r\n").content())
            .isEqualTo("mine");
      }
      assertThat(before.main().getCamelContext().getRouteController().getRouteStatus("never"))
          .isEqualTo(ServiceStatus.Stopped);
      assertThat(before.manage("POST", "/observe/drain?worker=w").statusCode()).isEqualTo(200);
    }
  }

  @Test
  @Timeout(30)
  void whoDoesNotListenAnyMoreAnnouncesNoStop() throws Exception {
    run("gateway.stop-delay", "60s");
    upgraded();
    before.close();
    next.main().frontDoor().leave(); // or its own stop would take a minute
  }

  @Test
  void whatIsDrainedStaysSo() throws Exception {
    run();
    assertThat(before.manage("POST", "/observe/drain?worker=w").statusCode()).isEqualTo(200);
    upgraded();
    assertThat(next.manage("GET", "/observe/status").body()).contains("\"drained\" : true");
  }

  @Test
  void theFileOfASocketIsThatOfTheLastProcess() throws Exception {
    Path socket = directory.resolve("own.sock");
    run("gateway.listen", "unix:" + socket + " http://127.0.0.1:0", "gateway.port", "8008");
    upgraded();
    left.get(10, TimeUnit.SECONDS);
    before.close();
    assertThat(socket).exists();
    next.close();
    assertThat(socket).doesNotExist();
  }

  @Test
  void whatCannotStartTakesNothingOver() throws Exception {
    Path socket = directory.resolve("own.sock");
    run("gateway.listen", "unix:" + socket + " http://127.0.0.1:0", "gateway.port", "8008");
    write("- too: nowhere");
    HttpResponse<String> answer = upgrade();
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body()).contains("front.camel.yaml:", "unknown step \\\"too\\\"");
    assertThat(socket).exists();
    try (RawClient client = before.client()) {
      assertThat(client.exchange(GET).value("Connection")).isNull();
      write("- to: worker:unix:" + worker.path());
      upgraded();
    }
  }

  @Test
  void whatEndsBeforeItTakesOverIsTold() throws Exception {
    run();
    before
        .main()
        .startSuccessorsBy(socket -> new Successor.Launched(7, () -> "status 1", () -> {}));
    HttpResponse<String> answer = upgrade();
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body())
        .contains("the new process has ended with status 1 before it could take over");
    try (RawClient client = before.client()) {
      assertThat(client.exchange(GET).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void nobodyIsRefusedOrCut(String scheme) throws Exception {
    List<String> properties = new ArrayList<>(List.of("gateway.listen", scheme + "://127.0.0.1:0"));
    if (scheme.equals("https")) {
      Path certificate = directory.resolve("certificate");
      TestCertificate.of("example.org").writeTo(certificate);
      properties.addAll(List.of("gateway.tls.certificates", certificate.toString()));
    }
    run(properties.toArray(String[]::new));
    try (TlsRelay relay = scheme.equals("https") ? new TlsRelay(before.port()) : null) {
      int port = relay == null ? before.port() : relay.port();
      try (Load load = new Load(port)) {
        load.awaitReplies(100);
        List<RawClient> polls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          polls.add(RawClient.connect(port).send(POLL));
        }
        await().until(() -> worker.requests().stream().filter(UpgradeTest::isPoll).count() == 20);
        upgraded();
        load.awaitReplies(load.replies.get() + 200);
        pollsEnd.countDown();
        for (RawClient poll : polls) {
          assertThat(poll.readReply().content()).isEqualTo("ok");
          poll.close();
        }
        load.awaitReplies(load.replies.get() + 100);
        assertThat(load.failures).isEmpty();
      }
    }
    left.get(10, TimeUnit.SECONDS);
  }

  private static boolean isPoll(RawMessage request) {
    return request.head().text().startsWith("GET /poll");
  }

  /** Clients that ask one request after the other, some of them on a new connection each time. */
  private static final class Load implements AutoCloseable {
    private final AtomicInteger replies = new AtomicInteger();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicBoolean ends = new AtomicBoolean();
    private final List<Thread> threads;
    private final int port;

    private Load(int port) {
      this.port = port;
      threads = Stream.of(1, 1, 10, 10).map(each -> new Thread(() -> run(each))).toList();
      threads.forEach(Thread::start);
    }

    private void run(int perConnection) {
      while (!ends.get()) {
        try (RawClient client = RawClient.connect(port)) {
          boolean closed = false;
          for (int i = 0; i < perConnection && !closed; i++) {
            RawMessage reply = client.exchange(GET);
            if (reply.status() != 200) {
              failures.add("status " + reply.status());
            }
            closed = reply.value("Connection") != null;
            replies.incrementAndGet();
          }
        } catch (IOException | RuntimeException | AssertionError e) {
          failures.add(e.toString());
        }
      }
    }

    private void awaitReplies(int count) {
      await().until(() -> replies.get() >= count || !failures.isEmpty());
    }

    @Override
    public void close() {
      ends.set(true);
      for (Thread thread : threads) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
