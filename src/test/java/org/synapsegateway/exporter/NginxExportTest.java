// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.explain.DryRun;
import org.synapsegateway.importer.compare.Comparison;
import org.synapsegateway.importer.compare.Report;
import org.synapsegateway.importer.compare.ReportText;
import org.synapsegateway.importer.compare.Verdict;
import org.synapsegateway.importer.nginx.Judge;
import org.synapsegateway.importer.nginx.Site;

/** What {@link NginxExport} writes decides as the routes do, by nginx's own word. */
class NginxExportTest {
  private static final Path NGINX = Path.of("/usr/sbin/nginx");

  @TempDir Path directory;

  /** The shipped routes, with those of another directory in place of the same. */
  private DryRun started(String others) throws IOException {
    return started(others, Map.of());
  }

  private DryRun started(String others, Map<String, String> settings) throws IOException {
    Path routes = Files.createDirectory(directory.resolve("routes"));
    for (String from : List.of("routes", others)) {
      try (Stream<Path> files = Files.list(Path.of(from))) {
        for (Path file : files.toList()) {
          Files.copy(file, routes.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    Map<String, String> all = new HashMap<>(settings);
    all.put("camel.main.routesIncludePattern", "file:" + routes + "/*.camel.yaml");
    return DryRun.start(all);
  }

  private Path exported(DryRun dryRun) throws IOException {
    NginxExport export = NginxExport.of(dryRun.context(), dryRun.settings());
    return Files.writeString(directory.resolve("nginx.conf"), export.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"routes", "examples/synapse/routes"})
  void nginxTakesIt(String routes) throws Exception {
    assumeTrue(Files.isExecutable(NGINX), "nginx is not installed");
    try (DryRun dryRun = started(routes)) {
      exported(dryRun);
      Process test = nginx("-t", "-g", "pid %s/pid; error_log stderr;".formatted(directory));
      assertThat(test.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(test.exitValue()).as(Files.readString(directory.resolve("told"))).isZero();
    }
  }

  /** Where the gateway does not know the client, nginx must not let it in either. */
  @ParameterizedTest
  @CsvSource({
    "'127.0.0.0/8', '', 502, http",
    "'127.0.0.0/8', 'X-Forwarded-For: 192.0.2.1', 403, ''",
    "'127.0.0.0/8', 'X-Forwarded-For: 10.0.0.1', 502, ''",
    "'127.0.0.0/8', 'X-Forwarded-For: 10.0.0.1, 192.0.2.1', 403, ''",
    "'127.0.0.0/8', 'X-Forwarded-For: 192.0.2.1, 127.0.0.9', 403, ''",
    "'127.0.0.0/8', 'X-Forwarded-For: unknown', 403, ''",
    "'127.0.0.0/8', 'X-Real-IP: 10.0.0.1', 403, http",
    "'127.0.0.0/8', 'Forwarded: for=10.0.0.1', 403, http",
    "'127.0.0.0/8', 'Via: 1.1 front', 403, http",
    "'127.0.0.0/8', 'X-Forwarded-For: 10.0.0.1|X-Forwarded-Proto: https', 502, https",
    "'127.0.0.0/8', 'X-Forwarded-For: 10.0.0.1|X-Forwarded-Proto: https, HTTP', 502, http",
    "'127.0.0.0/8', 'X-Forwarded-For: 10.0.0.1|X-Forwarded-Proto: http, HTTPS', 502, https",
    "'127.0.0.0/8', 'X-Forwarded-For: 10.0.0.1|X-Forwarded-Proto: ftp', 502, http",
    "'127.0.0.0/8', 'X-Forwarded-Proto: https', 502, https",
    "'192.0.2.0/24', '', 502, http",
    "'192.0.2.0/24', 'X-Forwarded-For: 10.0.0.1', 403, http",
    "'192.0.2.0/24', 'X-Forwarded-For: 10.0.0.1|X-Forwarded-Proto: https', 403, http",
    "'unix:', 'X-Forwarded-For: 10.0.0.1', 403, http",
  })
  void privateClientsAreThoseOfTheGateway(String trusted, String fields, int status, String scheme)
      throws Exception {
    assumeTrue(Files.isExecutable(NGINX), "nginx is not installed");
    int port = freePort();
    Map<String, String> settings =
        Map.of("gateway.listen", "http://127.0.0.1:" + port, "gateway.trusted-proxies", trusted);
    try (DryRun dryRun = started("routes", settings)) {
      String text = NginxExport.of(dryRun.context(), dryRun.settings()).toString();
      String asked = "    location = /asked { return 200 \"<$client_scheme>\"; }\n    location / {";
      Files.writeString(directory.resolve("nginx.conf"), text.replace("    location / {", asked));
      Process nginx = nginx("-g", "daemon off; pid %s/pid; error_log stderr;".formatted(directory));
      try {
        await()
            .ignoreExceptions()
            .untilAsserted(() -> assertThat(ask(port, "/asked", "")).startsWith("HTTP/1.1 200 "));
        assertThat(ask(port, "/_synapse/admin/v1/users", fields))
            .startsWith("HTTP/1.1 " + status + " ");
        assertThat(ask(port, "/asked", fields)).endsWith("\r\n\r\n<" + scheme + ">");
      } finally {
        nginx.destroy();
        assertThat(nginx.waitFor(20, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  private Process nginx(String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(NGINX.toString(), "-p", directory.toString(), "-c"));
    command.add(directory.resolve("nginx.conf").toString());
    command.addAll(List.of(options));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("told").toFile())
        .start();
  }

  private static String ask(int port, String path, String fields) throws IOException {
    String more = fields.isEmpty() ? "" : fields.replace("|", "\r\n") + "\r\n";
    String head = "GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + more + "\r\n";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** All paths there are, and each request is asked of the nginx that runs the file. */
  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"routes", "examples/synapse/routes"})
  void allRequestsGoWhereTheRoutesSendThem(String routes) throws IOException {
    try (DryRun dryRun = started(routes)) {
      Site site = Site.read(exported(dryRun));
      try (Judge judge = Files.isExecutable(NGINX) ? Judge.start(NGINX, site) : null) {
        Report report = Comparison.of(site, dryRun, Map.of(), judge, null);
        assertThat(report.requests()).isGreaterThan(1000);
        assertThat(report.disagreements()).as("%s", report.disagreeing()).isZero();
        List<Report.Row> others =
            report.rows().stream().filter(row -> row.verdict() != Verdict.SAME).toList();
        assertThat(others).as(ReportText.of(report)).allSatisfy(NginxExportTest::isListed);
      }
    }
  }

  /** What the file says it cannot do. */
  private static void isListed(Report.Row row) {
    boolean isMove = row.verdict() == Verdict.LOAD_DIFFERS;
    boolean isHiddenArgument = row.example().contains("full_state");
    assertThat(isMove || isHiddenArgument).as(row.toString()).isTrue();
  }
}
