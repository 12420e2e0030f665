package org.synapsegateway.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The README lists every {@link Meter}, as Prometheus shows it. */
class MeterTest {
  @Test
  void theReadmeHasARowForEveryMeter() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("README.md")).stream()
            .filter(line -> line.startsWith("| `gateway_"))
            .toList();
    assertThat(rows).isEqualTo(Arrays.stream(Meter.values()).map(MeterTest::row).toList());
  }

  private static String row(Meter meter) {
    return "| `%s%s` | %s | %s |"
        .formatted(
            meter.prometheusName(),
            meter.tags().isEmpty() ? "" : "{" + String.join(",", meter.tags()) + "}",
            meter.kind().name().toLowerCase(Locale.ROOT),
            meter.purpose());
  }
}
