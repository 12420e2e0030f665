// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {
  @TempDir Path directory;
  private ConfigFiles files;
  private FileWatch watch;

  @BeforeEach
  void start() throws Exception {
    Files.writeString(directory.resolve("a.camel.yaml"), "a");
    files = new ConfigFiles(directory, "*.camel.yaml", directory.resolve("application.properties"));
    watch = new FileWatch(files::look, files.look());
  }

  private void write(String name, String text) throws Exception {
    Files.writeString(directory.resolve(name), text);
  }

  @Test
  void nothingIsToldWhileNothingChanges() {
    assertThat(watch.changed()).isFalse();
    assertThat(watch.changed()).isFalse();
  }

  @Test
  void aChangeIsToldOnceItRests() throws Exception {
    write("a.camel.yaml", "half");
    assertThat(watch.changed()).isFalse();
    write("a.camel.yaml", "half and half");
    assertThat(watch.changed()).isFalse();
    assertThat(watch.changed()).isTrue();
    assertThat(watch.changed()).isFalse();
  }

  /** A file that could not be read may be readable then. */
  @Test
  void anotherModeIsAChange() throws Exception {
    Path file = directory.resolve("a.camel.yaml");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    watch.taken();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(watch.changed()).isFalse();
    assertThat(watch.changed()).isTrue();
  }

  @Test
  void whatIsReadByHandIsNoChangeAnyMore() throws Exception {
    write("a.camel.yaml", "more");
    watch.taken();
    assertThat(watch.changed()).isFalse();
    assertThat(watch.changed()).isFalse();
    write("a.camel.yaml", "more and more");
    assertThat(watch.changed()).isFalse();
    assertThat(watch.changed()).isTrue();
  }

  @Test
  void newAndLostFilesAreChanges() throws Exception {
    write("b.camel.yaml", "b");
    assertThat(watch.changed()).isFalse();
    assertThat(watch.changed()).isTrue();
    Files.delete(directory.resolve("b.camel.yaml"));
    assertThat(watch.changed()).isFalse();
    assertThat(watch.changed()).isTrue();
  }

  @Test
  void theSettingsBelongToIt() throws Exception {
    write("application.properties", "x=y");
    assertThat(watch.changed()).isFalse();
    assertThat(watch.changed()).isTrue();
  }

  @Test
  void otherFilesDoNot() throws Exception {
    write("a.camel.yaml.swp", "x");
    assertThat(watch.changed()).isFalse();
    assertThat(watch.changed()).isFalse();
  }

  @Test
  void aDirectoryThatVanishesForAMomentIsNoEndOfTheWatch() throws Exception {
    Path aside = directory.resolveSibling("aside");
    Files.move(directory, aside);
    assertThat(watch.changed()).isFalse();
    assertThat(watch.changed()).isTrue();
    Files.move(aside, directory);
    assertThat(watch.changed()).isFalse();
    assertThat(watch.changed()).isTrue();
  }

  @Test
  void aFileThatNeverRestsDoesNotKeepTheOthersForEver() throws Exception {
    int told = 0;
    for (int look = 1; look <= 2 * FileWatch.UNREST_MAX; look++) {
      write("a.camel.yaml", "a".repeat(look));
      told += watch.changed() ? 1 : 0;
    }
    assertThat(told).isEqualTo(2);
  }
}
