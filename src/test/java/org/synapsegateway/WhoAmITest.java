package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private static final List<String> SYNC = List.of("normal_sync1", "normal_sync2", "normal_sync3");

  @TempDir Path directory;
  private final Map<String, ScriptedWorker> workers = new LinkedHashMap<>();
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
      assertThat(r.line()).isEqualTo("GET /_matrix/client/v3/account/whoami HTTP/1.1");
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
    gateway = TestGateway.shipped(directory, "gateway.whoami.patience", "60s");
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
    gateway = TestGateway.shipped(directory, "gateway.whoami.patience", "50ms");
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
    gateway = TestGateway.shipped(directory, "gateway.whoami.patience", "60s");
    try (RawClient client = gateway.client()) {
      String worker = client.exchange(sync("mat_nobody_0")).content();
      assertThat(worker).isIn(SYNC);
      assertThat(client.exchange(sync("mat_nobody_0")).content()).isEqualTo(worker);
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void nobodyIsAskedWhenItIsSwitchedOff() throws Exception {
    gateway = TestGateway.shipped(directory, "gateway.whoami.worker", "");
    try (RawClient client = gateway.client()) {
      assertThat(client.exchange(sync("mat_alice_0")).content()).isIn(SYNC);
    }
    assertThat(asked).hasValue(0);
  }
}
