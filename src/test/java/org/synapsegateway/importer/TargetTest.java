// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
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

  @Test
  void noEditIsLostBySecondForce() throws IOException {
    for (String mine : new String[] {"first edit\n", "second edit\n"}) {
      new Target(directory).write(Map.of(TYPING, "ours\n"));
      Files.writeString(directory.resolve(TYPING), mine);
      new Target(directory).write(Map.of(TYPING, "ours\n"));
    }
    assertThat(directory.resolve(TYPING + ".before-import")).hasContent("first edit");
    assertThat(directory.resolve(TYPING + ".before-import-2")).hasContent("second edit");
  }

  @Test
  void aFileOfOtherBytesThanTextIsSomebodysOwn() throws IOException {
    Files.createDirectories(directory.resolve("routes"));
    Files.write(directory.resolve(TYPING), new byte[] {(byte) 0xff, 0, (byte) 0xc0});
    Files.write(directory.resolve(Target.DIGESTS), new byte[] {(byte) 0xff, 0, (byte) 0xc0});
    assertThat(new Target(directory).edited(Map.of(TYPING, "two\n"))).containsExactly(TYPING);
  }

  @Test
  void aLinkIsSomebodysOwnAndWhatItLeadsToStays() throws IOException {
    Path mine = Files.writeString(directory.resolve("mine"), Shipped.route("typing"));
    Files.createDirectories(directory.resolve("routes"));
    Path link = Files.createSymbolicLink(directory.resolve(TYPING), mine);
    assertThat(new Target(directory).edited(Map.of(TYPING, "two\n"))).containsExactly(TYPING);
    new Target(directory).write(Map.of(TYPING, "two\n"));
    assertThat(mine).content().isEqualTo(Shipped.route("typing"));
    assertThat(link).isRegularFile().hasContent("two");
    assertThat(Files.readSymbolicLink(directory.resolve(TYPING + ".before-import")))
        .isEqualTo(mine);
  }

  @Test
  void aLinkToNothingIsSomebodysOwn() throws IOException {
    Files.createDirectories(directory.resolve("routes"));
    Files.createSymbolicLink(directory.resolve(TYPING), directory.resolve("gone"));
    assertThat(new Target(directory).edited(Map.of(TYPING, "two\n"))).containsExactly(TYPING);
  }

  @Test
  void settingsBehindALinkAreReplacedWhereTheyAreWithTheirMode() throws IOException {
    Path real = Files.writeString(directory.resolve("real"), "a=b\n");
    Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r-----"));
    Path link = directory.resolve(SettingsText.PATH);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, real);
    new Target(directory).write(Map.of(SettingsText.PATH, "a=c\n"));
    assertThat(link).isSymbolicLink();
    assertThat(real).hasContent("a=c");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
        .isEqualTo("rw-r-----");
  }

  @Test
  void nothingIsReplacedIfOneTextCannotBeWritten() throws IOException {
    new Target(directory).write(Map.of(TYPING, "one\n"));
    Files.writeString(directory.resolve("blocked"), "");
    Map<String, String> files = new LinkedHashMap<>();
    files.put(TYPING, "two\n");
    files.put("blocked/page", "page\n");
    assertThatThrownBy(() -> new Target(directory).write(files))
        .hasMessage(directory.resolve("blocked") + " is no directory");
    assertThat(directory.resolve(TYPING)).hasContent("one");
    try (Stream<Path> left = Files.walk(directory)) {
      assertThat(left.filter(file -> file.toString().endsWith(".new"))).isEmpty();
    }
  }

  @Test
  void aDirectoryInPlaceOfAFileIsToldByItsName() throws IOException {
    Path path = Files.createDirectories(directory.resolve(TYPING));
    assertThatThrownBy(() -> new Target(directory).edited(Map.of(TYPING, "two\n")))
        .hasMessage(path + ": Is a directory");
  }
}
