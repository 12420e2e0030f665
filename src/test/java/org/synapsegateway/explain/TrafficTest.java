// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.management.Json;

/** Where the requests of logs go through the shipped routes. */
class TrafficTest {
  private static final String MAIN = "unix:/run/matrix-synapse/inbound_main.sock";
  private static final String SYNC = "unix:/run/matrix-synapse/inbound_normal_sync";

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

  private Traffic.Summary summary(String... lines) throws Exception {
    Path file = directory.resolve("access.log");
    Files.write(file, List.of(lines));
    try (LoggedRequests log = LoggedRequests.open(file)) {
      return Traffic.of(log, dryRun);
    }
  }

  private static String line(String client, String request) {
    return client + " - - [24/Nov/2026:10:54:48 +0000] \"" + request + " HTTP/1.1\" 200 2 \"-\"";
  }

  private static String[] mixed() {
    return new String[] {
      line("203.0.113.7", "GET /_matrix/client/v3/sync?since=s1"),
      line("203.0.113.7", "GET /_matrix/client/v3/sync?since=s2"),
      line("203.0.113.8", "GET /_matrix/client/v3/sync?since=s1&access_token=syt_YWxpY2U_a_1"),
      line("203.0.113.8", "GET /_matrix/client/v3/rooms/!a:b/messages"),
      line("203.0.113.8", "GET /_synapse/admin/v1/rooms"),
      line("10.0.0.1", "GET /_synapse/admin/v1/rooms"),
      line("10.0.0.1", "GET /_matrix/unheard/of/@a:b/12345/c"),
      line("10.0.0.1", "TRACE /"),
      "203.0.113.7 - - [24/Nov/2026:10:54:48 +0000] \"\\x16\\x03\" 400 157",
      "",
    };
  }

  /** HAProxy's httplog names the client's port as well; without it all syncs have one worker. */
  @Test
  void clientsOfAHaproxyAreToldApart() throws Exception {
    String[] lines = new String[101];
    for (int i = 0; i < 100; i++) {
      lines[i] =
          "198.51.100."
              + i
              + ":40112 [29/Jul/2025:00:42:11.100] in be/sync13 0/0/1/0/46/18305 200 488 - - ----"
              + " 1/1/1/1/0 93/0 {h||Element/1.11} \"GET"
              + (i % 2 == 0 ? " " : " https://matrix.my.domain")
              + "/_matrix/client/v3/sync?since=s2 HTTP/2.0\"";
    }
    lines[100] = "unix:1 [x] \"GET /_matrix/client/v3/sync?since=s2 HTTP/1.1\"";
    Traffic.Summary summary = summary(lines);

    assertThat(summary.groups()).singleElement().extracting("name").isEqualTo("normal-sync");
    assertThat(summary.workers()).hasSize(3);
    assertThat(summary.unaddressed()).isEqualTo(1);
    assertThat(summary.firstUnaddressed()).isEqualTo(101);
    assertThat(TrafficText.of(summary))
        .contains(
            "lines without a client's address, which count as one client: 1, the first is line 101");
  }

  @Test
  void requestsAreCountedByGroupAndWorker() throws Exception {
    Traffic.Summary summary = summary(mixed());

    assertThat(summary.lines()).isEqualTo(10);
    assertThat(summary.requests()).isEqualTo(7);
    assertThat(summary.unreadable()).isEqualTo(2);
    assertThat(summary.firstUnreadable()).isEqualTo(9);
    assertThat(summary.refused()).isEqualTo(Map.of("405 Method not allowed", 1L));
    assertThat(summary.groups())
        .contains(
            new Traffic.Group("pagination", "room", 1, List.of(new Traffic.Share(MAIN, "main", 1))),
            new Traffic.Group("main", null, 2, List.of(new Traffic.Share(MAIN, null, 2))),
            new Traffic.Group(
                "forbidden",
                null,
                1,
                List.of(
                    new Traffic.Share(
                        "403 M_FORBIDDEN: This endpoint is open to private clients only",
                        null,
                        1))));
    assertThat(summary.toMain()).isEqualTo(Map.of("main", 2L, "pagination", 1L));
    assertThat(summary.unnamed())
        .isEqualTo(Map.of("GET /_synapse/admin/v1/rooms", 1L, "GET /_matrix/unheard/of/*/*/c", 1L));
  }

  @Test
  void aUserOfTheLogGoesWhereTheUserWouldGo() throws Exception {
    String alice = "GET /_matrix/client/v3/sync?since=s1&access_token=syt_YWxpY2U_a_1";
    Traffic.Group sync = summary(line("203.0.113.7", alice)).groups().get(0);

    assertThat(sync)
        .isEqualTo(
            new Traffic.Group(
                "normal-sync", "user", 1, List.of(new Traffic.Share(SYNC + "2.sock", null, 1))));
  }

  @Test
  void moreRequestsThanAreUnderWayAreAllCounted() throws Exception {
    String[] lines = new String[5000];
    for (int i = 0; i < lines.length; i++) {
      lines[i] =
          line("10.0.%d.%d".formatted(i / 250, i % 250), "GET /_matrix/client/v3/sync?since=1");
    }
    Traffic.Group sync = summary(lines).groups().get(0);

    assertThat(sync.requests()).isEqualTo(5000);
    assertThat(sync.to()).hasSize(3).allMatch(worker -> worker.requests() > 1000);
  }

  @Test
  void noTokenIsShown() throws Exception {
    Traffic.Summary summary =
        summary(
            line("10.0.0.1", "GET /x?access_token=notForEyes"),
            line("10.0.0.1", "GET /x") + " \"Bearer notForEyes\"");

    assertThat(TrafficText.of(summary) + Json.of(summary)).doesNotContain("notForEyes");
  }

  @Test
  void shapesOfPathsAreBounded() throws Exception {
    String[] lines = new String[1500];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = line("10.0.0.1", "GET /x" + Integer.toString(i, 36).replaceAll("(?=\\d)", "-"));
    }
    Traffic.Summary summary = summary(lines);

    assertThat(summary.unnamed()).hasSize(10).containsEntry("others", 500L);
  }

  @ParameterizedTest
  @CsvSource({
    "/_matrix/client/v3/rooms/!a:b/send/m.room.message/1, GET /_matrix/client/v3/rooms/*/send/..",
    "/a/%40b%3Ac, GET /a/*",
    "/_matrix/client/v3/x/16e5, GET /_matrix/client/v3/x/16e5",
    "/a/abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz, GET /a/*",
    "/, GET /",
  })
  void aShapeNamesNobody(String path, String shape) {
    assertThat(Traffic.shape("GET", path)).isEqualTo(shape);
  }

  @Test
  void peopleReadATable() throws Exception {
    assertThat(TrafficText.of(summary(mixed())))
        .startsWith(
            """
            10 lines, 7 requests
            lines without a request line in quotes: 2, the first is line 9
            requests that would get 405 Method not allowed: 1
            """)
        .contains("main gets 3 (42.9 %)\n          2 for main\n          1 for pagination\n");
  }
}
