// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoggedRequestsTest {
  @TempDir Path directory;

  @Test
  void linesAreReadWhateverTheirLengthAndEnd() throws Exception {
    Path file = directory.resolve("access.log");
    Files.writeString(file, "one\n\n" + "x".repeat(1_000_000) + "\nlast");

    try (LoggedRequests log = LoggedRequests.open(file)) {
      assertThat(log.next()).isEqualTo("one");
      assertThat(log.next()).isEmpty();
      assertThat(log.next()).hasSize(64 * 1024);
      assertThat(log.next()).isEqualTo("last");
      assertThat(log.next()).isNull();
      assertThat(log.percent()).isEqualTo(100);
    }
  }

  @Test
  void packedLinesAreRead() throws Exception {
    Path file = directory.resolve("access.log.1.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("one\ntwo\n".getBytes(UTF_8));
    }
    try (LoggedRequests log = LoggedRequests.open(file)) {
      assertThat(log.next()).isEqualTo("one");
      assertThat(log.next()).isEqualTo("two");
      assertThat(log.next()).isNull();
    }
  }
}
