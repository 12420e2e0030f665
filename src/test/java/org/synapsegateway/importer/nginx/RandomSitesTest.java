// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The evaluator and nginx decide alike, whatever the site; more sites with tests.sites. */
class RandomSitesTest {
  private static final int SITES = Integer.getInteger("tests.sites", 25);
  private static final int QUESTIONS = 40;
  private static final long SEED = Long.getLong("fuzz.seed", 1);

  @Test
  void theEvaluatorDecidesAsNginx() throws IOException {
    assumeTrue(Files.isExecutable(EvaluatorTest.NGINX), "nginx is not installed");
    int sent = 0;
    for (int i = 0; i < SITES; i++) {
      Random random = new Random(SEED * 1_000_003 + i);
      RandomSite made = new RandomSite(random);
      String text = made.text();
      Site site = Site.parse("site" + i, text);
      Evaluator evaluator = new Evaluator(site);
      try (Judge judge = Judge.start(EvaluatorTest.NGINX, site)) {
        for (int j = 0; j < QUESTIONS; j++) {
          Question question = made.question();
          Decision decision = evaluator.decide(question);
          assertThat(Judge.disagreement(decision, judge.ask(question)))
              .as("%s%n%s%n%s", text, question, decision)
              .isNull();
          assertThat(decision.kind())
              .as("%s%n%s", text, question)
              .isNotEqualTo(Decision.Kind.UNKNOWN);
          sent += decision.kind() == Decision.Kind.SENT ? 1 : 0;
        }
      } catch (IOException e) {
        throw new IOException(text, e);
      }
    }
    assertThat(sent).isGreaterThan(SITES * QUESTIONS / 8);
  }
}
