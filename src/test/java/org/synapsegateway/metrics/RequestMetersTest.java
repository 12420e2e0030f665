// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.metrics;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** What the meters say about requests that really went over sockets. */
class RequestMetersTest {
  private static final String AUTHORIZATION = "Authorization: Bearer syt_YWxpY2U_abc_1\r\n";
  private static final String SYNC =
      "GET /_matrix/client/v3/sync?since=s1&timeout=30000 HTTP/1.1\r\nHost: h\r\n"
          + AUTHORIZATION
          + "\r\n";

  @TempDir Path directory;

  private static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private static String post(String body) {
    return "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private ScriptedWorker worker(String name, ScriptedWorker.Script script) throws IOException {
    return ScriptedWorker.at(directory.resolve("inbound_" + name + ".sock"), script);
  }

  private TestGateway loneWorker(String... properties) throws IOException {
    return TestGateway.withSteps(
        directory, "- to: worker:unix:" + directory + "/inbound_main.sock", properties);
  }

  @Test
  void aRequestCountsForItsGroupAndWorker() throws Exception {
    try (ScriptedWorker main = worker("main", ScriptedWorker.replying(ok("hello")));
        TestGateway gateway = loneWorker();
        RawClient client = gateway.client()) {
      client.exchange(post("abc"));
      client.exchange("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");

      String labels = "{group=\"front\",worker=\"inbound_main\"";
      assertShown(
          gateway,
          "gateway_requests_total" + tags("method=\"write\",outcome=\"2xx\"") + " 1.0\n",
          "gateway_requests_total" + tags("method=\"read\",outcome=\"2xx\"") + " 1.0\n",
          "gateway_bytes_total{direction=\"request\",group=\"front\",worker=\"inbound_main\"} 3.0\n",
          "gateway_bytes_total{direction=\"reply\",group=\"front\",worker=\"inbound_main\"} 10.0\n",
          "gateway_request_first_byte_seconds_count" + labels + "} 2\n",
          "gateway_request_last_byte_seconds_bucket" + labels + ",le=\"+Inf\"} 2\n",
          "gateway_worker_in_flight" + labels + "} 0.0\n",
          "gateway_client_connection_uses_total{connection=\"new\"} 1.0\n",
          "gateway_client_connection_uses_total{connection=\"kept\"} 1.0\n",
          "gateway_worker_connection_uses_total{connection=\"new\",group=\"front\",worker=\"inbound_main\"} 1.0\n",
          "gateway_worker_connection_uses_total{connection=\"kept\",group=\"front\",worker=\"inbound_main\"} 1.0\n",
          "gateway_worker_connections{worker=\"inbound_main\"} 1.0\n",
          "gateway_worker_connections_idle{worker=\"inbound_main\"} 1.0\n",
          "gateway_client_connections 1.0\n",
          "gateway_client_connections_idle 1.0\n");
      assertThat(main.requests()).hasSize(2);
    }
  }

  @Test
  void bytesOfALargeReplyThatPassUnseenCountToo() throws Exception {
    String large = "line of a large reply\n".repeat(100_000);
    try (ScriptedWorker main = worker("main", ScriptedWorker.replying(ok(large)));
        TestGateway gateway = loneWorker();
        RawClient client = gateway.client()) {
      assertThat(client.exchange("GET /x HTTP/1.1\r\nHost: h\r\n\r\n").content()).isEqualTo(large);

      assertShown(
          gateway,
          "gateway_bytes_total{direction=\"reply\",group=\"front\",worker=\"inbound_main\"} 2200000.0\n");
      assertThat(main.requests()).hasSize(1);
    }
  }

  @Test
  void bytesOfALargeUploadCount() throws Exception {
    String large = "line of a large upload\n".repeat(100_000);
    try (ScriptedWorker main = worker("main", ScriptedWorker.replying(ok("{}")));
        TestGateway gateway = loneWorker();
        RawClient client = gateway.client()) {
      client.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: " + large.length() + "\r\n\r\n");
      client.send(large);
      assertThat(client.readReply().status()).isEqualTo(200);
      assertThat(main.requests().get(0).content()).isEqualTo(large);

      assertShown(
          gateway,
          "gateway_bytes_total{direction=\"request\",group=\"front\",worker=\"inbound_main\"} 2300000.0\n");
    }
  }

  /** The reply is on its way to the client a moment before its request counts as ended. */
  private static void assertShown(TestGateway gateway, String... lines) {
    await().untilAsserted(() -> assertThat(gateway.metrics()).contains(lines));
  }

  private static String tags(String others) {
    int comma = others.indexOf(',');
    return "{group=\"front\","
        + others.substring(0, comma)
        + ","
        + others.substring(comma + 1)
        + ",worker=\"inbound_main\"}";
  }

  @Test
  void aHeldPollIsShownWhileItIsHeldAndIsNoLatency() throws Exception {
    CountDownLatch news = new CountDownLatch(1);
    try (ScriptedWorker main =
            worker(
                "main",
                connection -> {
                  connection.nextRequest();
                  connection.await(news);
                  connection.send(ok("{}"));
                });
        TestGateway gateway = loneWorker();
        RawClient client = gateway.client()) {
      client.send(SYNC);
      main.awaitConnection(0);
      String labels = "{group=\"front\",worker=\"inbound_main\"} ";
      assertShown(
          gateway,
          "gateway_polls_held" + labels + "1.0\n",
          "gateway_worker_in_flight" + labels + "1.0\n",
          "gateway_worker_connections_idle{worker=\"inbound_main\"} 0.0\n",
          "gateway_client_connections_idle 0.0\n");
      news.countDown();
      client.readReply();

      assertShown(
          gateway,
          "gateway_polls_held" + labels + "0.0\n",
          "gateway_poll_held_seconds_count" + labels + "1\n");
      assertThat(gateway.metrics())
          .doesNotContain("gateway_request_first_byte_seconds_count" + labels);
    }
  }

  @Test
  void aClientThatLeavesLeavesNothingInFlight() throws Exception {
    try (ScriptedWorker main =
            worker(
                "main",
                connection -> {
                  connection.nextRequest();
                  connection.awaitEnd();
                });
        TestGateway gateway = loneWorker()) {
      try (RawClient client = gateway.client()) {
        client.send(SYNC);
        main.awaitRequest(0);
      }
      assertShown(
          gateway,
          "gateway_polls_held{group=\"front\",worker=\"inbound_main\"} 0.0\n",
          "gateway_requests_total" + tags("method=\"read\",outcome=\"client_gone\"") + " 1.0\n");
      assertShown(gateway, "gateway_refusals_total{reason=\"route_failed\"} 0.0");
    }
  }

  @Test
  void whatTheGatewayAnswersItselfCountsByReason() throws Exception {
    try (TestGateway gateway = loneWorker();
        RawClient client = gateway.client();
        RawClient broken = gateway.client()) {
      client.exchange("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
      broken.exchange("GET /x HTTP/1.1\r\n\r\n");

      assertShown(
          gateway,
          "gateway_refusals_total{reason=\"worker_unreachable\"} 1.0\n",
          "gateway_refusals_total{reason=\"bad_request\"} 1.0\n",
          "gateway_requests_total{group=\"none\",method=\"read\",outcome=\"bad_request\",worker=\"none\"} 1.0\n");
    }
  }

  @Test
  void retriesFallbacksAndKeysAreCounted() throws Exception {
    try (ScriptedWorker main = worker("main", ScriptedWorker.replying(ok("main")));
        TestGateway gateway = TestGateway.shipped(directory);
        RawClient client = gateway.client()) {
      assertThat(client.exchange(SYNC).content()).isEqualTo("main");

      assertShown(
          gateway,
          "gateway_fallbacks_total{group=\"normal-sync\"} 1.0\n",
          "gateway_keys_total{group=\"normal-sync\",kind=\"syt\"} 1.0\n",
          "gateway_worker_users{group=\"normal-sync\",worker=\"inbound_main\"} 1.0\n",
          "gateway_worker_user_share{group=\"normal-sync\",worker=\"inbound_main\"} 1.0\n",
          "gateway_poll_held_seconds_count{group=\"normal-sync\",worker=\"inbound_main\"} 1\n");
      for (int i = 1; i <= 3; i++) {
        assertShown(
            gateway,
            "gateway_retries_total{group=\"normal-sync\",worker=\"inbound_normal_sync"
                + i
                + "\"} 1.0\n",
            "gateway_worker_in_flight{group=\"normal-sync\",worker=\"inbound_normal_sync"
                + i
                + "\"} 0.0\n");
      }
      assertThat(main.requests()).hasSize(1);
    }
  }

  @Test
  void questionsToSynapseAreCounted() throws Exception {
    String sync = SYNC.replace("syt_YWxpY2U_abc_1", "mat_abc");
    try (ScriptedWorker main =
            worker("main", ScriptedWorker.replying(ok("{\"user_id\":\"@alice:h\"}")));
        ScriptedWorker one = worker("normal_sync1", ScriptedWorker.replying(ok("{}")));
        ScriptedWorker two = worker("normal_sync2", ScriptedWorker.replying(ok("{}")));
        ScriptedWorker three = worker("normal_sync3", ScriptedWorker.replying(ok("{}")));
        TestGateway gateway = TestGateway.shipped(directory);
        RawClient client = gateway.client()) {
      client.exchange(sync);
      client.exchange(sync);

      assertShown(
          gateway,
          "gateway_whoami_total{result=\"asked\"} 1.0\n",
          "gateway_whoami_total{result=\"hit\"} 1.0\n",
          "gateway_keys_total{group=\"normal-sync\",kind=\"mas\"} 2.0\n");
      assertThat(gateway.metrics()).doesNotContain("gateway_worker_in_flight{group=\"whoami");
      assertThat(main.requests()).hasSize(1);
      assertThat(one.requests().size() + two.requests().size() + three.requests().size())
          .isEqualTo(2);
    }
  }

  @Test
  void camelMeasuresRoutesIfItIsAskedTo() throws Exception {
    try (ScriptedWorker main = worker("main", ScriptedWorker.replying(ok("x")));
        TestGateway quiet = loneWorker();
        TestGateway gateway = loneWorker("gateway.camel-meters", "on");
        RawClient client = gateway.client()) {
      client.exchange(post("a"));

      assertShown(gateway, "camel_", "routeId=\"front\"");
      assertThat(quiet.metrics()).doesNotContain("camel_");
      assertThat(main.requests()).hasSize(1);
    }
  }

  @Test
  void camelsMetersCountOnAfterAReload() throws Exception {
    try (ScriptedWorker main = worker("main", ScriptedWorker.replying(ok("x")));
        TestGateway gateway = loneWorker("gateway.camel-meters", "on");
        RawClient client = gateway.client()) {
      client.exchange(post("a"));
      assertThat(gateway.main().reload().error()).isNull();
      await().until(() -> gateway.main().generations() == 1);
      client.exchange(post("b"));

      await()
          .untilAsserted(
              () ->
                  assertThat(gateway.metrics().lines())
                      .anyMatch(
                          line ->
                              line.startsWith("camel_exchanges_succeeded_total{")
                                  && line.contains("routeId=\"front\"")
                                  && line.endsWith(" 2.0")));
      assertThat(main.requests()).hasSize(2);
    }
  }

  @Test
  void aReplyThatDoesNotKnowTheRequestCountsForTheGroup() throws Exception {
    String body = "{\"errcode\":\"M_UNRECOGNIZED\",\"error\":\"Unrecognized request\"}";
    String reply =
        "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    try (ScriptedWorker main = worker("main", ScriptedWorker.replying(reply));
        TestGateway gateway = loneWorker();
        RawClient client = gateway.client()) {
      assertThat(client.exchange("GET /x HTTP/1.1\r\nHost: h\r\n\r\n").content()).isEqualTo(body);

      assertShown(gateway, "gateway_unrecognized_total{group=\"front\"} 1.0\n");
      assertThat(main.requests()).hasSize(1);
    }
  }

  @Test
  void aPackedReplyInPiecesThatDoesNotKnowTheRequestCountsToo() throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write("{\"errcode\":\"M_UNRECOGNIZED\",\"error\":\"x\"}".getBytes(UTF_8));
    }
    String head =
        "HTTP/1.1 404 Not Found\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n";
    try (ScriptedWorker main =
            worker(
                "main",
                connection -> {
                  connection.nextRequest();
                  connection.send(head);
                  for (byte b : packed.toByteArray()) {
                    connection.send("1\r\n" + (char) (b & 0xff) + "\r\n");
                  }
                  connection.send("0\r\n\r\n");
                  connection.nextRequest();
                });
        TestGateway gateway = loneWorker();
        RawClient client = gateway.client()) {
      assertThat(client.exchange("GET /x HTTP/1.1\r\nHost: h\r\n\r\n").content())
          .isEqualTo(packed.toString(ISO_8859_1));

      assertShown(gateway, "gateway_unrecognized_total{group=\"front\"} 1.0\n");
      assertThat(main.requests()).hasSize(1);
    }
  }

  @Test
  void waitingForATurnIsMeasured() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    try (ScriptedWorker main =
            worker(
                "main",
                connection -> {
                  for (int i = 0; connection.nextRequest() != null; i++) {
                    connection.await(first);
                    connection.send(ok("x"));
                  }
                });
        TestGateway gateway =
            TestGateway.withSteps(
                directory,
                "- to: worker:unix:"
                    + directory
                    + "/inbound_main.sock?maxInFlight=1&queue=10&queueTimeout=60s");
        RawClient one = gateway.client();
        RawClient two = gateway.client()) {
      one.send(post("a"));
      main.awaitRequest(0);
      two.send(post("b"));
      String labels = "{group=\"front\",worker=\"inbound_main\"} ";
      assertShown(gateway, "gateway_worker_in_flight" + labels + "2.0\n");
      first.countDown();
      one.readReply();
      two.readReply();

      assertShown(gateway, "gateway_queue_wait_seconds_count" + labels + "1\n");
    }
  }

  @Test
  void timeOutsTellWhoWasWaitedFor() throws Exception {
    try (ScriptedWorker main =
            worker(
                "main",
                connection -> {
                  connection.nextRequest();
                  connection.awaitEnd();
                });
        TestGateway gateway = loneWorker("gateway.worker.reply-timeout", "300ms");
        RawClient client = gateway.client()) {
      assertThat(client.exchange(post("a")).status()).isEqualTo(504);

      assertShown(
          gateway,
          "gateway_timeouts_total{waited_for=\"worker_reply\"} 1.0\n",
          "gateway_requests_total" + tags("method=\"write\",outcome=\"worker_timeout\"") + " 1");
      assertThat(main.requests()).hasSize(1);
    }
  }

  @Test
  void theProcessItselfIsMeasuredToo() throws Exception {
    try (TestGateway gateway = loneWorker()) {
      assertShown(
          gateway,
          "jvm_memory_used_bytes{",
          "netty_allocator_memory_used",
          "netty_eventexecutor_tasks_pending",
          "process_files_open_files");
    }
  }
}
