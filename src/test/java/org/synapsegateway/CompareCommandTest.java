// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.management.Json;

/** What {@code import --compare} tells of an nginx beside the shipped routes. */
class CompareCommandTest {
  private static final int DIFFERS = 3;

  private static final String SITE =
      """
      upstream initial { hash $http_authorization consistent;
        server unix:/var/run/matrix-synapse/inbound_initial_sync1.sock;
        server unix:/run/matrix-synapse/inbound_initial_sync2.sock; }
      upstream normal { ip_hash;
        server 127.0.0.1:8081; server 127.0.0.1:8082; server 127.0.0.1:8083; }
      upstream typing { server unix:/run/matrix-synapse/inbound_normal_sync1.sock; }
      upstream main { server unix:/run/matrix-synapse/inbound_main.sock; }
      map $arg_since $sync { default normal; '' initial; }
      server {
        server_name hs.example.com;
        location ~ ^/_matrix/client/(r0|v3)/sync$ { proxy_pass http://$sync; }
        location ~ /typing { proxy_pass http://typing; }
        location ~ ^/_matrix/client/(r0|v3)/login$ { proxy_pass http://127.0.0.1:8090; }
        location ~ ^/_matrix/(?!client) { proxy_pass http://main; }
        location /_matrix { proxy_pass http://main; }
        location /_synapse { proxy_pass http://main; }
        location /who { auth_request /x; proxy_pass http://main; }
      }
      """;

  @TempDir private Path directory;

  private Map<?, ?> compare(String... more) throws IOException {
    Path site = Files.writeString(directory.resolve("site.conf"), SITE);
    List<String> command =
        new ArrayList<>(List.of("import", "--compare", site.toString(), "--json"));
    for (int i = 1; i <= 3; i++) {
      command.add("--address");
      command.add(
          "localhost:808%d=unix:/run/matrix-synapse/inbound_normal_sync%d.sock".formatted(i, i));
    }
    command.addAll(List.of(more));
    return Json.read(CommandOutput.ofStatus(DIFFERS, command.toArray(String[]::new)), Map.class);
  }

  private static String verdict(Map<?, ?> report, String nginx, String routes) {
    return ((List<?>) report.get("rows"))
        .stream()
            .map(row -> (Map<?, ?>) row)
            .filter(row -> row.get("nginx").equals(nginx) && row.get("routes").equals(routes))
            .map(row -> row.get("verdict").toString())
            .findFirst()
            .orElse("none");
  }

  @Test
  void eachKindOfDifferenceHasItsVerdict() throws IOException {
    Map<?, ?> report = compare();
    assertThat(verdict(report, "initial", "initial-sync")).isEqualTo("LOAD_DIFFERS");
    assertThat(verdict(report, "normal", "normal-sync")).isEqualTo("LOAD_DIFFERS");
    assertThat(verdict(report, "main", "main")).isEqualTo("SAME");
    assertThat(verdict(report, "main", "initial-sync")).isEqualTo("BETTER");
    assertThat(verdict(report, "typing", "typing, served by main")).isEqualTo("WOULD_BREAK");
    assertThat(verdict(report, "typing", "receipts, served by main")).isEqualTo("BETTER");
    assertThat(verdict(report, "127.0.0.1:8090", "mas, served by main")).isEqualTo("NOT_SYNAPSES");
    assertThat(verdict(report, "main", "answers 403")).isEqualTo("ACCESS_DIFFERS");
    assertThat(verdict(report, "cannot tell", "main")).isEqualTo("CANNOT_TELL");
    assertThat((List<?>) report.get("notes"))
        .singleElement()
        .asString()
        .contains("(?!client)")
        .contains("compared by samples");
    assertThat((Integer) report.get("asked")).isZero();
  }

  @Test
  void whoMovesIsCountedAndWhy() throws IOException {
    Map<?, ?> report = compare();
    Map<?, ?> initial = (Map<?, ?>) ((List<?>) report.get("moves")).get(0);
    assertThat(initial.get("upstream")).isEqualTo("initial");
    assertThat((Double) initial.get("percent")).isBetween(20.0, 80.0);
    assertThat(initial.get("why").toString())
        .endsWith("nginx goes by hash $http_authorization consistent, the routes by user");
  }

  @Test
  void nginxJudgesEachRequest() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/usr/sbin/nginx")), "nginx is not installed");
    Map<?, ?> report = compare("--ask-nginx");
    assertThat(report.get("asked")).isEqualTo(report.get("requests"));
    assertThat((Integer) report.get("asked")).isGreaterThan(1000);
    assertThat(report.get("disagreements")).as("%s", report.get("disagreeing")).isEqualTo(0);
  }

  @Test
  void aLogRanksTheDifferences() throws IOException {
    Path log =
        Files.writeString(
            directory.resolve("access.log"),
            """
            203.0.113.7 - - [29/Nov/2026:01:00:00 +0000] "PUT /_matrix/client/v3/rooms/!r:hs/typing/@u:hs HTTP/1.1" 200 2 "-" "-"
            203.0.113.7 - - [29/Nov/2026:01:00:01 +0000] "GET /_matrix/client/v3/sync?since=s1 HTTP/1.1" 200 2 "-" "-"
            203.0.113.7 - - [29/Nov/2026:01:00:02 +0000] "GET /_matrix/client/v3/sync?since=s2 HTTP/1.1" 200 2 "-" "-"
            """);
    List<?> rows = (List<?>) compare("--from-log", log.toString()).get("rows");
    assertThat(rows)
        .filteredOn(row -> (Integer) ((Map<?, ?>) row).get("logged") > 0)
        .extracting(row -> ((Map<?, ?>) row).get("nginx") + " " + ((Map<?, ?>) row).get("logged"))
        .containsExactly("typing 1", "normal 2");
  }

  @Test
  void aFaultHasItsPlace() throws IOException {
    Path site = Files.writeString(directory.resolve("bad.conf"), "server {\n listen 80\n}\n");
    PrintStream before = System.err;
    ByteArrayOutputStream error = new ByteArrayOutputStream();
    System.setErr(new PrintStream(error, true, StandardCharsets.UTF_8));
    try {
      CommandOutput.ofStatus(1, "import", "--compare", site.toString());
    } finally {
      System.setErr(before);
    }
    assertThat(error.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            site + ":3: unexpected \"}\"; is there a \";\" missing before it? [bad-nginx-file]\n");
  }
}
