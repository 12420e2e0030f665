// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The layout for systemd's journal: each line begins with the priority of its record, which
 * journald takes away and by which {@code journalctl -p warning} finds it (sd-daemon(3)).
 */
final class JournalLayout extends PatternLayout {
  private static final Path OUTPUT = Path.of("/proc/self/fd/1");
  private static final Pattern LINE = Pattern.compile("(?m)^(?=.)");

  /** Whether standard output is the journal. */
  static boolean isWanted() {
    return leadsTo(OUTPUT, System.getenv("JOURNAL_STREAM"));
  }

  /**
   * Whether a file is the one that systemd names.
   *
   * @param stream device and inode, {@code 8:1234} (systemd.exec(5)); null if there is no systemd
   */
  static boolean leadsTo(Path file, String stream) {
    if (stream == null) {
      return false;
    }
    try {
      return stream.equals(
          Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino"));
    } catch (IOException e) {
      return false; // unknown, so the lines stay plain
    }
  }

  @Override
  public String doLayout(ILoggingEvent event) {
    String prefix = Matcher.quoteReplacement("<" + priority(event.getLevel()) + ">");
    return LINE.matcher(super.doLayout(event)).replaceAll(prefix);
  }

  /** As syslog(3) numbers them. */
  private static int priority(Level level) {
    if (level.isGreaterOrEqual(Level.ERROR)) {
      return 3;
    }
    if (level.isGreaterOrEqual(Level.WARN)) {
      return 4;
    }
    return level.isGreaterOrEqual(Level.INFO) ? 6 : 7;
  }
}
