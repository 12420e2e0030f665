// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lines that journald reads. */
class JournalLayoutTest {
  @TempDir Path directory;

  private static String layOut(Level level, Throwable thrown) {
    LoggerContext context = new LoggerContext();
    JournalLayout layout = new JournalLayout();
    layout.setContext(context);
    layout.setPattern("%level %msg%n%ex{2}");
    layout.start();
    Logger logger = context.getLogger("test");
    return layout.doLayout(new LoggingEvent("", logger, level, "it $1", thrown, null));
  }

  @ParameterizedTest
  @CsvSource({"ERROR, 3", "WARN, 4", "INFO, 6", "DEBUG, 7", "TRACE, 7"})
  void aRecordHasItsPriority(String level, int priority) {
    assertThat(layOut(Level.toLevel(level), null))
        .isEqualTo("<" + priority + ">" + level + " it $1\n");
  }

  @Test
  void soHasEachLineOfAnException() {
    assertThat(layOut(Level.ERROR, new IllegalStateException("no")).lines())
        .hasSizeGreaterThan(2)
        .allMatch(line -> line.startsWith("<3>"));
  }

  @Test
  void theJournalIsWhatSystemdSaysItIs() throws Exception {
    Path file = Files.createFile(directory.resolve("journal"));
    String stream =
        Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino");
    assertThat(JournalLayout.leadsTo(file, stream)).isTrue();
    assertThat(JournalLayout.leadsTo(file, "1:1")).isFalse();
    assertThat(JournalLayout.leadsTo(file, null)).isFalse();
    assertThat(JournalLayout.leadsTo(directory.resolve("none"), stream)).isFalse();
  }
}
