// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoggingTest {
  @TempDir Path directory;
  private final LoggerContext context = new LoggerContext();

  @Test
  void aFileThatIsXmlCounts() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("logback.xml"),
            "<configuration><root level=\"ERROR\"/></configuration>");
    assertThat(Logging.isConfigured(context, file)).isTrue();
    assertThat(context.getLogger("a").isWarnEnabled()).isFalse();
  }

  @Test
  void aFileThatIsNoXmlIsToldInOneLine() throws IOException {
    Path file = Files.writeString(directory.resolve("logback.xml"), "<configuration>\n<appender\n");
    PrintStream standard = System.err;
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
    try {
      assertThat(Logging.isConfigured(context, file)).isFalse();
    } finally {
      System.setErr(standard);
    }
    assertThat(told.toString(StandardCharsets.UTF_8).lines())
        .singleElement()
        .asString()
        .startsWith(file + ":3: ")
        .endsWith("; the log is as without the file");
    assertThat(context.getStatusManager().getCopyOfStatusList()).isEmpty();
  }
}
