package org.synapsegateway.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.LogCapture;

/** An access log on a full disk: a device that can be opened and takes nothing. */
class AccessLogTargetTest {
  @TempDir Path directory;

  /** Only root may make a device, as in CI. */
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
        AccessLogTarget target = new AccessLogTarget(disk.toString())) {
      for (int i = 0; i < 1_000; i++) {
        assertThat(target.test("lost")).isFalse();
      }
      String told =
          "The access log cannot be written: No space left on device; its lines are lost, and"
              + " counted by gateway_access_log_dropped_total";
      assertThat(log.messages()).containsExactly(told);

      Files.delete(disk);
      await().until(() -> target.test("kept"));
      assertThat(log.messages()).isEqualTo(List.of(told, "The access log is written again"));
      assertThat(Files.readString(disk)).isEqualTo("kept\n");
    }
  }
}
