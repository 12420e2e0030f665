// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.explain.Explainer;
import org.synapsegateway.explain.ExplanationText;
import org.synapsegateway.net.AddressSet;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** Who counts as a private client, and what the log and the figures say where it is in doubt. */
class ClientsTest {
  private static final String PROXY = "127.0.0.1";
  private static final String STRANGER = "127.0.0.2";
  private static final String ADMIN = "/_synapse/admin/v1/server_version";

  private Path directory;
  private ScriptedWorker main;
  private LogCapture log;
  private TestGateway gateway;

  @BeforeEach
  void start() throws Exception {
    directory = Files.createTempDirectory("gw");
    main = ScriptedWorker.at(directory.resolve("inbound_main.sock"), ScriptedWorker.saying("main"));
    log = LogCapture.ofAll();
    gateway = TestGateway.shipped(directory, "gateway.trusted-proxies", PROXY);
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
    log.close();
    main.close();
  }

  private RawMessage ask(String from, String target, String... lines) throws Exception {
    String fields = lines.length == 0 ? "" : String.join("\r\n", lines) + "\r\n";
    try (RawClient client = RawClient.connectFrom(AddressSet.numeric(from), gateway.port())) {
      return client.exchange("GET " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n");
    }
  }

  private List<String> logged(String text) {
    return log.messages().stream().filter(message -> message.contains(text)).toList();
  }

  private String explained(String from, String target, String... lines) throws Exception {
    Map<String, String> properties =
        Map.of("gateway.trusted-proxies", PROXY, "gateway.workers.directory", directory.toString());
    return ExplanationText.of(
        new Explainer(properties)
            .explain(Explainer.head("GET", target, List.of(lines)), AddressSet.numeric(from)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "127.0.0.1 | A: b                                    | 200 |",
        "127.0.0.1 | X-Forwarded-For: 10.0.0.7               | 200 |",
        "127.0.0.1 | Forwarded: for=10.0.0.7                 | 200 |",
        "127.0.0.1 | X-Forwarded-For: 203.0.113.7            | 403 |",
        "127.0.0.1 | Forwarded: for=203.0.113.7              | 403 |",
        "127.0.0.1 | X-Forwarded-For: unix:                  | 403 | unix:",
        "127.0.0.1 | X-Forwarded-For: 10.0.0.7, garbage      | 403 | is not an IP address",
        "127.0.0.1 | Forwarded: for=unknown                  | 403 | unknown",
        "127.0.0.1 | X-Real-IP: 10.0.0.7                     | 403 | X-Real-IP or Via",
        "127.0.0.2 | A: b                                    | 200 |",
        "127.0.0.2 | X-Forwarded-For: 203.0.113.7            | 403 | gateway.trusted-proxies",
        "127.0.0.2 | X-Forwarded-For: 10.0.0.7               | 403 | gateway.trusted-proxies",
        "127.0.0.2 | Forwarded: for=10.0.0.7                 | 403 | gateway.trusted-proxies",
        "127.0.0.2 | X-Real-IP: 10.0.0.7                     | 403 | gateway.trusted-proxies",
        "127.0.0.2 | Via: 1.1 squid                          | 403 | gateway.trusted-proxies",
      })
  void explainSaysWhatTheGatewayDoes(String from, String line, int status, String doubt)
      throws Exception {
    assertThat(ask(from, ADMIN, line).status()).isEqualTo(status);

    String explained = explained(from, ADMIN, line);
    assertThat(explained.contains("403 M_FORBIDDEN")).isEqualTo(status == 403);
    if (doubt == null) {
      assertThat(explained).doesNotContain("counts as a public client");
    } else {
      assertThat(explained.lines().findFirst().orElseThrow())
          .contains("counts as a public client", doubt);
    }
  }

  @Test
  void anUnreadableClientIsToldOfOnceAndCounted() throws Exception {
    ask(PROXY, "/", "X-Forwarded-For: unknown");
    ask(PROXY, "/", "X-Forwarded-For: <script>alert(1)");

    assertThat(logged("does not say who its client is"))
        .singleElement()
        .asString()
        .contains("trusted proxy 127.0.0.1", "\"unknown\"", "X-Forwarded-For $remote_addr;");
    assertThat(gateway.metrics())
        .contains("gateway_clients_unknown_total{naming=\"unreadable\"} 2.0");
  }

  @Test
  void whatAClientWroteIsNotInTheLog() throws Exception {
    ask(PROXY, "/", "X-Forwarded-For: syt_YWxpY2U_secret_1\u00e9");
    ask(STRANGER, "/", "Via: syt_YWxpY2U_secret_1");

    assertThat(log.messages().toString()).doesNotContain("syt_");
  }

  @Test
  void aProxyThatNobodyTrustsIsToldOfOnceAndCounted() throws Exception {
    ask(STRANGER, "/", "X-Forwarded-For: 203.0.113.7");
    ask(STRANGER, "/", "Via: 1.1 a");

    assertThat(logged("gateway.trusted-proxies"))
        .singleElement()
        .asString()
        .startsWith("127.0.0.2 sends X-Forwarded-For, Forwarded, X-Real-IP or Via")
        .contains("172.18.0.0/16");
    assertThat(gateway.metrics())
        .contains("gateway_clients_unknown_total{naming=\"untrusted\"} 2.0");
  }

  @Test
  void aSecondProxyBehindATrustedOneIsToldOf() throws Exception {
    assertThat(ask(PROXY, ADMIN, "X-Forwarded-For: 203.0.113.7, 172.17.0.1").status())
        .isEqualTo(200);
    ask(PROXY, "/", "X-Forwarded-For: 203.0.113.7, 198.51.100.1");

    assertThat(logged("gateway.trusted-proxies"))
        .singleElement()
        .asString()
        .startsWith("The trusted proxy 127.0.0.1 names the client 172.17.0.1, which itself sends");
    assertThat(gateway.metrics()).contains("gateway_clients_unknown_total{naming=\"relayed\"} 1.0");
  }

  @Test
  void aProxyThatSendsNothingIsToldOfOnceAndCounted() throws Exception {
    ask(PROXY, "/");
    ask(PROXY, "/");

    assertThat(logged("had no X-Forwarded-For")).hasSize(1);
    assertThat(gateway.metrics()).contains("gateway_clients_unknown_total{naming=\"missing\"} 2.0");
  }

  @Test
  void whoIsKnownIsNotToldOf() throws Exception {
    ask(PROXY, "/", "X-Forwarded-For: 203.0.113.7");
    ask(STRANGER, "/");

    assertThat(logged("X-Forwarded-For")).isEmpty();
    assertThat(gateway.metrics())
        .contains("gateway_clients_unknown_total{naming=\"missing\"} 0.0")
        .contains("gateway_clients_unknown_total{naming=\"unreadable\"} 0.0")
        .contains("gateway_clients_unknown_total{naming=\"untrusted\"} 0.0");
  }

  @Test
  void aServiceThatIsRefusedIsNamedOnceWithTheSettingToChange() throws Exception {
    for (int i = 0; i < 3; i++) {
      ask(PROXY, "/_synapse/mas/upsert_device", "X-Forwarded-For: 198.51.100.20");
    }
    ask(PROXY, ADMIN, "X-Forwarded-For: 198.51.100.21");
    ask(PROXY, "/_synapse/replication/x", "X-Forwarded-For: 10.0.0.7");
    ask(PROXY, ADMIN, "X-Forwarded-For: unknown");

    assertThat(logged("gateway.private-clients"))
        .hasSize(2)
        .anyMatch(message -> message.startsWith("198.51.100.20 is refused"))
        .anyMatch(message -> message.startsWith("198.51.100.21 is refused"));
  }

  @Test
  void scannersDoNotFillTheLog() throws Exception {
    for (int i = 0; i < 50; i++) {
      ask(PROXY, ADMIN, "X-Forwarded-For: 198.51.100." + i);
    }

    assertThat(logged("gateway.private-clients")).hasSize(20);
  }

  @Test
  void explainLogsNoRefusal() throws Exception {
    explained("203.0.113.7", ADMIN);

    assertThat(logged("is refused")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "127.0.0.1 | X-Forwarded-For: 203.0.113.7         | 203.0.113.7 |",
        "127.0.0.1 | Forwarded: for=203.0.113.7           | 203.0.113.7 |",
        "127.0.0.1 | Forwarded: for=203.0.113.7;proto=https | 203.0.113.7 | https",
        "127.0.0.1 | X-Forwarded-For: unix:               | 127.0.0.1   |",
        "127.0.0.1 | A: b                                 | 127.0.0.1   | http",
        "127.0.0.1 | Via: 1.1 a                           | 127.0.0.1   | http",
        "127.0.0.2 | X-Forwarded-For: 203.0.113.7         | 127.0.0.2   | http",
        "127.0.0.2 | A: b                                 | 127.0.0.2   | http",
      })
  void synapseIsToldNothingThatNobodySaid(String from, String line, String address, String scheme)
      throws Exception {
    ask(from, "/", line);
    RawMessage request = main.awaitRequest(0);

    assertThat(request.values("X-Forwarded-For")).containsExactly(address);
    assertThat(request.values("X-Forwarded-Proto"))
        .isEqualTo(scheme == null ? List.of() : List.of(scheme));
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LocalHost", "::", "[::]", "0.0.0.0"})
  void theHostIsListenedOnAsAnybodyExpects(String host) throws Exception {
    try (TestGateway other = TestGateway.shipped(directory, "gateway.host", host);
        RawClient four =
            RawClient.connect(
                new InetSocketAddress(AddressSet.numeric("127.0.0.1"), other.port()))) {
      String request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
      assertThat(four.exchange(request).status()).isEqualTo(200);
      // no matter in which kind of socket it came in
      assertThat(main.awaitRequest(0).values("X-Forwarded-For")).containsExactly("127.0.0.1");
      if (!host.equals("0.0.0.0")) {
        try (RawClient six =
            RawClient.connect(new InetSocketAddress(AddressSet.numeric("::1"), other.port()))) {
          assertThat(six.exchange(request).status()).isEqualTo(200);
          assertThat(main.awaitRequest(1).values("X-Forwarded-For")).containsExactly("::1");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"::1", "[::1]"})
  void anIpv6AddressNeedsNoBrackets(String host) throws Exception {
    try (TestGateway other = TestGateway.shipped(directory, "gateway.host", host);
        RawClient six =
            RawClient.connect(new InetSocketAddress(AddressSet.numeric("::1"), other.port()))) {
      assertThat(other.frontDoor().localAddress()).isEqualTo("[::1]:" + other.port());
      assertThat(six.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status()).isEqualTo(200);
    }
  }
}
