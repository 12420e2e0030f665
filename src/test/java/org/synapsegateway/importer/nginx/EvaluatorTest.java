// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What nginx does with requests to sites of the shapes that occur; nginx itself is the judge. */
class EvaluatorTest {
  static final Path NGINX = Path.of("/usr/sbin/nginx");

  static Stream<Path> sites() throws IOException {
    return SiteCases.all();
  }

  @ParameterizedTest
  @MethodSource("sites")
  void decidesAsIsReadByEye(Path file) throws IOException {
    SiteCases site = SiteCases.read(file);
    Evaluator evaluator = new Evaluator(Site.read(site.configuration()));
    SoftAssertions softly = new SoftAssertions();
    for (SiteCases.SiteCase each : site.cases()) {
      String expected =
          each.outcome().matches("\\d{3}|other|\\?.*")
              ? each.outcome()
              : each.outcome() + " " + each.uri();
      softly
          .assertThat(SiteCases.told(evaluator.decide(each.question())))
          .as(each.line())
          .isEqualTo(expected);
    }
    softly.assertAll();
  }

  @ParameterizedTest
  @MethodSource("sites")
  void nginxDecidesSoToo(Path file) throws IOException {
    assumeTrue(Files.isExecutable(NGINX), "nginx is not installed");
    SiteCases cases = SiteCases.read(file);
    Site site = Site.read(cases.configuration());
    Evaluator evaluator = new Evaluator(site);
    SoftAssertions softly = new SoftAssertions();
    try (Judge judge = Judge.start(NGINX, site)) {
      for (SiteCases.SiteCase each : cases.cases()) {
        Decision decision = evaluator.decide(each.question());
        softly
            .assertThat(Judge.disagreement(decision, judge.ask(each.question())))
            .as(each.line())
            .isNull();
      }
    }
    softly.assertAll();
  }

  @Test
  void theJudgeTellsWhereTheEvaluatorIsWrong() {
    Site site = Site.parse("x", "server { location /a { proxy_pass http://unix:/a.sock; } }");
    Decision decision =
        new Evaluator(site)
            .decide(new Question("*:80", "x", "GET", "/a/b", List.of(), "192.0.2.1"));
    assertThat(
            Judge.disagreement(decision, new Judge.Observed("unix:/b.sock", "/a/b", Map.of(), 200)))
        .isEqualTo("the evaluator says unix:/a.sock /a/b, nginx unix:/b.sock /a/b");
    assertThat(
            Judge.disagreement(decision, new Judge.Observed("unix:/a.sock", "/a/b", Map.of(), 200)))
        .isNull();
  }

  @Test
  void theJudgeRunsNoCode() {
    Site site = Site.parse("x", "server { location / { content_by_lua_block { } } }");
    assertThatThrownBy(() -> Judge.start(NGINX, site))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "nginx is not asked, as the configuration runs code: content_by_lua_block at x:1");
  }
}
