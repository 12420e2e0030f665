package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.net.AddressSet;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** What is told of requests to the shipped routes. */
class ExplainTest {
  private static final String ALICE = "Authorization: Bearer syt_YWxpY2U_notForEyes_1";

  private static Rehearsal rehearsal;

  @TempDir Path directory;

  @BeforeAll
  static void start() {
    rehearsal = Rehearsal.start();
  }

  @AfterAll
  static void stop() {
    rehearsal.close();
  }

  private static Course course(
      Rehearsal of, String peer, String method, String target, String... fields) throws Exception {
    InetAddress address = AddressSet.numeric(peer);
    return of.send(RequestHead.of(Explain.head(method, target, List.of(fields))), address);
  }

  private static String explain(String target, String... fields) throws Exception {
    return Explain.text(rehearsal.context(), course(rehearsal, "127.0.0.1", "GET", target, fields));
  }

  @Test
  void aSyncThatGoesOnIsToldFromOneThatBegins() throws Exception {
    assertThat(explain("/_matrix/client/v3/sync?since=s1", ALICE))
        .isEqualTo(
            """
            GET /_matrix/client/v3/sync from 127.0.0.1

            front        routes/front.camel.yaml:41  GET ^/_matrix/client/(r0|v3|unstable)/sync$  -> direct:sync
            sync         routes/sync.camel.yaml:25   query since                                  -> direct:normal-sync
            normal-sync  routes/sync.camel.yaml:37   by user                                      -> one of 3

            group          normal-sync: Syncs that go on from a known point
            key            user: YWxpY2U
            ring           point 21 of 480, at 0e5e0cb1; the key is at 0d2ba4f2
            worker         unix:/run/matrix-synapse/inbound_normal_sync2.sock
            if it is down  unix:/run/matrix-synapse/inbound_normal_sync1.sock
            then           unix:/run/matrix-synapse/inbound_normal_sync3.sock
            then           unix:/run/matrix-synapse/inbound_main.sock  (main stands in)
            then           502 M_UNKNOWN: The worker cannot be reached
            """);
    assertThat(explain("/_matrix/client/v3/sync", ALICE))
        .contains(
            "-> direct:initial-sync\n",
            "group          initial-sync: ",
            "(normal-sync stands in)",
            "(main stands in)");
  }

  @Test
  void aGroupWithoutWorkersIsTold() throws Exception {
    assertThat(explain("/_matrix/client/versions", ALICE))
        .contains(
            "client-reader",
            "no workers of its own",
            "-> what stands in",
            "group          client-reader: Reads of clients",
            "worker         unix:/run/matrix-synapse/inbound_main.sock\n"
                + "if it is down  502 M_UNKNOWN: The worker cannot be reached\n");
  }

  @Test
  void aRequestWithoutKeyIsTold() throws Exception {
    assertThat(explain("/_matrix/client/v3/sync?since=s1"))
        .contains("key            user: the request has none, so the workers come in turn\n")
        .doesNotContain("ring ");
  }

  @Test
  void aRefusalIsTold() throws Exception {
    Course course = course(rehearsal, "203.0.113.7", "GET", "/_synapse/admin/v1/rooms");

    assertThat(Explain.text(rehearsal.context(), course))
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
        .contains("until a worker has told whose token it is");
    assertThat(explain("/_matrix/client/v3/sync?since=s1", ALICE)).doesNotContain("until a worker");
  }

  @Test
  void allRequestsOfTheTableAreToldTheirGroup() throws Exception {
    for (String row : Files.readAllLines(Path.of("src/test/resources/routing/table.tsv"))) {
      if (!row.startsWith("#")) {
        String[] cells = row.split("\t", -1);
        Course course = course(rehearsal, "192.168.0.7", cells[0], cells[1], ALICE);
        assertThat(course.group()).as(row).isEqualTo(cells[2]);
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
        Rehearsal same = Rehearsal.start(setting, directory.toString())) {
      for (int user = 0; user < 40; user++) {
        String field = "Authorization: Bearer syt_dXNlcg" + user + "_a_1";
        String target = "/_matrix/client/v3/sync?since=s1";
        String served =
            client
                .exchange("GET " + target + " HTTP/1.1\r\nHost: h\r\n" + field + "\r\n\r\n")
                .content();
        assertThat(course(same, "127.0.0.1", "GET", target, field).attempts().get(0).server())
            .isEqualTo("unix:" + directory.resolve("inbound_" + served + ".sock"));
      }
      assertThat(List.of(one, two, three)).allMatch(worker -> !worker.requests().isEmpty());
    }
  }

  @Test
  void noPortIsOpened() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Rehearsal beside = Rehearsal.start("gateway.port", "" + taken.getLocalPort())) {
      assertThat(course(beside, "127.0.0.1", "GET", "/").group()).isEqualTo("main");
    }
  }

  private ScriptedWorker worker(String name) throws Exception {
    return ScriptedWorker.at(
        directory.resolve("inbound_" + name + ".sock"),
        ScriptedWorker.replying(
            "HTTP/1.1 200 OK\r\nContent-Length: " + name.length() + "\r\n\r\n" + name));
  }
}
