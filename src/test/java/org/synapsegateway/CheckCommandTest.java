package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.synapsegateway.management.Json;

class CheckCommandTest {
  private static String outputOf(String... command) {
    PrintStream before = System.out;
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
    try {
      assertThat(Gateway.run(command)).isZero();
    } finally {
      System.setOut(before);
      LogCapture.restoreLevels();
    }
    return output.toString(StandardCharsets.UTF_8);
  }

  @Test
  void scriptsReadWhatPeopleRead() {
    Map<?, ?> report = Json.read(outputOf("check", "--files", "--json"), Map.class);
    assertThat(report.get("errors")).isEqualTo(List.of());
    assertThat(report.get("warnings")).isEqualTo(List.of());
    List<String> lines =
        ((List<?>) report.get("rows"))
            .stream()
                .map(row -> (Map<?, ?>) row)
                .map(row -> row.get("what") + " " + row.get("where") + " " + row.get("state"))
                .toList();
    assertThat(lines).contains("settings config/application.properties ok", "steps routes ok");

    List<String> people =
        outputOf("check", "--files")
            .lines()
            .skip(1)
            .takeWhile(line -> !line.isEmpty())
            .map(line -> line.strip().replaceAll(" {2,}", " "))
            .toList();
    assertThat(people).hasSameSizeAs(lines);
    for (int i = 0; i < lines.size(); i++) {
      assertThat(people.get(i)).startsWith(lines.get(i).strip());
    }
  }
}
