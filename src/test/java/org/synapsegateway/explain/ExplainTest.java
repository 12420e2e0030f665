// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.TestGateway;
import org.synapsegateway.TestRoutes;
import org.synapsegateway.management.Json;
import org.synapsegateway.net.AddressSet;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** What is told of requests to the shipped routes. */
class ExplainTest {
  private static final String ALICE = "Authorization: Bearer syt_YWxpY2U_notForEyes_1";

  private static DryRun dryRun;

  @TempDir Path directory;

  @BeforeAll
  static void start() {
    dryRun = DryRun.start();
  }

  @AfterAll
  static void stop() {
    dryRun.close();
  }

  private static DryRunResult result(
      DryRun of, String peer, String method, String target, String... fields) throws Exception {
    InetAddress address = AddressSet.numeric(peer);
    return of.send(Explainer.head(method, target, List.of(fields)), address);
  }

  private static String explain(String target, String... fields) throws Exception {
    return text(result(dryRun, "127.0.0.1", "GET", target, fields));
  }

  private static String text(DryRunResult result) {
    return ExplanationText.of(Explanation.of(dryRun.context(), result));
  }

  @Test
  void aSyncThatGoesOnIsToldFromOneThatBegins() throws Exception {
    assertThat(explain("/_matrix/client/v3/sync?since=s1", ALICE))
        .isEqualTo(
            """
            GET /_matrix/client/v3/sync from 127.0.0.1

            front        routes/front.camel.yaml:41  GET ^/_matrix/client/(r0|v3|unstable)/sync$  -> direct:sync
            sync         routes/sync.camel.yaml:33   query since                                  -> direct:normal-sync
            normal-sync  routes/sync.camel.yaml:69   by user                                      -> one of 3

            group          normal-sync: Syncs that continue from a known point
            rule           A sync with since (or /events with from) continues from a known point, and is
                           cheap. A sync without it, or with the full state, makes Synapse collect the
                           whole account; it goes to separate workers, so that it delays no other sync. By
                           user, as Synapse demands: a client that repeats a sync finds the one that it
                           gave up, in the worker where that began. Soft: if a pool has no workers, or all
                           of them are down, initial syncs go to the workers of normal syncs, and normal
                           syncs to the main process.
            key            user: YWxpY2U, the localpart in a syt_ token
            ring           point 21 of 480, at 0e5e0cb1; the key is at 0d2ba4f2
            worker         unix:/run/matrix-synapse/inbound_normal_sync2.sock
            if it is down  unix:/run/matrix-synapse/inbound_normal_sync1.sock
            then           unix:/run/matrix-synapse/inbound_normal_sync3.sock
            then           unix:/run/matrix-synapse/inbound_main.sock  (main is the fallback)
            then           502 M_UNKNOWN: The worker cannot be reached
            if it dies     the next of its group is asked, as a GET may be sent twice
            """);
    assertThat(explain("/_matrix/client/v3/sync", ALICE))
        .contains(
            "-> direct:initial-sync\n",
            "group          initial-sync: ",
            "(normal-sync is the fallback)",
            "(main is the fallback)");
  }

  @Test
  void theLineThatMakesASyncAnInitialOneIsTold() throws Exception {
    assertThat(explain("/_matrix/client/v3/sync?since=s1&full_state=true", ALICE))
        .containsPattern("sync.camel.yaml:\\d+ +argument full_state=true +-> direct:initial-sync\n")
        .contains("group          initial-sync: ");
    assertThat(explain("/_matrix/client/v3/events?from=s1", ALICE))
        .containsPattern(
            "events +routes/sync.camel.yaml:\\d+ +query from +-> direct:normal-sync\n");
    assertThat(explain("/_matrix/client/v3/initialSync?since=s1", ALICE))
        .containsPattern("front.camel.yaml:\\d+ +GET .*/initialSync\\$ +-> direct:sync\n")
        .containsPattern("sync.camel.yaml:\\d+ +query since +-> direct:normal-sync\n");
  }

  @Test
  void readsFollowMainWhileItWrites() throws Exception {
    assertThat(explain("/_matrix/client/v3/user/@alice:x/account_data/m.direct", ALICE))
        .containsPattern(
            "\naccount-data-reads +routes/account-data.camel.yaml:\\d+ +the writer first"
                + " +-> direct:account-data\n")
        .contains(
            "group          account-data-reads: ",
            "worker         unix:/run/matrix-synapse/inbound_main.sock  (main is the fallback)\n",
            "if it dies     the next one is asked, as a GET may be sent twice");
  }

  @Test
  void aGroupWithoutWorkersIsTold() throws Exception {
    assertThat(explain("/_matrix/client/versions", ALICE))
        .contains(
            "client-reader",
            "no workers of its own",
            "-> the fallback",
            "group          client-reader: Reads of clients",
            "worker         unix:/run/matrix-synapse/inbound_main.sock  (main is the fallback)\n"
                + "if it is down  502 M_UNKNOWN: The worker cannot be reached\n");
  }

  @Test
  void aRequestWithoutKeyIsTold() throws Exception {
    assertThat(explain("/_matrix/client/v3/sync?since=s1"))
        .contains("key            user: none in the request, so the workers come in turn\n")
        .doesNotContain("ring ");
  }

  @Test
  void aRefusalIsTold() throws Exception {
    DryRunResult result = result(dryRun, "203.0.113.7", "GET", "/_synapse/admin/v1/rooms");

    assertThat(text(result))
        .isEqualTo(
            """
            GET /_synapse/admin/v1/rooms from 203.0.113.7

            front  routes/front.camel.yaml:34  ref privatePaths  -> direct:forbidden

            answer  403 M_FORBIDDEN: This endpoint is open to private clients only
            """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization: Bearer notForEyes",
        "Authorization: Bearer mat_notForEyes",
        "Authorization: Bearer syt_notForEyes",
        "Authorization: Basic notForEyes",
        "Authorization: notForEyes",
        ALICE,
      })
  void noTokenIsShown(String field) throws Exception {
    assertThat(explain("/_matrix/client/v3/sync?since=notForEyes", field))
        .doesNotContain("notForEyes");
    String token = field.replaceFirst(".* ", "");
    assertThat(explain("/_matrix/client/v3/sync?since=s1&access_token=" + token))
        .doesNotContain("notForEyes");
    assertThat(explain("/_matrix/federation/v1/query/x?access_token=" + token, field))
        .doesNotContain("notForEyes");
  }

  @Test
  void aTokenThatAWorkerWouldBeAskedAboutIsTold() throws Exception {
    assertThat(explain("/_matrix/client/v3/sync?since=s1", "Authorization: Bearer mat_unheardOf"))
        .contains("until a worker has said whose token it is");
    assertThat(explain("/_matrix/client/v3/sync?since=s1", ALICE)).doesNotContain("until a worker");
  }

  /** A method, a target and what is said of the key; from the group that its bean names. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          user   | GET /?since=1              | Bearer syt_YWxpY2U_a_1        | YWxpY2U   | the localpart in a syt_ token
          user   | GET /?user_id=@bob:h       | Bearer secret                 | Ym9i      | the user_id that an application service acts for
          room   | GET /rooms/%21a%3Ab/x      | Bearer syt_YWxpY2U_a_1        | !a:b      | the room in the path
          room   | GET /profile/x             | Bearer syt_YWxpY2U_a_1        | YWxpY2U   | the localpart in a syt_ token
          media  | GET /download/h/id/name    | Bearer syt_YWxpY2U_a_1        | h/id      | the file in the path
          origin | GET /                      | X-Matrix origin=h,key="k"     | h         | the server that has signed it
          origin | GET /                      | Bearer x                      | 127.0.0.1 | the client's address, as no server has signed it
          path   | GET /a?b                   | Bearer x                      | /a        | the path
          target | GET /a?b                   | Bearer x                      | /a?b      | the path and the query
          client-address | GET /a             | Bearer x                      | 127.0.0.1 | the client's address
          simple:${body.method} | GET /a      | Bearer x                      | GET       | what the expression gives
          """)
  void theKindOfTheKeyIsTold(String by, String request, String field, String key, String kind)
      throws Exception {
    Explanation explanation = explanationOf(pair(by, ""), request, "Authorization: " + field);

    assertThat(explanation.key()).isEqualTo(new Explanation.Key(by, kind, key, false));
  }

  /** Two workers, and main behind them, as steps of the front route. */
  private static String pair(String by, String options) {
    return ("""
        - beans:
            - name: pair
              type: org.synapsegateway.loadbalance.ConsistentHash
              properties: { key: '%s' }
        """
            + TestRoutes.front(
                """
                - loadBalance:
                    customLoadBalancer: { ref: pair }
                    steps:
                      - to: worker:unix:/a.sock%s
                      - to: worker:unix:/b.sock%s
                """)
            + """
        - errorHandler: { noErrorHandler: {} }
        """)
        .formatted(by.replace("'", "''"), options, options);
  }

  private Explanation explanationOf(String routes, String request, String... fields)
      throws Exception {
    Files.writeString(directory.resolve("front.camel.yaml"), routes);
    String pattern = "file:" + directory + "/*.camel.yaml";
    try (DryRun of = DryRun.start(Map.of("camel.main.routesIncludePattern", pattern))) {
      String[] line = request.split(" ", 2);
      return Explanation.of(of.context(), result(of, "127.0.0.1", line[0], line[1], fields));
    }
  }

  private static final String STEP = "[ { setHeader: { name: a, constant: b } } ]";

  /** Steps that stand in no route, or before the choices of one. */
  static Stream<Arguments> steps() {
    return Stream.of(
        Arguments.of("interceptFrom", "interceptFrom: [ { interceptFrom: { steps: %s } } ]", ""),
        Arguments.of("intercept", "intercept: [ { intercept: { steps: %s } } ]", ""),
        Arguments.of(
            "interceptSendToEndpoint",
            "interceptSendToEndpoint: [ { interceptSendToEndpoint:"
                + " { uri: 'direct:*', steps: %s } } ]",
            ""),
        Arguments.of("onCompletion", "onCompletion: [ { onCompletion: { steps: %s } } ]", ""),
        Arguments.of(
            "onException",
            "onException: [ { onException: { exception: [ java.lang.Exception ],"
                + " handled: { constant: \"true\" }, steps: %s } } ]",
            ""),
        Arguments.of("before the choice", "", "- setHeader: { name: a, constant: b }"));
  }

  /** Camel asks those that wrap endpoints in the order of a hash, so one try shows nothing. */
  @RepeatedTest(10)
  void anInterceptorOfAnEndpointIsPassedWhoeverWrapsItFirst() throws Exception {
    Explanation explanation =
        explanationOf(
            """
            - routeConfiguration:
                interceptSendToEndpoint:
                  - interceptSendToEndpoint:
                      uri: direct:*
                      steps: [ { setHeader: { name: a, constant: b } } ]
                  - interceptSendToEndpoint:
                      uri: log:*
                      steps: [ { to: direct:a } ]
            - route:
                id: front
                from:
                  uri: netty-http:http://localhost:1
                  parameters: { nettySharedHttpServer: "#frontDoor" }
                  steps: [ { to: log:told } ]
            - route:
                id: a
                from: { uri: direct:a, steps: [ { to: worker:unix:/a.sock } ] }
            """,
            "GET /x");
    assertThat(explanation.workers().get(0).server()).isEqualTo("unix:/a.sock");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("steps")
  void aStepOfWhateverPlaceIsPassedOnTheWay(String where, String handler, String step)
      throws Exception {
    String shared = "- routeConfiguration: { " + handler.formatted(STEP) + " }\n";
    Explanation explanation =
        explanationOf(
            (handler.isEmpty() ? "" : shared)
                + """
                - route:
                    id: front
                    from:
                      uri: netty-http:http://localhost:1
                      parameters: { nettySharedHttpServer: "#frontDoor" }
                      steps:
                        %s
                        - choice:
                            when:
                              - expression: { language: { language: request, expression: GET /a } }
                                steps: [ { to: direct:a } ]
                            otherwise: { steps: [ { to: direct:b } ] }
                - route:
                    id: a
                    from: { uri: direct:a, steps: [ { to: worker:unix:/a.sock } ] }
                - route:
                    id: b
                    from: { uri: direct:b, steps: [ { to: worker:unix:/b.sock } ] }
                """
                    .formatted(step),
            "GET /x");
    assertThat(explanation.group().name()).isEqualTo("b");
    assertThat(explanation.workers().get(0).server()).isEqualTo("unix:/b.sock");
  }

  @Test
  void whatHappensIfTheWorkerDiesIsTold() throws Exception {
    String two = pair("user", "");
    String one = two.replaceFirst("(?m)^.*b\\.sock\n", "");
    String held = one.replace("a.sock", "a.sock?hold=10s");

    assertThat(explanationOf(two, "GET /").ifItDies())
        .isEqualTo("the next of its group is asked, as a GET may be sent twice");
    assertThat(explanationOf(two, "POST /").ifItDies())
        .isEqualTo(
            "502 M_UNKNOWN: The worker closed the connection before it replied; a POST is not sent"
                + " twice");
    assertThat(explanationOf(one, "GET /").ifItDies())
        .isEqualTo(
            "502 M_UNKNOWN: The worker closed the connection before it replied; no other worker of"
                + " its group is there");
    assertThat(explanationOf(held, "PUT /").ifItDies())
        .isEqualTo(
            "it is asked once more when it is back, as a PUT may be sent twice if its body is not"
                + " above gateway.replay-max");
    assertThat(explanationOf(held, "PUT /").workers())
        .containsExactly(new Explanation.Worker("unix:/a.sock", null, 10_000));
  }

  @Test
  void aRouteThatFailsIsToldWithoutTheToken() throws Exception {
    String failing =
        pair("user", "")
            .replaceFirst("(?s)        - loadBalance:.*- to: worker:unix:/b.sock\n", "%s")
            .formatted(
                """
                        - throwException:
                            exceptionType: java.lang.IllegalStateException
                            message: "no ${body.field('Authorization')}"
                """);

    assertThat(explanationOf(failing, "GET /", "Authorization: Basic notForEyes").answer())
        .isEqualTo(new Explanation.Answer(500, "M_UNKNOWN", "a route failed: no (hidden)"));
  }

  @Test
  void theCommentOfTheFileIsTheRule() throws Exception {
    String routes = "# Synapse demands\n# this.\n#\n# And that.\n" + pair("user", "");

    assertThat(explanationOf(routes, "GET /").group().rule())
        .isEqualTo("Synapse demands this.  And that.");
    assertThat(explanationOf(pair("user", ""), "GET /").group().rule()).isNull();
  }

  @Test
  void programsGetJson() throws Exception {
    Files.writeString(directory.resolve("front.camel.yaml"), pair("user", ""));
    Explainer explainer =
        new Explainer(
            Map.of("camel.main.routesIncludePattern", "file:" + directory + "/*.camel.yaml"));
    String place = directory + "/front.camel.yaml:";

    assertThat(explainer.explain("GET /a?since=1 HTTP/1.1\r\n" + ALICE + "\r\n\r\n"))
        .isEqualTo(explainer.explain("GET /a?since=1\n" + ALICE));
    assertThat(Json.of(explainer.explain("GET /a?since=1\n" + ALICE)))
        .isEqualTo(
            """
            {
              "request" : "GET /a",
              "client" : "127.0.0.1",
              "decisions" : [ {
                "route" : "front",
                "place" : "PLACE13",
                "because" : "by user",
                "to" : "one of 2"
              } ],
              "group" : {
                "name" : "front"
              },
              "key" : {
                "by" : "user",
                "kind" : "the localpart in a syt_ token",
                "shown" : "YWxpY2U",
                "asksSynapse" : false
              },
              "ring" : {
                "point" : 17,
                "points" : 320,
                "at" : "0ddec945",
                "key" : "0d2ba4f2"
              },
              "workers" : [ {
                "server" : "unix:/b.sock",
                "holdMillis" : 0
              }, {
                "server" : "unix:/a.sock",
                "holdMillis" : 0
              } ],
              "ifItDies" : "the next of its group is asked, as a GET may be sent twice",
              "answer" : {
                "status" : 502,
                "errcode" : "M_UNKNOWN",
                "error" : "The worker cannot be reached"
              }
            }
            """
                .replace("PLACE", place));
  }

  /** What is no request, and what is said of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          GET relative  | a target must begin with "/" or with http:// or https://
          ``            | byte 0 of the request line is not allowed in a method
          GET           | byte 0 of the request line is not allowed in a method
          TRACE /       | method TRACE
          GET / HTTP/2  | byte 6 of the request line does not begin an HTTP version
          """)
  void whatIsNoRequestIsTold(String text, String told) {
    assertThatThrownBy(() -> new Explainer(Map.of()).explain(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("The gateway would refuse this with 40")
        .hasMessageEndingWith(": " + told);
  }

  @Test
  void routesThatCannotBeLoadedAreTold() {
    Map<String, String> nowhere = Map.of("camel.main.routesIncludePattern", "file:nowhere/*.yaml");

    assertThatThrownBy(() -> new Explainer(nowhere).explain("GET /"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("nowhere: ")
        .hasMessageEndingWith(" [no-route-files]");
  }

  @Test
  void allRequestsOfTheTableAreToldTheirGroup() throws Exception {
    for (String row : Files.readAllLines(Path.of("src/test/resources/routing/table.tsv"))) {
      if (!row.startsWith("#")) {
        String[] cells = row.split("\t", -1);
        DryRunResult result = result(dryRun, "192.168.0.7", cells[0], cells[1], ALICE);
        assertThat(result.group()).as(row).isEqualTo(cells[2]);
      }
    }
  }

  @Test
  void theWorkerIsTheOneThatServes() throws Exception {
    String setting = "gateway.workers.directory";
    try (ScriptedWorker one = worker("normal_sync1");
        ScriptedWorker two = worker("normal_sync2");
        ScriptedWorker three = worker("normal_sync3");
        TestGateway gateway = TestGateway.shipped(directory);
        RawClient client = gateway.client();
        DryRun same = DryRun.start(Map.of(setting, directory.toString()))) {
      for (int user = 0; user < 40; user++) {
        String field = "Authorization: Bearer syt_dXNlcg" + user + "_a_1";
        String target = "/_matrix/client/v3/sync?since=s1";
        String served =
            client
                .exchange("GET " + target + " HTTP/1.1\r\nHost: h\r\n" + field + "\r\n\r\n")
                .content();
        assertThat(result(same, "127.0.0.1", "GET", target, field).attempts().get(0).server())
            .isEqualTo("unix:" + directory.resolve("inbound_" + served + ".sock"));
      }
      assertThat(List.of(one, two, three)).allMatch(worker -> !worker.requests().isEmpty());
    }
  }

  @Test
  void noPortIsOpened() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        DryRun beside = DryRun.start(Map.of("gateway.port", "" + taken.getLocalPort()))) {
      assertThat(result(beside, "127.0.0.1", "GET", "/").group()).isEqualTo("main");
    }
  }

  private ScriptedWorker worker(String name) throws Exception {
    return ScriptedWorker.at(
        directory.resolve("inbound_" + name + ".sock"), ScriptedWorker.saying(name));
  }
}
