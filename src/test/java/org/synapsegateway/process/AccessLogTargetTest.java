// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.LogCapture;
import org.synapsegateway.settings.Settings;

/** The file of the access log, when its disk is full and when logrotate moves it away. */
class AccessLogTargetTest {
  @TempDir Path directory;

  private static AccessLogTarget target(Path file, String rotate) {
    Map<String, String> given =
        Map.of("gateway.access-log.file", file.toString(), "gateway.access-log.rotate", rotate);
    return new AccessLogTarget(new Settings(key -> Optional.ofNullable(given.get(key))), true);
  }

  /** A device that can be opened and takes nothing. Only root may make one, as in CI. */
  private Path fullDisk() throws IOException, InterruptedException {
    Path disk = directory.resolve("access.log");
    int status = new ProcessBuilder("mknod", disk.toString(), "c", "1", "7").start().waitFor();
    assumeTrue(status == 0);
    return disk;
  }

  @Test
  void aFullDiskIsToldOnceHoweverManyLinesItTakes() throws Exception {
    Path disk = fullDisk();
    try (LogCapture log = new LogCapture(AccessLogTarget.class);
        AccessLogTarget target = target(disk, "on")) {
      for (int i = 0; i < 1_000; i++) {
        assertThat(target.test("lost")).isFalse();
      }
      String told =
          "The access log cannot be written: No space left on device; its lines are lost, and"
              + " counted by gateway_access_log_dropped_total";
      assertThat(log.messages()).containsExactly(told);

      Files.delete(disk);
      await().until(() -> target.test("kept"));
      assertThat(log.messages()).isEqualTo(List.of(told, "The access log can be written again"));
      assertThat(Files.readString(disk)).isEqualTo("kept\n");
    }
  }

  @Test
  void aFileThatLogrotateMovesIsMadeAnewWhenItSaysSo() throws Exception {
    Path file = directory.resolve("access.log");
    Path moved = directory.resolve("access.log.1");
    try (AccessLogTarget target = target(file, "off")) {
      assertThat(target.test("one")).isTrue();
      Files.move(file, moved);
      assertThat(target.test("two")).isTrue();
      target.reopen();
      assertThat(target.test("three")).isTrue();
    }
    assertThat(moved).hasContent("one\ntwo");
    assertThat(file).hasContent("three");
  }

  @Test
  void aFileThatIsMovedAwayIsMadeAnewAtOnceWhereTheGatewayRotates() throws Exception {
    Path file = directory.resolve("access.log");
    Path moved = directory.resolve("access.log.1");
    try (AccessLogTarget target = target(file, "on")) {
      assertThat(target.test("one")).isTrue();
      Files.move(file, moved);
      assertThat(target.test("two")).isTrue();
      target.reopen();
      assertThat(target.test("three")).isTrue();
    }
    assertThat(moved).hasContent("one");
    assertThat(file).hasContent("two\nthree");
  }

  @Test
  void aFileThatCannotBeMadeAnewGoesOnWhereItIs() throws Exception {
    Path file = directory.resolve("access.log");
    Path moved = directory.resolve("access.log.1");
    try (LogCapture log = new LogCapture(AccessLogTarget.class);
        AccessLogTarget target = target(file, "off")) {
      Files.move(file, moved);
      Files.createDirectory(file);
      target.reopen();
      assertThat(log.messages())
          .containsExactly("Cannot reopen the access log; the old file stays in use");
      assertThat(target.test("kept")).isTrue();
    }
    assertThat(moved).hasContent("kept");
  }
}
