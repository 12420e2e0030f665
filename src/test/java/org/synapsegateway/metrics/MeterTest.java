// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.metrics;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.synapsegateway.docs.GeneratedPart;

/** docs/reference/metrics.md lists every {@link Meter}, as Prometheus shows it. */
class MeterTest {
  @Test
  void thePageHasARowForEveryMeter() throws IOException {
    String rows = Arrays.stream(Meter.values()).map(MeterTest::row).collect(Collectors.joining());
    GeneratedPart.check(
        "metrics.md", "| meter | kind | what it counts |\n| --- | --- | --- |\n" + rows);
  }

  private static String row(Meter meter) {
    return "| `%s%s` | %s | %s |\n"
        .formatted(
            meter.prometheusName(),
            meter.tags().isEmpty() ? "" : "{" + String.join(",", meter.tags()) + "}",
            meter.kind().name().toLowerCase(Locale.ROOT),
            meter.purpose());
  }
}
