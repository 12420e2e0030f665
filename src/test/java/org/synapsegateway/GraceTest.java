// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a stop may take, wherever that is said: each waits longer than what it waits for. */
class GraceTest {
  /** What clients ask for in {@code timeout=}. */
  private static final int POLL = 30;

  @TempDir Path directory;

  private static int seconds(String file, String pattern) throws IOException {
    Matcher found = Pattern.compile(pattern).matcher(Files.readString(Path.of(file)));
    assertThat(found.find()).as("%s in %s", pattern, file).isTrue();
    return Integer.parseInt(found.group(1));
  }

  @Test
  void theStopOutlastsAPollAndItsSupervisorOutlastsTheStop() throws Exception {
    int stop = seconds("config/application.properties", "camel\\.main\\.shutdownTimeout=(\\d+)");
    assertThat(stop).isGreaterThanOrEqualTo(POLL + 5);
    int delay = seconds("docs/two-hosts.md", "(?m)^gateway\\.stop-delay=(\\d+)s$");
    assertThat(seconds("config/synapse-gateway.service", "TimeoutStopSec=(\\d+)s"))
        .isGreaterThanOrEqualTo(delay + stop + 5);
    String values = "deploy/helm/synapse-gateway/values.yaml";
    assertThat(seconds(values, "(?m)^terminationGracePeriodSeconds: (\\d+)$"))
        .isGreaterThanOrEqualTo(seconds(values, "(?m)^stopDelay: (\\d+)s$") + stop + 5);
    assertThat(seconds("config/compose.yaml", "stop_grace_period: (\\d+)s"))
        .isGreaterThanOrEqualTo(stop + 5);
  }

  @Test
  void theStopIsAsLongWithoutAnySettings() throws Exception {
    try (TestGateway gateway =
        TestGateway.withSteps(directory, "- to: worker:unix:" + directory.resolve("w.sock"))) {
      assertThat(gateway.main().getCamelContext().getShutdownStrategy().getTimeout())
          .isEqualTo(
              seconds("config/application.properties", "camel\\.main\\.shutdownTimeout=(\\d+)"));
    }
  }
}
