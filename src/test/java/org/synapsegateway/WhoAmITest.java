// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** All devices of a user meet on one worker, whatever their tokens look like. */
class WhoAmITest {
  private static final String LOGIN =
      "{\"user_id\":\"@alice:h\",\"access_token\":\"mct_new\",\"device_id\":\"D\"}";
  private static final List<String> SYNC = List.of("normal_sync1", "normal_sync2", "normal_sync3");

  @TempDir Path directory;
  private final Map<String, ScriptedWorker> workers = new LinkedHashMap<>();
  private final List<RawMessage> questions = new CopyOnWriteArrayList<>();
  private final AtomicInteger asked = new AtomicInteger();
  private CountDownLatch mayAnswer = new CountDownLatch(0);
  private TestGateway gateway;

  @BeforeEach
  void start() throws Exception {
    for (String name : SYNC) {
      workers.put(name, ScriptedWorker.at(socket(name), ScriptedWorker.replying(ok(name))));
    }
    workers.put("main", ScriptedWorker.at(socket("main"), this::answer));
  }

  private Path socket(String name) {
    return directory.resolve("inbound_" + name + ".sock");
  }

  private static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  /** Main says that {@code mat_<user>_<device>} is the token of {@code @user:h}. */
  private void answer(ScriptedWorker.Connection connection) throws Exception {
    for (RawMessage r = connection.nextRequest(); r != null; r = connection.nextRequest()) {
      if (r.line().startsWith("POST /_matrix/client/v3/login ")) {
        connection.send(ok(LOGIN));
        continue;
      }
      if (r.line().startsWith("GET /_matrix/client/v3/sync ")) {
        connection.send(ok("main"));
        continue;
      }
      assertThat(r.line()).isEqualTo("GET /_matrix/client/v3/account/whoami HTTP/1.1");
      questions.add(r);
      asked.incrementAndGet();
      connection.await(mayAnswer);
      String token = r.value("Authorization").substring("Bearer ".length());
      String user = token.split("_", -1)[1];
      connection.send(
          user.equals("nobody")
              ? "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n{}"
              : ok("{\"user_id\":\"@" + user + ":h\",\"device_id\":\"D\"}"));
    }
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
    for (ScriptedWorker worker : workers.values()) {
      worker.close();
    }
  }

  private static String sync(String token) {
    return "GET /_matrix/client/v3/sync?since=s HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer "
        + token
        + "\r\n\r\n";
  }

  @Test
  void devicesOfAUserMeetWhateverTheirTokens() throws Exception {
    gateway = TestGateway.shipped(directory, "gateway.whoami.timeout", "60s");
    Map<String, String> userKeys =
        Map.of("alice", "YWxpY2U", "bob", "Ym9i", "carol", "Y2Fyb2w", "dave", "ZGF2ZQ");
    try (RawClient client = gateway.client()) {
      for (Map.Entry<String, String> user : userKeys.entrySet()) {
        String worker = client.exchange(sync("syt_" + user.getValue() + "_a_1")).content();
        for (int device = 0; device < 3; device++) {
          String token = "mat_" + user.getKey() + "_" + device;
          assertThat(client.exchange(sync(token)).content()).isEqualTo(worker);
          assertThat(client.exchange(sync(token)).content()).isEqualTo(worker);
        }
      }
    }
    assertThat(asked).hasValue(12);
  }

  @Test
  void aSlowAnswerHoldsNobodyUp() throws Exception {
    mayAnswer = new CountDownLatch(1);
    gateway = TestGateway.shipped(directory, "gateway.whoami.timeout", "50ms");
    try (RawClient client = gateway.client()) {
      String before = client.exchange(sync("mat_alice_0")).content();
      assertThat(before).isIn(SYNC);
      assertThat(client.exchange(sync("mat_alice_0")).content()).isEqualTo(before);
      assertThat(asked).hasValue(1);

      mayAnswer.countDown();
      String worker = client.exchange(sync("syt_YWxpY2U_a_1")).content();
      await().until(() -> client.exchange(sync("mat_alice_0")).content().equals(worker));
      assertThat(asked).hasValue(1);
    }
  }

  @Test
  void whomSynapseDoesNotKnowGoesByTheToken() throws Exception {
    gateway = TestGateway.shipped(directory, "gateway.whoami.timeout", "60s");
    try (RawClient client = gateway.client()) {
      String worker = client.exchange(sync("mat_nobody_0")).content();
      assertThat(worker).isIn(SYNC);
      assertThat(client.exchange(sync("mat_nobody_0")).content()).isEqualTo(worker);
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void nobodyIsAskedWhenItIsSwitchedOff() throws Exception {
    gateway = TestGateway.shipped(directory, "gateway.whoami.workers", "");
    try (RawClient client = gateway.client()) {
      assertThat(client.exchange(sync("mat_alice_0")).content()).isIn(SYNC);
    }
    assertThat(asked).hasValue(0);
  }

  @Test
  void asksAsTheClientThatAsks() throws Exception {
    gateway = TestGateway.shipped(directory, "gateway.whoami.timeout", "60s");
    String agent = "User-Agent: Element X/25\r\n";
    try (RawClient client = gateway.client()) {
      client.exchange(
          "GET /_matrix/client/v3/sync?since=s1 HTTP/1.1\r\nHost: h\r\n"
              + agent
              + "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n"
              + "Authorization: Bearer mat_alice_0\r\n\r\n");
      client.exchange(sync("mat_bob_0"));
    }

    assertThat(questions.get(0).value("X-Forwarded-For")).isEqualTo("203.0.113.7");
    assertThat(questions.get(0).value("X-Forwarded-Proto")).isEqualTo("https");
    assertThat(questions.get(0).value("User-Agent")).isEqualTo("Element X/25");
    assertThat(questions.get(1).value("X-Forwarded-For")).isEqualTo("127.0.0.1");
    assertThat(questions.get(1).value("User-Agent")).isNull();
  }

  @Test
  void asksTheNextWorkerWhereOneFails() throws Exception {
    workers.put(
        "sick",
        ScriptedWorker.at(
            socket("sick"),
            ScriptedWorker.replying(
                "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\n{}")));
    workers.put("rude", ScriptedWorker.at(socket("rude"), connection -> connection.nextRequest()));
    gateway =
        TestGateway.shipped(
            directory,
            "gateway.whoami.timeout",
            "60s",
            "gateway.whoami.workers",
            "inbound_absent.sock inbound_sick.sock, inbound_rude.sock worker:unix:"
                + socket("main"));
    try (RawClient client = gateway.client()) {
      String worker = client.exchange(sync("syt_YWxpY2U_a_1")).content();
      assertThat(client.exchange(sync("mat_alice_0")).content()).isEqualTo(worker);
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void asksAGroup() throws Exception {
    workers.put("client_reader1", ScriptedWorker.at(socket("client_reader1"), this::answer));
    workers.put("client_reader2", ScriptedWorker.at(socket("client_reader2"), this::answer));
    gateway =
        TestGateway.withRoutes(
            routesWithClientReaders(),
            "gateway.workers.directory",
            directory.toString(),
            "gateway.whoami.timeout",
            "60s",
            "gateway.whoami.workers",
            "direct:client-reader");
    try (RawClient client = gateway.client()) {
      String worker = client.exchange(sync("syt_YWxpY2U_a_1")).content();
      for (int device = 0; device < 20; device++) {
        assertThat(client.exchange(sync("mat_alice_" + device)).content()).isEqualTo(worker);
      }
    }
    assertThat(asked).hasValue(20);
  }

  /** The shipped routes with the client readers that are commented out there. */
  private Path routesWithClientReaders() throws Exception {
    Path routes = Files.createDirectory(directory.resolve("routes"));
    try (DirectoryStream<Path> shipped = Files.newDirectoryStream(Path.of("routes"))) {
      for (Path file : shipped) {
        String text = Files.readString(file).replace("# - to: worker:unix:", "- to: worker:unix:");
        boolean reader = file.endsWith("client-reader.camel.yaml");
        Files.writeString(
            routes.resolve(file.getFileName()), reader ? text : Files.readString(file));
      }
    }
    return routes;
  }

  @Test
  void learnsFromALoginThatPassesByWithoutChangingIt() throws Exception {
    gateway = TestGateway.shipped(directory, "gateway.whoami.timeout", "60s");
    try (RawClient client = gateway.client()) {
      RawMessage reply =
          client.exchange(
              "POST /_matrix/client/v3/login HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}");
      assertThat(reply.content()).isEqualTo(LOGIN);
      String worker = client.exchange(sync("syt_YWxpY2U_a_1")).content();
      assertThat(client.exchange(sync("mct_new")).content()).isEqualTo(worker);
    }
    assertThat(asked).hasValue(0);
  }

  @Test
  void aPollOfANewTokenWaitsForASlowAnswer() throws Exception {
    mayAnswer = new CountDownLatch(1);
    gateway = TestGateway.shipped(directory, "gateway.whoami.timeout", "1s");
    try (RawClient client = gateway.client();
        RawClient other = gateway.client()) {
      String worker = client.exchange(sync("syt_YWxpY2U_a_1")).content();
      client.send(sync("mat_alice_0"));
      // a request that is no poll gives up first
      other.exchange(
          "GET /_matrix/client/v3/sync HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer mat_alice_0"
              + "\r\n\r\n");
      mayAnswer.countDown();
      assertThat(client.readReply().content()).isEqualTo(worker);
    }
  }
}
