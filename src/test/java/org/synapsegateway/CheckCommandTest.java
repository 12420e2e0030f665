// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.management.Json;
import org.synapsegateway.tls.TestCertificate;

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

  @Test
  void certificatesAreLookedAtWithTheNamesThatTheyAreFor(@TempDir Path directory) throws Exception {
    TestCertificate.of("example.org").writeTo(directory.resolve("good"));
    TestCertificate.of("broken.example.org").writeTo(directory.resolve("broken"));
    Path key = directory.resolve("broken/privkey.pem");
    Files.writeString(key, TestCertificate.of("x").key());
    Map<String, String> settings =
        Map.of(
            "gateway.tls.certificates",
            directory.resolve("good") + " " + directory.resolve("broken"),
            "gateway.well-known.server",
            "{\"m.server\": \"matrix.example.org:443\"}");
    settings.forEach(System::setProperty);
    try {
      Map<?, ?> report =
          Json.read(CommandOutput.ofStatus(1, "check", "--files", "--json"), Map.class);
      assertThat(report.get("errors").toString()).contains("code=bad-certificate, place=" + key);
      assertThat(report.get("warnings").toString())
          .contains("code=uncovered-host", "value=matrix.example.org")
          .contains("code=self-signed");
      assertThat(report.get("rows").toString()).contains("certificate example.org");
    } finally {
      settings.keySet().forEach(System::clearProperty);
    }
  }
}
