// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.synapsegateway.explain.DryRun;
import org.synapsegateway.importer.MadeSite.Shape;
import org.synapsegateway.importer.compare.Comparison;
import org.synapsegateway.importer.compare.Report;
import org.synapsegateway.importer.compare.ReportText;
import org.synapsegateway.importer.compare.Verdict;
import org.synapsegateway.importer.nginx.Judge;
import org.synapsegateway.importer.nginx.Site;

/** Sites that are made up, printed as YAML and as nginx.conf in each shape that people use. */
class FaithfulTest {
  private static final Path NGINX = Path.of("/usr/sbin/nginx");
  private static final int SITES = Integer.getInteger("tests.sites", 2);
  private static final long SEED = Long.getLong("fuzz.seed", 1);

  /** How many requests nginx judges at least in one test of many sites. */
  private static final int WITNESSES = Integer.getInteger("tests.witnesses", 500);

  @TempDir Path directory;

  /** How an nginx.conf tells where a path goes. */
  static Stream<String> sites() {
    List<String> sites = new ArrayList<>();
    for (Shape shape : Shape.values()) {
      for (int i = 0; i < SITES; i++) {
        sites.add(shape + " " + i);
      }
    }
    return sites.stream();
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("sites")
  void nothingIsDecidedOtherwise(String name) throws IOException {
    Report report = compare(name, directory);
    assertThat(report.requests()).isGreaterThan(50);
  }

  /** Site after site, each in another shape, until nginx has judged so many requests. */
  @Test
  void nginxJudgesAsManyRequestsAsAreWanted() throws IOException {
    assumeTrue(Files.isExecutable(NGINX), "nginx is not installed");
    List<Shape> shapes = List.of(Shape.values());
    int judged = 0;
    for (int i = 0; judged < WITNESSES; i++) {
      Shape shape = shapes.get(i % shapes.size());
      Path site = Files.createDirectory(directory.resolve("site" + i));
      int asked = compare(shape + " of many " + i, site).asked();
      assertThat(asked).isPositive();
      judged += asked;
    }
    assertThat(judged).isGreaterThanOrEqualTo(WITNESSES);
  }

  /** Imports a site, and compares its nginx with the routes that were written for it. */
  private static Report compare(String name, Path directory) throws IOException {
    Random random = new Random(SEED * 1_000_003 + name.hashCode());
    Path nginx = directory.resolve("nginx.conf");
    MadeSite made = new MadeSite(random);
    made.write(directory);
    String text = made.nginx(Shape.valueOf(name.substring(0, name.indexOf(' '))));
    Files.writeString(nginx, text);
    Import imported =
        Import.of(
            List.of(directory.resolve("homeserver.yaml"), directory.resolve("workers")),
            directory.resolve("out"),
            NginxProxy.read(nginx, true),
            false);
    Path out = directory.resolve("out");
    new Target(out).write(imported.files());
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("camel.main.routesIncludePattern", "file:" + out + "/routes/*.camel.yaml");
    properties.put("gateway.workers.directory", "/run/s");
    properties.put("gateway.private-clients", "0.0.0.0/0 ::/0");
    Site site = Site.read(nginx);
    boolean judged = Files.isExecutable(NGINX);
    try (DryRun dryRun = DryRun.start(properties);
        Judge judge = judged ? Judge.start(NGINX, site) : null) {
      Report report = Comparison.of(site, dryRun, Map.of(), judge, null);
      assertThat(report.disagreements()).isZero();
      assertThat(differences(report)).as("%s%n%s", text, ReportText.of(report)).isEmpty();
      return report;
    }
  }

  /** Whatever is decided otherwise, but for the ways in which a path may be written. */
  private static List<Report.Row> differences(Report report) {
    return report.rows().stream()
        .filter(row -> row.verdict() != Verdict.SAME && !row.byEncoding())
        .toList();
  }
}
