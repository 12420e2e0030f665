// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/reference/languages.md has a row for each language that the gateway adds to Camel. */
class LanguagesPageTest {
  private static final Path SERVICES =
      Path.of("src/generated/resources/META-INF/services/org/apache/camel/language");

  @Test
  void thePageHasARowForEachLanguage() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("docs/reference/languages.md")).stream()
            .dropWhile(line -> !line.startsWith("| language |"))
            .skip(2)
            .takeWhile(line -> line.startsWith("| "))
            .map(line -> line.replaceFirst("\\| `(\\w+)` .*", "$1"))
            .toList();
    try (Stream<Path> services = Files.list(SERVICES)) {
      assertThat(rows)
          .containsExactlyInAnyOrderElementsOf(
              services.map(Path::getFileName).map(Path::toString).toList());
    }
  }
}
