// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetTest {
  private static final String TYPING = "routes/typing.camel.yaml";

  @TempDir Path directory;

  @Test
  void writesAndAfterwardsHasNothingToWrite() throws IOException {
    Map<String, String> files = Map.of(TYPING, "one\n", "import-report.md", "page\n");
    new Target(directory).write(files);
    assertThat(directory.resolve(TYPING)).hasContent("one");
    String digests = Files.readString(directory.resolve(Target.DIGESTS));
    assertThat(new Target(directory).changed(files)).isEmpty();
    new Target(directory).write(files);
    assertThat(Files.readString(directory.resolve(Target.DIGESTS))).isEqualTo(digests);
    try (Stream<Path> left = Files.walk(directory)) {
      assertThat(left.filter(Files::isRegularFile)).hasSize(3);
    }
  }

  @Test
  void replacesItsOwnFiles() throws IOException {
    new Target(directory).write(Map.of(TYPING, "one\n"));
    assertThat(new Target(directory).edited(Map.of(TYPING, "two\n"))).isEmpty();
    new Target(directory).write(Map.of(TYPING, "two\n"));
    assertThat(new Target(directory).edited(Map.of(TYPING, "one\n"))).isEmpty();
  }

  @Test
  void replacesWhatComesWithTheGateway() throws IOException {
    Files.createDirectories(directory.resolve("routes"));
    Files.writeString(directory.resolve(TYPING), Shipped.route("typing"));
    assertThat(new Target(directory).edited(Map.of(TYPING, "two\n"))).isEmpty();
  }

  @Test
  void tellsAndKeepsWhatSomebodyHasEdited() throws IOException {
    new Target(directory).write(Map.of(TYPING, "one\n"));
    Files.writeString(directory.resolve(TYPING), "one, edited\n");
    Target target = new Target(directory);
    assertThat(target.edited(Map.of(TYPING, "two\n"))).containsExactly(TYPING);
    assertThat(target.edited(Map.of(TYPING, "one, edited\n"))).isEmpty();
    target.write(Map.of(TYPING, "two\n"));
    assertThat(directory.resolve(TYPING)).hasContent("two");
    assertThat(directory.resolve(TYPING + ".before-import")).hasContent("one, edited");
  }

  @Test
  void aDigestIsOfOneFileOnly() throws IOException {
    new Target(directory).write(Map.of(TYPING, "one\n"));
    Files.writeString(directory.resolve("routes/media.camel.yaml"), "one\n");
    assertThat(new Target(directory).edited(Map.of("routes/media.camel.yaml", "two\n"))).hasSize(1);
  }
}
