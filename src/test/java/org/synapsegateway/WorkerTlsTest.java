// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.tls.TestCertificate;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.wire.TlsWorker;

/** Workers that are asked over TLS. */
class WorkerTlsTest {
  private static final int MUCH = 1024 * 1024;
  private static final String BODY = "0123456789abcdef".repeat(MUCH / 16);
  private static final TestCertificate AUTHORITY =
      new TestCertificate.Maker().authority().make("Authority");
  private static final TestCertificate OTHER =
      new TestCertificate.Maker().authority().make("Other");
  private static final TestCertificate GOOD =
      new TestCertificate.Maker().issuedBy(AUTHORITY).names("sync.test", "127.0.0.1").make("sync");

  @TempDir Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private TlsWorker worker(TlsWorker.Script script) throws IOException {
    TlsWorker worker = new TlsWorker(GOOD, script);
    open.add(worker);
    return worker;
  }

  private static TlsWorker.Script saying(String body) {
    return connection -> {
      while (connection.head() != null) {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
      }
    };
  }

  private Path ca(TestCertificate authority) throws IOException {
    Path fresh = Files.writeString(directory.resolve("fresh.pem"), authority.pem());
    return Files.move(fresh, directory.resolve("ca.pem"), StandardCopyOption.ATOMIC_MOVE);
  }

  private TestGateway gateway(String to) throws IOException {
    TestGateway gateway =
        TestGateway.withSteps(directory, "- to: \"" + to + "\"", "gateway.event-loops", "1");
    open.add(gateway);
    return gateway;
  }

  private TestGateway gateway(TlsWorker worker, String more) throws IOException {
    return gateway(uri(worker, more));
  }

  private String uri(TlsWorker worker, String more) {
    return "worker:tcp:127.0.0.1:%d?tls=true&connectTimeout=20s&ca=%s%s"
        .formatted(worker.port(), directory.resolve("ca.pem"), more);
  }

  private RawClient client(TestGateway gateway) throws IOException {
    RawClient client = gateway.client();
    open.add(client);
    return client;
  }

  private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

  @Test
  void oneConnectionCarriesManyRequests() throws Exception {
    ca(AUTHORITY);
    TlsWorker worker = worker(saying("sealed"));
    RawClient client = client(gateway(worker, ""));
    for (int i = 0; i < 5; i++) {
      assertThat(client.exchange(GET).content()).isEqualTo("sealed");
    }
    assertThat(worker.served()).isEqualTo(1);
  }

  @Test
  void theCertificateMayBeForTheNameThatTheUriSays() throws Exception {
    ca(AUTHORITY);
    RawClient client = client(gateway(worker(saying("named")), "&serverName=sync.test"));
    assertThat(client.exchange(GET).content()).isEqualTo("named");
  }

  @Test
  void ofAnotherNameItIsNoWorker() throws Exception {
    ca(AUTHORITY);
    TlsWorker worker = worker(saying("never"));
    RawClient client = client(gateway(worker, "&serverName=other.test"));
    assertThat(client.exchange(GET).status()).isEqualTo(502);
    assertThat(worker.served()).isZero();
    assertThat(check("&serverName=other.test", worker))
        .contains("its certificate is for another name");
  }

  @Test
  void ofAnotherAuthorityItIsNoWorkerUntilTheFileHasIt() throws Exception {
    ca(OTHER);
    TlsWorker worker = worker(saying("trusted"));
    assertThat(check("", worker)).contains("its certificate is of an authority that is not known");
    TestGateway gateway = gateway(worker, "");
    RawClient client = client(gateway);
    assertThat(client.exchange(GET).status()).isEqualTo(502);
    Files.writeString(directory.resolve("ca.pem"), "no certificate");
    assertThat(client.exchange(GET).status()).isEqualTo(502);
    ca(AUTHORITY);
    await().until(() -> client.exchange(GET).content().equals("trusted"));
  }

  @Test
  void checkSaysOfAWorkerThatClosesWhatAnErrorReplyOfItSays() throws Exception {
    ca(AUTHORITY);
    ScriptedWorker closes =
        ScriptedWorker.at("127.0.0.1", 0, connection -> connection.awaitReadable());
    open.add(closes);
    assertThat(check("worker:tcp:127.0.0.1:%d?tls=true".formatted(closes.port())))
        .contains("TLS with 127.0.0.1:%d fails: it closed the connection".formatted(closes.port()));
  }

  /** What the command says of the worker's health. */
  private String check(String more, TlsWorker worker) throws IOException {
    return check(uri(worker, more));
  }

  private String check(String uri) throws IOException {
    Path routes = Files.createDirectories(directory.resolve("checked"));
    Files.writeString(routes.resolve("front.camel.yaml"), TestRoutes.frontTo("\"" + uri + "\""));
    System.setProperty("camel.main.routesIncludePattern", "file:" + routes + "/*.camel.yaml");
    try {
      return CommandOutput.ofStatus(0, "check");
    } finally {
      System.clearProperty("camel.main.routesIncludePattern");
    }
  }

  @Test
  void whatSpeaksPlainIsNoWorker() throws Exception {
    ca(AUTHORITY);
    ScriptedWorker plain =
        ScriptedWorker.at(
            "127.0.0.1",
            0,
            connection -> {
              connection.awaitReadable();
              connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            });
    open.add(plain);
    RawClient client =
        client(
            gateway(
                "worker:tcp:127.0.0.1:%d?tls=true&ca=%s"
                    .formatted(plain.port(), directory.resolve("ca.pem"))));
    assertThat(client.exchange(GET).status()).isEqualTo(502);
  }

  @Test
  void whoKeepsSilentIsGivenUp() throws Exception {
    ca(AUTHORITY);
    CountDownLatch end = new CountDownLatch(1);
    ScriptedWorker silent =
        ScriptedWorker.at("127.0.0.1", 0, connection -> connection.await(end)).forgetful();
    open.add(silent);
    RawClient client =
        client(
            gateway(
                "worker:tcp:127.0.0.1:%d?tls=true&connectTimeout=200ms&ca=%s"
                    .formatted(silent.port(), directory.resolve("ca.pem"))));
    assertThat(client.exchange(GET).status()).isEqualTo(502);
    end.countDown();
  }

  @Test
  void muchGoesUp() throws Exception {
    ca(AUTHORITY);
    TlsWorker worker =
        worker(
            connection -> {
              while (connection.head() != null) {
                String came = Integer.toString(Arrays.hashCode(connection.read(MUCH)));
                connection.send(
                    "HTTP/1.1 200 OK\r\nContent-Length: " + came.length() + "\r\n\r\n" + came);
              }
            });
    RawClient client = client(gateway(worker, ""));
    String expected = Integer.toString(Arrays.hashCode(BODY.getBytes(StandardCharsets.US_ASCII)));
    for (int i = 0; i < 2; i++) {
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + MUCH + "\r\n\r\n" + BODY);
      assertThat(client.readReply().content()).isEqualTo(expected);
    }
    assertThat(worker.served()).isEqualTo(1);
  }

  @Test
  void muchComesDown() throws Exception {
    ca(AUTHORITY);
    TlsWorker worker = worker(saying(BODY));
    RawClient client = client(gateway(worker, ""));
    for (int i = 0; i < 2; i++) {
      // nobody wants to see it printed
      assertThat(client.exchange(GET).content().equals(BODY)).isTrue();
    }
    assertThat(worker.served()).isEqualTo(1);
  }

  @Test
  void closeNotifyEndsABodyWithoutLength() throws Exception {
    ca(AUTHORITY);
    TlsWorker worker =
        worker(
            connection -> {
              connection.head();
              connection.send("HTTP/1.1 200 OK\r\n\r\nall of it");
            });
    assertThat(client(gateway(worker, "")).exchange(GET).content()).isEqualTo("all of it");
  }

  @Test
  void withoutCloseNotifySuchABodyIsNotTakenForWhole() throws Exception {
    ca(AUTHORITY);
    TlsWorker worker =
        worker(
            connection -> {
              connection.head();
              connection.send("HTTP/1.1 200 OK\r\n\r\na part");
              connection.cut();
            });
    RawClient client = client(gateway(worker, ""));
    assertThat(client.send(GET).readToEnd()).contains("a part").doesNotEndWith("0\r\n\r\n");
  }

  @Test
  void aConnectionThatTheWorkerEndsIsNotUsedAgain() throws Exception {
    ca(AUTHORITY);
    TlsWorker worker =
        worker(
            connection -> {
              connection.head();
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nonce");
            });
    RawClient client = client(gateway(worker, ""));
    for (int i = 0; i < 3; i++) {
      assertThat(client.exchange(GET).content()).isEqualTo("once");
    }
    assertThat(worker.served()).isEqualTo(3);
  }

  @Test
  void aClientThatGoesAwayEndsItsRequest() throws Exception {
    ca(AUTHORITY);
    CountDownLatch ended = new CountDownLatch(1);
    TlsWorker worker =
        worker(
            connection -> {
              connection.head();
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
              assertThat(connection.head()).isNull();
              ended.countDown();
            });
    RawClient client = client(gateway(worker, ""));
    client.send(GET);
    client.readHead();
    client.reset();
    await().until(() -> ended.getCount() == 0);
  }

  @ParameterizedTest
  @CsvSource({
    "worker:unix:/w.sock?tls=true, a UNIX socket has no TLS",
    "worker:tcp:h:1?ca=/ca.pem, has ca or serverName without tls",
    "worker:tcp:h:1?tls=true&ca=/nowhere.pem, there is no such file"
  })
  void optionsThatMakeNoSenseAreRefused(String uri, String why) {
    assertThatThrownBy(() -> gateway(uri)).hasMessageContaining(why);
  }
}
