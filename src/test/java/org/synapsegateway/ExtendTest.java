// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.synapsegateway.explain.DryRun;
import org.synapsegateway.explain.DryRunResult;
import org.synapsegateway.explain.Explainer;
import org.synapsegateway.explain.Explanation;
import org.synapsegateway.explain.ExplanationText;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** Each file of examples/extend does beside the shipped routes what its comment says. */
class ExtendTest {
  private static final Path EXAMPLES = Path.of("examples/extend");
  private static final String LOGIN = "POST /_matrix/client/v3/login";
  private static final String REGISTER = "POST /_matrix/client/v3/register";
  private static final String SYNC = "GET /_matrix/client/v3/sync?since=s1";
  private static final String LOGGED_IN =
      "{\"user_id\":\"@alice:example.org\",\"access_token\":\"syt_secret\"}";

  @TempDir Path directory;
  private ScriptedWorker main;

  @BeforeEach
  void startMain() throws IOException {
    main = worker("inbound_main", 200, "{}");
  }

  @AfterEach
  void stopMain() {
    main.close();
  }

  private ScriptedWorker worker(String name, int status, String body) throws IOException {
    return ScriptedWorker.at(
        directory.resolve(name + ".sock"),
        ScriptedWorker.replying(
            "HTTP/1.1 %d Said\r\nServer: Synapse\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(status, body.length(), body)));
  }

  /** The shipped routes with one of the examples beside them. */
  private TestGateway with(String example, String... properties) throws IOException {
    List<String> all = new ArrayList<>(Arrays.asList(properties));
    all.addAll(List.of("gateway.workers.directory", directory.toString()));
    return TestGateway.withRoutes(routes(example), all.toArray(String[]::new));
  }

  private Path routes(String example) throws IOException {
    Path routes = Files.createDirectory(directory.resolve("routes"));
    try (Stream<Path> shipped = Files.list(Path.of("routes"))) {
      for (Path file : shipped.toList()) {
        Files.copy(file, routes.resolve(file.getFileName()));
      }
    }
    Files.copy(EXAMPLES.resolve(example), routes.resolve(example));
    return routes;
  }

  private static RawMessage ask(RawClient client, String request, String... fields)
      throws IOException {
    String lines = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
    String method = request.substring(0, request.indexOf(' '));
    return client
        .send(request + " HTTP/1.1\r\nHost: example.org\r\n" + lines + "Content-Length: 0\r\n\r\n")
        .readReply(method);
  }

  @Test
  void eachFileIsTried() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      assertThat(files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()))
          .as("a new example wants a test here")
          .containsExactlyInAnyOrder(
              "admin-secret.camel.yaml",
              "circuit-breaker.camel.yaml",
              "country.camel.yaml",
              "login-event.camel.yaml",
              "login-rate.camel.yaml",
              "login-webhook.camel.yaml",
              "maintenance.camel.yaml",
              "mirror.camel.yaml",
              "reply-header.camel.yaml",
              "rewrite.camel.yaml");
    }
  }

  static List<String> examples() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .filter(example -> !example.equals("maintenance.camel.yaml")) // it answers all itself
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void whatIsExplainedStaysTheSame(String example) throws Exception {
    Map<String, String> properties =
        Map.of(
            "camel.main.routesIncludePattern",
            "file:" + routes(example) + "/*.camel.yaml",
            "admin.secret",
            "s3cret",
            "webhook.url",
            "http://127.0.0.1:1",
            "kafka.brokers",
            "127.0.0.1:1");
    try (DryRun dryRun = DryRun.start(properties)) {
      assertThat(explained(dryRun, "GET", "/x")).contains("\ngroup          main: ");
      assertThat(explained(dryRun, "GET", "/_matrix/client/v3/sync?since=s1"))
          .contains("\ngroup          normal-sync: ");
      assertThat(explained(dryRun, "POST", "/_matrix/client/v3/login"))
          .contains("\ngroup          mas: ");
    }
  }

  private static String explained(DryRun dryRun, String method, String target) throws Exception {
    DryRunResult result =
        dryRun.send(
            Explainer.head(method, target, List.of("CF-IPCountry: XX")),
            InetAddress.getLoopbackAddress());
    return ExplanationText.of(Explanation.of(dryRun.context(), result));
  }

  @Test
  void nobodyRegistersFromSomeCountries() throws Exception {
    try (TestGateway gateway = with("country.camel.yaml");
        RawClient client = gateway.client()) {
      RawMessage refused = ask(client, REGISTER, "CF-IPCountry: XX");
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.value("Content-Type")).isEqualTo("application/json");
      assertThat(refused.value("Access-Control-Allow-Origin")).isEqualTo("*");
      assertThat(refused.content())
          .isEqualTo(
              "{\"errcode\":\"M_FORBIDDEN\",\"error\":\"No registration from this country\"}");
      assertThat(ask(client, REGISTER, "cf-ipcountry: YY").status()).isEqualTo(403);
      assertThat(main.requests()).isEmpty();
      assertThat(ask(client, REGISTER, "CF-IPCountry: DE").content()).isEqualTo("{}");
      assertThat(ask(client, REGISTER).status()).isEqualTo(200);
      assertThat(ask(client, SYNC, "CF-IPCountry: XX").status()).isEqualTo(200);
      assertThat(main.requests().get(0).value("CF-IPCountry")).isEqualTo("DE");
      assertThat(main.requests()).hasSize(3);
    }
  }

  @Test
  void anAddressHasFiveLoginsASecond() throws Exception {
    try (TestGateway gateway = with("login-rate.camel.yaml", "gateway.event-loops", "1");
        RawClient client = gateway.client()) {
      String alice = "X-Forwarded-For: 192.0.2.1";
      StringBuilder six = new StringBuilder();
      for (int i = 0; i < 6; i++) {
        six.append(LOGIN).append(" HTTP/1.1\r\nHost: h\r\n").append(alice);
        six.append("\r\nContent-Length: 0\r\n\r\n");
      }
      client.send(six.toString());
      for (int i = 0; i < 5; i++) {
        assertThat(client.readReply("POST").status()).isEqualTo(200);
      }
      RawMessage refused = client.readReply("POST");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.value("Retry-After")).isEqualTo("1");
      assertThat(refused.value("Access-Control-Allow-Origin")).isEqualTo("*");
      assertThat(refused.content())
          .isEqualTo(
              "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"error\":\"Too many"
                  + " logins\",\"retry_after_ms\":1000}");
      assertThat(ask(client, LOGIN, "X-Forwarded-For: 192.0.2.2").status()).isEqualTo(200);
      assertThat(ask(client, SYNC, alice).status()).isEqualTo(200);
      assertThat(main.requests()).hasSize(7);
      await().until(() -> ask(client, LOGIN, alice).status() == 200);
    }
  }

  @Test
  void anOldPathGoesOnAsTheNewOne() throws Exception {
    String old = "/_matrix/client/unstable/org.matrix.msc2432/rooms/%21r%3Ax/aliases";
    try (TestGateway gateway = with("rewrite.camel.yaml");
        RawClient client = gateway.client()) {
      assertThat(ask(client, "GET " + old + "?a=%2F").status()).isEqualTo(200);
      assertThat(ask(client, "PUT " + old + "?a=%2F").status()).isEqualTo(200);
      assertThat(main.requests().get(0).line())
          .isEqualTo("GET /_matrix/client/v3/rooms/%21r%3Ax/aliases?a=%2F HTTP/1.1");
      assertThat(main.requests().get(1).line()).isEqualTo("PUT " + old + "?a=%2F HTTP/1.1");
    }
  }

  @Test
  void syncsGoToStagingToo() throws Exception {
    try (TestGateway gateway = with("mirror.camel.yaml");
        ScriptedWorker staging = worker("staging", 500, "no");
        RawClient client = gateway.client()) {
      for (int i = 0; i < 20; i++) {
        RawMessage reply = ask(client, SYNC, "X-N: " + i);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.content()).isEqualTo("{}");
      }
      assertThat(ask(client, "GET /_matrix/client/versions").status()).isEqualTo(200);
      staging.awaitRequest(19);
      assertThat(staging.requests().stream().map(request -> request.value("X-N")).distinct())
          .hasSize(20);
      assertThat(main.requests()).hasSize(21);
    }
  }

  @Test
  void clientsDoNotNoticeThatStagingIsAway() throws Exception {
    try (TestGateway gateway = with("mirror.camel.yaml");
        RawClient client = gateway.client()) {
      for (int i = 0; i < 20; i++) {
        assertThat(ask(client, SYNC).content()).isEqualTo("{}");
      }
    }
  }

  @Test
  void repliesHaveAFieldMore() throws Exception {
    try (TestGateway gateway = with("reply-header.camel.yaml");
        RawClient client = gateway.client()) {
      for (String request : List.of(SYNC, LOGIN, "HEAD /_matrix/client/versions")) {
        RawMessage reply = ask(client, request);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.value("X-Robots-Tag")).isEqualTo("noindex");
        assertThat(reply.value("Server")).isNull();
      }
      assertThat(main.requests().get(0).value("X-Robots-Tag")).isNull();
    }
  }

  @Test
  void theAdminApiWantsASecret() throws Exception {
    try (TestGateway gateway = with("admin-secret.camel.yaml", "admin.secret", "s3cret");
        RawClient client = gateway.client()) {
      for (String path : List.of("/_synapse/admin/v1/rooms", "/%5fsynapse/admin/v1/rooms")) {
        assertThat(ask(client, "GET " + path).status()).isEqualTo(403);
        assertThat(ask(client, "GET " + path, "X-Admin-Secret: wrong").content())
            .isEqualTo("{\"errcode\":\"M_FORBIDDEN\",\"error\":\"The admin API needs a secret\"}");
      }
      assertThat(main.requests()).isEmpty();
      String secret = "X-Admin-Secret: s3cret";
      assertThat(ask(client, "GET /_synapse/admin/v1/rooms", secret).status()).isEqualTo(200);
      assertThat(main.requests().get(0).value("X-Admin-Secret")).isNull();
      String stranger = "X-Forwarded-For: 192.0.2.1";
      assertThat(ask(client, "GET /_synapse/admin/v1/rooms", secret, stranger).status())
          .isEqualTo(403);
      assertThat(ask(client, SYNC).status()).isEqualTo(200);
    }
  }

  @Test
  void aLoginIsToldToAWebhook() throws Exception {
    main.close();
    try (ScriptedWorker logins = worker("inbound_main", 200, LOGGED_IN);
        HookServer hook = new HookServer();
        TestGateway gateway = with("login-webhook.camel.yaml", "webhook.url", hook.url());
        RawClient client = gateway.client()) {
      for (int i = 1; i <= 9; i++) {
        RawMessage reply = ask(client, LOGIN, "X-Forwarded-For: 192.0.2." + i);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.content()).isEqualTo(LOGGED_IN);
      }
      await().until(() -> hook.bodies().size() == 9);
      for (int i = 1; i <= 9; i++) {
        assertThat(hook.bodies())
            .contains("{\"user\":\"@alice:example.org\",\"address\":\"192.0.2." + i + "\"}");
      }
      assertThat(hook.heads()).doesNotContain("syt_secret", "Server: Synapse");
      assertThat(ask(client, SYNC).content()).isEqualTo(LOGGED_IN);
      assertThat(logins.requests()).hasSize(10);
    }
  }

  @Test
  void aLoginThatFailsIsNoEvent() throws Exception {
    main.close();
    try (ScriptedWorker logins = worker("inbound_main", 403, "{\"errcode\":\"M_FORBIDDEN\"}");
        HookServer hook = new HookServer();
        TestGateway gateway = with("login-webhook.camel.yaml", "webhook.url", hook.url());
        RawClient client = gateway.client()) {
      RawMessage reply = ask(client, LOGIN);
      assertThat(reply.status()).isEqualTo(403);
      assertThat(reply.content()).isEqualTo("{\"errcode\":\"M_FORBIDDEN\"}");
      assertThat(logins.requests()).hasSize(1);
      assertThat(hook.bodies()).isEmpty();
    }
  }

  /** Kafka's own mock in the place of a broker. */
  public static final class Kafka extends DefaultKafkaClientFactory {
    static final List<String> EVENTS = new CopyOnWriteArrayList<>();

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"})
    public Producer getProducer(Properties properties) {
      return new MockProducer(true, null, new StringSerializer(), new StringSerializer()) {
        @Override
        public synchronized Future send(ProducerRecord record, Callback callback) {
          EVENTS.add(record.topic() + " " + record.key() + " " + record.value());
          return super.send(record, callback);
        }
      };
    }
  }

  @Test
  void aLoginIsAnEventOfKafka() throws Exception {
    main.close();
    try (ScriptedWorker logins = worker("inbound_main", 200, LOGGED_IN);
        TestGateway gateway =
            with(
                "login-event.camel.yaml",
                "kafka.brokers",
                "127.0.0.1:1",
                "camel.component.kafka.kafka-client-factory",
                "#class:" + Kafka.class.getName());
        RawClient client = gateway.client()) {
      RawMessage reply = ask(client, LOGIN, "X-Forwarded-For: 192.0.2.7");
      assertThat(reply.content()).isEqualTo(LOGGED_IN);
      await().until(() -> !Kafka.EVENTS.isEmpty());
      assertThat(Kafka.EVENTS)
          .containsExactly(
              "logins @alice:example.org"
                  + " {\"user\":\"@alice:example.org\",\"address\":\"192.0.2.7\"}");
      assertThat(logins.requests()).hasSize(1);
    }
  }

  @Test
  void maintenanceIsToldToEverybody() throws Exception {
    try (TestGateway gateway = with("maintenance.camel.yaml");
        RawClient client = gateway.client()) {
      for (String request : List.of(SYNC, LOGIN, "GET /")) {
        RawMessage reply = ask(client, request);
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.value("Retry-After")).isEqualTo("600");
        assertThat(reply.value("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(reply.content())
            .isEqualTo("{\"errcode\":\"M_UNKNOWN\",\"error\":\"Maintenance until six o'clock\"}");
      }
      RawMessage preflight = ask(client, "OPTIONS /_matrix/client/v3/sync");
      assertThat(preflight.status()).isEqualTo(204);
      assertThat(preflight.value("Access-Control-Allow-Headers"))
          .isEqualTo("Authorization, Content-Type");
      assertThat(main.requests()).isEmpty();
    }
  }

  @Test
  void aBrokenDirectoryIsSparedAndAHealthyOneIsNot() throws Exception {
    String search = "POST /_matrix/client/v3/user_directory/search";
    String instead = "{\"limited\":true,\"results\":[]}";
    try (TestGateway gateway = with("circuit-breaker.camel.yaml");
        RawClient client = gateway.client()) {
      for (int i = 0; i < 4; i++) {
        assertThat(ask(client, search).content()).isEqualTo("{}");
      }
      main.close();
      for (int i = 0; i < 6; i++) {
        RawMessage reply = ask(client, search);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.content()).isEqualTo(instead);
      }
      try (ScriptedWorker again = worker("inbound_main", 200, "{}")) {
        // it is there again, and the circuit is open still
        assertThat(ask(client, search).content()).isEqualTo(instead);
        assertThat(again.requests()).isEmpty();
        assertThat(ask(client, SYNC).content()).isEqualTo("{}");
      }
    }
  }

  /** Where a webhook is called: remembers what comes, and answers 204. */
  private static final class HookServer implements AutoCloseable {
    private final HttpServer server;
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private final List<Map<String, List<String>>> heads = new CopyOnWriteArrayList<>();

    HookServer() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/hook",
          exchange -> {
            heads.add(Map.copyOf(exchange.getRequestHeaders()));
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
          });
      server.start();
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    }

    List<String> bodies() {
      return bodies;
    }

    String heads() {
      return heads.toString();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
