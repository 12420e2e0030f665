// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.wire.ScriptedWorker.Connection;

/**
 * Whatever replies to whoami, and whatever passes by, a token counts as its own user's or as
 * nobody's.
 */
class WhoAmIRepliesTest {
  private static final List<String> SYNC = List.of("normal_sync1", "normal_sync2", "normal_sync3");
  private static final String WHOAMI = "GET /_matrix/client/v3/account/whoami ";
  private static final String TOKEN = "mat_alice_0";

  /** What a worker says that takes Alice's token for Mallory's. */
  private static final String LIE =
      "{\"user_id\":\"@mallory:h\",\"access_token\":\"" + TOKEN + "\"}";

  /** Replies to one request. */
  interface Answer {
    void to(RawMessage request, Connection connection) throws IOException;
  }

  @TempDir Path directory;
  private final AtomicInteger asked = new AtomicInteger();
  private ScriptedWorker main;
  private List<ScriptedWorker> workers;
  private volatile Answer answer = (request, connection) -> connection.send(user("@alice:h"));
  private TestGateway gateway;

  @BeforeEach
  void start() throws Exception {
    workers = new ArrayList<>();
    for (String name : SYNC) {
      workers.add(ScriptedWorker.at(socket(name), ScriptedWorker.replying(ok(name))));
    }
    main =
        ScriptedWorker.at(
            socket("main"),
            connection -> {
              for (RawMessage r = connection.nextRequest();
                  r != null;
                  r = connection.nextRequest()) {
                if (r.line().startsWith(WHOAMI)) {
                  asked.incrementAndGet();
                }
                answer.to(r, connection);
              }
            });
  }

  @AfterEach
  void stop() {
    if (gateway != null) {
      gateway.close();
    }
    main.close();
    workers.forEach(ScriptedWorker::close);
  }

  private Path socket(String name) {
    return directory.resolve("inbound_" + name + ".sock");
  }

  private static String reply(String status, String fields, String body) {
    return "HTTP/1.1 "
        + status
        + "\r\n"
        + fields
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private static String ok(String body) {
    return reply("200 OK", "", body);
  }

  private static String user(String id) {
    return ok("{\"user_id\":\"" + id + "\",\"device_id\":\"D\"}");
  }

  private static String zipped(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  private static String sync(String token) {
    return sync(token, "");
  }

  private static String sync(String token, String fields) {
    return "GET /_matrix/client/v3/sync?since=s HTTP/1.1\r\nHost: h\r\n"
        + fields
        + "Authorization: Bearer "
        + token
        + "\r\n\r\n";
  }

  private void startGateway(String... properties) {
    gateway =
        TestGateway.shipped(
            directory,
            Stream.concat(Stream.of("gateway.whoami.timeout", "60s"), Stream.of(properties))
                .toArray(String[]::new));
  }

  private String ask(String request) throws IOException {
    try (RawClient client = gateway.client()) {
      return client.exchange(request).content();
    }
  }

  private String workerOf(String localpartInBase64) throws IOException {
    return ask(sync("syt_" + localpartInBase64 + "_a_1"));
  }

  private static Answer says(String reply) {
    return (request, connection) -> connection.send(reply);
  }

  private static Answer saysAndCloses(String reply) {
    return (request, connection) -> {
      connection.send(reply);
      connection.close();
    };
  }

  /** Sends on for as long as somebody reads. */
  private static Answer saysForEver(String head, String part) {
    return (request, connection) -> {
      connection.send(head);
      try {
        while (connection.isOpen()) {
          connection.send(part);
        }
      } catch (IOException e) {
        connection.close(); // the gateway has heard enough
      }
    };
  }

  /** A reply to whoami. */
  private record Case(String what, Answer answer) {}

  private static List<Case> namesNobody() {
    String chunk = "400\r\n" + " ".repeat(0x400) + "\r\n";
    return List.of(
        new Case("gzip that is none", says(reply("200 OK", "Content-Encoding: gzip\r\n", "{}"))),
        new Case(
            "half of gzip",
            says(
                reply(
                    "200 OK",
                    "Content-Encoding: gzip\r\n",
                    zipped("{\"user_id\":\"@alice:h\"}").substring(0, 20)))),
        new Case(
            "gzip that is large",
            says(
                reply(
                    "200 OK",
                    "Content-Encoding: gzip\r\n",
                    zipped("{\"user_id\":\"@alice:h\",\"x\":\"" + "x".repeat(1 << 20) + "\"}")))),
        new Case(
            "another coding", says(reply("200 OK", "Content-Encoding: br\r\n", "{\"user_id\":1}"))),
        new Case(
            "without end",
            saysForEver("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chunk)),
        new Case(
            "1 TB", saysForEver("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n", "{")),
        new Case("until close", saysForEver("HTTP/1.1 200 OK\r\n\r\n", "[")),
        new Case("half a head", saysAndCloses("HTTP/1.1 200 OK\r\nContent-")),
        new Case(
            "half a body",
            saysAndCloses(
                "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{\"user_id\":\"@alice:h\"")),
        new Case("half an object", says(ok("{\"user_id\":\"@alice:h\""))),
        new Case("no HTTP", saysAndCloses("hello\r\n\r\n")),
        new Case("500", says(reply("500 X", "", "{\"user_id\":\"@alice:h\"}"))),
        new Case("401", says(reply("401 X", "", "{\"user_id\":\"@alice:h\"}"))),
        new Case("404", says(reply("404 X", "", "{\"user_id\":\"@alice:h\"}"))),
        new Case("429", says(reply("429 X", "", "{\"user_id\":\"@alice:h\"}"))),
        new Case(
            "redirect", says(reply("302 X", "Location: /y\r\n", "{\"user_id\":\"@alice:h\"}"))),
        new Case("204", says("HTTP/1.1 204 No Content\r\n\r\n")),
        new Case("no JSON", says(ok("<html>@alice:h</html>"))),
        new Case("a list", says(ok("[{\"user_id\":\"@alice:h\"}]"))),
        new Case("deep", says(ok("[".repeat(15_000)))),
        new Case("a number", says(ok("{\"user_id\":5}"))),
        new Case("a list of names", says(ok("{\"user_id\":[\"@alice:h\"]}"))),
        new Case("null", says(ok("{\"user_id\":null}"))),
        new Case("nobody", says(ok("{}"))),
        new Case("no user's name", says(user("alice"))),
        new Case("no localpart", says(user("@:h"))),
        new Case("too long a name", says(user("@" + "a".repeat(254) + ":h"))));
  }

  /** Each case has a token of its own. */
  private static String token(int number) {
    return "mat_alice_" + number;
  }

  @Test
  void whoIsNotNamedGoesByTheToken() throws Exception {
    List<Case> cases = namesNobody();
    startGateway("gateway.whoami.workers", "");
    List<String> byToken = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      byToken.add(ask(sync(token(i))));
    }
    gateway.close();
    startGateway("gateway.whoami.rate-per-client-max", "0");

    for (int i = 0; i < cases.size(); i++) {
      String what = cases.get(i).what();
      answer = cases.get(i).answer();
      asked.set(0);
      assertThat(ask(sync(token(i)))).as(what).isEqualTo(byToken.get(i));
      int questions = asked.get();
      assertThat(questions).as(what).isPositive();
      assertThat(ask(sync(token(i)))).as("%s, again", what).isEqualTo(byToken.get(i));
      assertThat(asked).as(what).hasValue(questions);
    }
  }

  private static List<Case> namesAlice() {
    String body = "{\"device_id\":\"D\",\"user_id\":\"@alice:h\"}";
    String zipped = zipped(body);
    return List.of(
        new Case("gzip", says(reply("200 OK", "Content-Encoding: gzip\r\n", zipped))),
        new Case("GZip", says(reply("200 OK", "Content-Encoding: GZip\r\n", zipped))),
        new Case(
            "in pieces",
            (request, connection) -> {
              for (char c : ok(body).toCharArray()) {
                connection.send(String.valueOf(c));
              }
            }),
        new Case(
            "in chunks",
            says(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "%x\r\n%s\r\n0\r\n\r\n".formatted(body.length(), body))),
        new Case("until close", saysAndCloses("HTTP/1.1 200 OK\r\n\r\n" + body)),
        new Case("of a member with escapes", says(ok("{\"user\\u005fid\":\"\\u0040alice:h\"}"))));
  }

  @Test
  void whoIsNamedIsKnown() throws Exception {
    startGateway();
    List<Case> cases = namesAlice();
    for (int i = 0; i < cases.size(); i++) {
      answer = cases.get(i).answer();
      asked.set(0);
      assertThat(ask(sync(token(i)))).as(cases.get(i).what()).isEqualTo(workerOf("YWxpY2U"));
      assertThat(asked).as(cases.get(i).what()).hasValue(1);
    }
  }

  @Test
  void aWorkerThatDoesNotServeWhoamiIsNoEndOfTheQuestion() throws Exception {
    Path reader = socket("reader");
    workers.add(
        ScriptedWorker.at(reader, ScriptedWorker.replying(reply("404 Not Found", "", "{}"))));
    startGateway("gateway.whoami.workers", "inbound_reader.sock inbound_main.sock");
    assertThat(ask(sync(TOKEN))).isEqualTo(workerOf("YWxpY2U"));
  }

  // ---- whom it asks

  @Test
  void nobodyIsAskedWhereEachGroupHasOneWorker() throws Exception {
    String beans =
        "- beans:\n"
            + "    - { name: one, type: org.synapsegateway.loadbalance.ConsistentHash }\n"
            + "    - { name: two, type: org.synapsegateway.loadbalance.ConsistentHash }\n";
    Path routes = Files.createDirectories(directory.resolve("routes"));
    Files.writeString(
        routes.resolve("groups.camel.yaml"),
        beans
            + group("one", "normal_sync1", "      - to: direct:main\n")
            + group("two", "normal_sync2?maxInFlight=10", "")
            + "- route: { id: main, from: { uri: direct:main, steps: [ { to: \"worker:unix:"
            + socket("main")
            + "\" } ] } }\n");
    gateway =
        TestGateway.withSteps(
            directory,
            """
            - choice:
                when:
                  - expression: { language: { language: query, expression: since } }
                    steps: [ { to: direct:one } ]
                otherwise:
                  steps: [ { to: direct:two } ]
            """,
            "gateway.whoami.workers",
            "worker:unix:" + socket("main"));
    assertThat(ask(sync(TOKEN))).isEqualTo("normal_sync1");
    assertThat(ask(sync(TOKEN).replace("?since=s", ""))).isEqualTo("normal_sync2");
    assertThat(asked).hasValue(0);
  }

  private String group(String name, String worker, String fallback) {
    String socket = socket(worker.replaceFirst("\\?.*", "")).toString();
    return """
        - route:
            id: %1$s
            from:
              uri: direct:%1$s
              steps:
              - loadBalance:
                  customLoadBalancer: { ref: %1$s }
                  steps:
                  - to: worker:unix:%2$s%3$s
        """
            .formatted(name, socket, worker.replaceFirst("^[^?]*", ""))
        + fallback.indent(4);
  }

  // ---- how often it asks

  private int questionsOf(String clients, int count) throws Exception {
    answer = says(reply("401 Unauthorized", "", "{}"));
    try (RawClient client = gateway.client()) {
      for (int i = 0; i < count; i++) {
        String field = "X-Forwarded-For: " + clients.formatted(i) + "\r\n";
        assertThat(client.exchange(sync("mat_" + clients + i, field)).content()).isIn(SYNC);
      }
    }
    return asked.get();
  }

  /** One a second, and ten at once: what is beyond ten has taken a second each. */
  @ParameterizedTest
  @ValueSource(
      strings = {"203.0.113.7", "2001:db8:1:2::%x", "2001:db8:1:2:%x::1", "::ffff:203.0.113.9"})
  void aClientOrNetworkCausesFewQuestions(String clients) throws Exception {
    startGateway("gateway.whoami.rate-per-client-max", "1", "gateway.whoami.rate-max", "0");
    long begin = System.nanoTime();
    int questions = questionsOf(clients, 200);
    long seconds = 1 + (System.nanoTime() - begin) / 1_000_000_000L;
    assertThat(questions).isBetween(10, 10 + (int) seconds);

    answer = says(user("@alice:h"));
    assertThat(ask(sync("mat_other", "X-Forwarded-For: 198.51.100.1\r\n")))
        .isEqualTo(workerOf("YWxpY2U"));
  }

  @Test
  void allClientsTogetherCauseFewQuestions() throws Exception {
    startGateway("gateway.whoami.rate-per-client-max", "0", "gateway.whoami.rate-max", "1");
    long begin = System.nanoTime();
    int questions = questionsOf("198.51.100.%d", 200);
    long seconds = 1 + (System.nanoTime() - begin) / 1_000_000_000L;
    assertThat(questions).isBetween(10, 10 + (int) seconds);
  }

  // ---- what it learns from replies that pass by

  private static String login(String target) {
    return "POST " + target + " HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}";
  }

  private static final String LOGIN = "/_matrix/client/v3/login";

  static Stream<Arguments> teaches() {
    String token = "{\"access_token\":\"" + TOKEN + "\",\"user_id\":\"@alice:h\"}";
    String zipped = zipped(token);
    Answer inPieces =
        (request, connection) -> {
          for (char c : ok(token).toCharArray()) {
            connection.send(String.valueOf(c));
          }
        };
    return Stream.of(
        Arguments.of("login", login(LOGIN), says(ok(token))),
        Arguments.of("login with a query", login(LOGIN + "?x=y"), says(ok(token))),
        Arguments.of("register", login("/_matrix/client/r0/register?kind=user"), says(ok(token))),
        Arguments.of(
            "zipped", login(LOGIN), says(reply("200 OK", "Content-Encoding: gzip\r\n", zipped))),
        Arguments.of("in pieces", login(LOGIN), inPieces),
        Arguments.of(
            "in chunks",
            login(LOGIN),
            says(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n%x\r\n%s\r\n0\r\n\r\n"
                    .formatted(token.length() - 1, token.substring(1)))),
        Arguments.of(
            "whoami",
            sync(TOKEN).replace("sync?since=s", "account/whoami"),
            says(user("@alice:h"))),
        Arguments.of(
            "whoami with the token in the query",
            "GET /_matrix/client/v3/account/whoami?access_token=mat%5Falice_0 HTTP/1.1\r\nHost: h\r\n\r\n",
            says(user("@alice:h"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("teaches")
  void whatSynapseTellsAClientIsLearned(String what, String request, Answer says) throws Exception {
    startGateway();
    answer = says;
    ask(request);
    asked.set(0);
    answer = says(reply("401 Unauthorized", "", "{}"));
    assertThat(ask(sync(TOKEN))).isEqualTo(workerOf("YWxpY2U"));
    assertThat(asked).hasValue(0);
  }

  static Stream<Arguments> doesNotTeach() {
    String own = "Authorization: Bearer mat_mallory_0\r\n";
    String whoami = "/_matrix/client/v3/account/whoami";
    return Stream.of(
        Arguments.of("a path parameter", login(LOGIN + ";x"), says(ok(LIE))),
        Arguments.of("a slash more", login(LOGIN + "/"), says(ok(LIE))),
        Arguments.of("slashes before", login("/" + LOGIN), says(ok(LIE))),
        Arguments.of("an escape", login(LOGIN.replace("login", "l%6Fgin")), says(ok(LIE))),
        Arguments.of("dots", login("/_matrix/client/v3/x/../login"), says(ok(LIE))),
        Arguments.of("another case", login(LOGIN.replace("login", "LOGIN")), says(ok(LIE))),
        Arguments.of("another place", login("/x" + LOGIN), says(ok(LIE))),
        Arguments.of("a name that ends alike", login("/_matrix/client/v3/xlogin"), says(ok(LIE))),
        Arguments.of(
            "another method", "GET " + LOGIN + " HTTP/1.1\r\nHost: h\r\n\r\n", says(ok(LIE))),
        Arguments.of("refused", login(LOGIN), says(reply("403 Forbidden", "", LIE))),
        Arguments.of("created", login(LOGIN), says(reply("201 Created", "", LIE))),
        Arguments.of("redirected", login(LOGIN), says(reply("302 Found", "", LIE))),
        Arguments.of("broken off", login(LOGIN), saysAndCloses(ok(LIE).replace("}", ""))),
        Arguments.of("too long", login(LOGIN), says(ok(LIE + " ".repeat(8 << 10)))),
        Arguments.of(
            "early",
            "POST " + LOGIN + " HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n123456789",
            saysAndCloses(reply("403 Forbidden", "Connection: close\r\n", LIE))),
        Arguments.of(
            "two replies in one", login(LOGIN), says(reply("403 Forbidden", "", "{}") + ok(LIE))),
        Arguments.of(
            "for another user",
            "GET "
                + whoami
                + "?user_id=@mallory:h HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer "
                + TOKEN
                + "\r\n\r\n",
            says(user("@mallory:h"))),
        Arguments.of(
            "for another user, escaped",
            "GET "
                + whoami
                + "?user%5Fid=@mallory:h HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer "
                + TOKEN
                + "\r\n\r\n",
            says(user("@mallory:h"))),
        Arguments.of(
            "with a token of one's own as well",
            "GET " + whoami + "?access_token=" + TOKEN + " HTTP/1.1\r\nHost: h\r\n" + own + "\r\n",
            says(user("@mallory:h"))),
        Arguments.of(
            "with a token of one's own before it",
            "GET "
                + whoami
                + "?x;access_token=mat_mallory_0&access_token="
                + TOKEN
                + " HTTP/1.1\r\nHost: h\r\n\r\n",
            says(user("@mallory:h"))),
        Arguments.of(
            "with two fields",
            "GET "
                + whoami
                + " HTTP/1.1\r\nHost: h\r\n"
                + own
                + own.replace("mat_mallory_0", TOKEN)
                + "\r\n",
            says(user("@mallory:h"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("doesNotTeach")
  void whatIsNotSynapsesWordOnTheTokenIsNotLearned(String what, String request, Answer says)
      throws Exception {
    startGateway();
    answer = says;
    try (RawClient client = gateway.client()) {
      client.send(request).readHead();
    }
    asked.set(0);
    answer = says(user("@alice:h"));
    assertThat(ask(sync(TOKEN))).isEqualTo(workerOf("YWxpY2U"));
    assertThat(asked).hasValue(1);
  }

  @Test
  void theReplyToAHeadOfWhoamiTeachesNothing() throws Exception {
    startGateway();
    answer = says("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n");
    try (RawClient client = gateway.client()) {
      client.send(
          "HEAD /_matrix/client/v3/account/whoami HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer "
              + TOKEN
              + "\r\n\r\n");
      client.readHead();
    }
    answer = says(user("@alice:h"));
    assertThat(ask(sync(TOKEN))).isEqualTo(workerOf("YWxpY2U"));
    assertThat(asked).hasValue(1);
  }

  @Test
  void theReplyToAnotherRequestOfThePipelineTeachesNothing() throws Exception {
    startGateway();
    answer =
        (request, connection) ->
            connection.send(
                request.line().contains("/login")
                    ? reply("403 Forbidden", "", "{\"errcode\":\"M_FORBIDDEN\"}")
                    : ok(LIE));
    String other = login("/_matrix/client/v3/other");
    try (RawClient client = gateway.client()) {
      client.send(other + login(LOGIN) + other + login(LOGIN) + other);
      for (int status : new int[] {200, 403, 200, 403, 200}) {
        assertThat(client.readReply().status()).isEqualTo(status);
      }
    }
    answer = says(user("@alice:h"));
    assertThat(ask(sync(TOKEN))).isEqualTo(workerOf("YWxpY2U"));
    assertThat(asked).hasValue(1);
  }
}
