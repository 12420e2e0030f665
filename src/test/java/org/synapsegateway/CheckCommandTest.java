package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.synapsegateway.management.Json;

class CheckCommandTest {
  @Test
  void scriptsReadWhatPeopleRead() {
    Map<?, ?> report = Json.read(CommandOutput.of("check", "--files", "--json"), Map.class);
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
        CommandOutput.of("check", "--files")
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
