// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
    Path routes = Files.createDirectory(directory.resolve("routes"));
    for (String from : List.of("routes", others)) {
      try (Stream<Path> files = Files.list(Path.of(from))) {
        for (Path file : files.toList()) {
          Files.copy(file, routes.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    return DryRun.start(
        Map.of("camel.main.routesIncludePattern", "file:" + routes + "/*.camel.yaml"));
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
      Path told = directory.resolve("told");
      Process test =
          new ProcessBuilder(
                  NGINX.toString(),
                  "-t",
                  "-p",
                  directory.toString(),
                  "-c",
                  exported(dryRun).toString(),
                  "-g",
                  "pid %s/pid; error_log stderr;".formatted(directory))
              .redirectErrorStream(true)
              .redirectOutput(told.toFile())
              .start();
      assertThat(test.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(test.exitValue()).as(Files.readString(told)).isZero();
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
