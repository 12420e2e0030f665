// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.TestGateway;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/**
 * Heads of about the size that Twisted takes, which was measured with Twisted 26.10: 16,384 bytes
 * of lines without their ends are answered, one more gets a bare 400; so do 500 fields, and 501.
 */
class HeadLimitTest {
  private static final int MOST = 16_384;

  @TempDir Path directory;
  private ScriptedWorker worker;

  @BeforeEach
  void start() throws Exception {
    worker = ScriptedWorker.at(directory.resolve("w.sock"), ScriptedWorker.saying("ok"));
  }

  @AfterEach
  void stop() {
    worker.close();
  }

  private TestGateway gateway(String options, String... settings) throws Exception {
    return TestGateway.withSteps(
        directory, "- to: worker:unix:" + worker.path() + options, settings);
  }

  /** What Twisted counts of a request that the worker has got. */
  private static int counted(RawMessage request) {
    String head = request.head().text();
    return head.replace("\r\n", "").length();
  }

  private static String request(String fields) {
    return "GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
  }

  /** The length of a field with which a head has exactly so many bytes at the worker. */
  private int fitting(TestGateway gateway, String fields) throws Exception {
    try (RawClient client = gateway.client()) {
      client.exchange(request(fields + "Cookie: c\r\n"));
      RawMessage last = worker.requests().get(worker.requests().size() - 1);
      return MOST - counted(last) + 1;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n",
        "Connection: X-Gone\r\nX-Gone: 12345678901234567890\r\n",
        "Content-Length: 2\r\n",
      })
  void whatTheWorkerGetsCountsWithAllThatTheGatewayAddsAndTakesAway(String fields)
      throws Exception {
    String body = fields.startsWith("Content") ? "{}" : "";
    try (TestGateway gateway =
            gateway("?headMax=16KiB", "gateway.request-id-field", "X-Request-Id");
        RawClient client = gateway.client()) {
      int length = body.isEmpty() ? fitting(gateway, fields) : fitting(gateway, "") - 17;
      RawMessage fits =
          client.exchange(request(fields + "Cookie: " + "c".repeat(length) + "\r\n") + body);
      assertThat(fits.content()).isEqualTo("ok");
      RawMessage last = worker.requests().get(worker.requests().size() - 1);
      assertThat(counted(last)).isEqualTo(MOST);

      int before = worker.requests().size();
      RawMessage refused =
          client.exchange(request(fields + "Cookie: " + "c".repeat(length + 1) + "\r\n") + body);
      assertThat(refused.status()).isEqualTo(431);
      assertThat(refused.value("Content-Type")).isEqualTo("application/json");
      assertThat(refused.value("Access-Control-Allow-Origin")).isEqualTo("*");
      assertThat(refused.content()).contains("\"errcode\":\"M_UNKNOWN\"");
      assertThat(worker.requests()).hasSize(before);
    }
  }

  /** The target and the fields count alike, and it does not matter how the head arrives. */
  @ParameterizedTest
  @CsvSource({"target, whole", "target, bytewise", "field, whole", "field, bytewise"})
  void theEdgeIsTheSameWhereverTheBytesStandAndHoweverTheyCome(String where, String how)
      throws Exception {
    try (TestGateway gateway = gateway("?headMax=16KiB", "gateway.request-line-max", "32KiB");
        RawClient client = gateway.client()) {
      int spare = fitting(gateway, "") - 1;
      for (int more : new int[] {-1, 0, 1}) {
        String filling = "c".repeat(spare + 1 + more);
        String request =
            where.equals("field")
                ? request("Cookie: " + filling + "\r\n")
                : request("Cookie: c\r\n").replace("/ HTTP", "/" + filling.substring(1) + " HTTP");
        if (how.equals("whole")) {
          client.send(request);
        } else {
          int last = request.length() - 60;
          client.send(request.substring(0, last)).sendBytewise(request.substring(last));
        }
        RawMessage reply = client.readReply();
        assertThat(reply.status()).as("%d more", more).isEqualTo(more > 0 ? 431 : 200);
        if (more <= 0) {
          RawMessage last = worker.requests().get(worker.requests().size() - 1);
          assertThat(counted(last)).isEqualTo(MOST + more);
        } else {
          assertThat(reply.content()).contains("\"errcode\":\"M_UNKNOWN\"");
          assertThat(reply.value("Access-Control-Allow-Origin")).isEqualTo("*");
        }
      }
    }
  }

  @Test
  void fieldsThatARouteSetsCountToo() throws Exception {
    String steps =
        "- setHeader:\n    name: X-Long\n    expression: { constant: { expression: "
            + "x".repeat(500)
            + " } }\n- to: worker:unix:"
            + worker.path()
            + "?headMax=1KiB";
    try (TestGateway gateway = TestGateway.withSteps(directory, steps);
        RawClient client = gateway.client()) {
      assertThat(client.exchange(request("")).content()).isEqualTo("ok");
      assertThat(client.exchange(request("A: " + "a".repeat(600) + "\r\n")).status())
          .isEqualTo(431);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"?fieldsMax=500", "?fieldsMax=500&headMax=16KiB"})
  void moreFieldsThanTheWorkerTakesAreRefused(String options) throws Exception {
    // Host and the two that the gateway adds
    int most = 500 - 3;
    try (TestGateway gateway = gateway(options);
        RawClient client = gateway.client()) {
      assertThat(client.exchange(request("A: b\r\n".repeat(most))).content()).isEqualTo("ok");
      assertThat(client.exchange(request("A: b\r\n".repeat(most + 1))).status()).isEqualTo(431);
      assertThat(worker.requests()).hasSize(1);
    }
  }

  @Test
  void withoutTheOptionTheGatewaysOwnLimitsCount() throws Exception {
    try (TestGateway gateway = gateway("");
        RawClient client = gateway.client()) {
      assertThat(client.exchange(request("Cookie: " + "c".repeat(60_000) + "\r\n")).content())
          .isEqualTo("ok");
      assertThat(client.exchange(request("A: b\r\n".repeat(900))).content()).isEqualTo("ok");
    }
  }

  @Test
  void theBodyOfARefusedRequestIsNotTakenForTheNextOne() throws Exception {
    try (TestGateway gateway = gateway("?headMax=1KiB");
        RawClient client = gateway.client()) {
      String evil = "GET /evil HTTP/1.1\r\nHost: h\r\n\r\n";
      client.send(
          "PUT / HTTP/1.1\r\nHost: h\r\nA: "
              + "a".repeat(2_000)
              + "\r\nContent-Length: "
              + (evil.length() + 1)
              + "\r\n\r\n"
              + evil);
      RawMessage refused = client.readReply();
      assertThat(refused.status()).isEqualTo(431);
      assertThat(refused.value("Connection")).isEqualTo("close");
      assertThat(client.readToEnd()).isEmpty();
      assertThat(worker.requests()).isEmpty();
    }
  }
}
