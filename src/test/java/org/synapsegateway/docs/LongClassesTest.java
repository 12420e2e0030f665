// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/RATIONALE.md has a reason for each class of main code that is long, and for no other. */
class LongClassesTest {
  private static final Path CODE = Path.of("src/main/java/org/synapsegateway");

  /** 300 lines, and the one that names the licence. */
  private static final int MAX_LINES = 301;

  @Test
  void eachClassThatIsLongHasAReason() throws IOException {
    assertThat(reasons()).isSorted().containsExactlyElementsOf(longClasses());
  }

  private static List<String> longClasses() throws IOException {
    try (Stream<Path> files = Files.walk(CODE)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> lines(file).size() > MAX_LINES)
          .map(file -> CODE.relativize(file).toString().replaceFirst("\\.java$", ""))
          .sorted()
          .toList();
    }
  }

  private static List<String> reasons() {
    return lines(Path.of("docs/RATIONALE.md")).stream()
        .dropWhile(line -> !line.startsWith("| class "))
        .skip(2)
        .takeWhile(line -> line.startsWith("| "))
        .map(line -> line.replaceFirst("\\| `([^`]*)`.*", "$1"))
        .toList();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
