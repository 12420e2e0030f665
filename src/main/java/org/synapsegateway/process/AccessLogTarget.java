// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.synapsegateway.accesslog.AccessLog;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * Where the access log goes: to a file, to standard output, or where config/logback.xml says.
 *
 * <p>Lines that cannot be written, for instance to a full disk, are lost. The log says so once a
 * minute at most, and when a line has been written again. Confined to the thread that writes, but
 * for {@link #follow}.
 */
final class AccessLogTarget implements Predicate<String>, AutoCloseable {
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(AccessLogTarget.class);
  private static final long MAX_BYTES = 100L * 1024 * 1024;
  private static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final Logger logger = context.getLogger(AccessLog.LOGGER);

  /** Null if it goes elsewhere. */
  private final @Nullable AccessLogFile file;

  /** Whether the log has said that lines are lost, and not yet that they are written again. */
  private boolean told;

  private long toldAt;

  /**
   * Opens it.
   *
   * @param leads whether this process may begin new files; another one does, otherwise
   * @throws IllegalStateException if the file cannot be written; says why
   */
  AccessLogTarget(Settings settings, boolean leads) {
    String name = settings.text(Setting.ACCESS_LOG_FILE);
    if (logger.iteratorForAppenders().hasNext()) {
      file = null; // config/logback.xml has its own
    } else if (name.isEmpty()) {
      file = null;
      writeToStandardOutput();
    } else {
      boolean rolls = settings.text(Setting.ACCESS_LOG_ROTATE).equals("on");
      file = open(name, rolls ? MAX_BYTES : 0, leads);
    }
  }

  private static AccessLogFile open(String name, long maxBytes, boolean leads) {
    try {
      return new AccessLogFile(Path.of(name), maxBytes, leads);
    } catch (IOException e) {
      String key = Setting.ACCESS_LOG_FILE.key();
      throw ConfigurationException.of(
          Fault.of(
              Code.BAD_SETTING,
              key,
              Files.isDirectory(Path.of(name))
                  ? "%s = \"%s\" is a directory; name a file in it".formatted(key, name)
                  : "%s = \"%s\": user %s cannot write the file; create its directory, or change its owner"
                      .formatted(key, name, System.getProperty("user.name"))),
          e);
    }
  }

  private void writeToStandardOutput() {
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setEncoder(Logging.encoder(context, new PatternLayout(), "%msg%n"));
    appender.start();
    logger.addAppender(appender);
    logger.setAdditive(false);
    logger.setLevel(Level.INFO);
  }

  /** Writes lines; returns whether they have been written. */
  @Override
  public boolean test(String lines) {
    if (file == null) {
      logger.info(lines);
      return true;
    }
    try {
      file.write(lines + "\n");
    } catch (IOException e) {
      tellLoss(e);
      return false;
    }
    tellSuccess();
    return true;
  }

  /**
   * Creates the file again after logrotate has renamed it; earlier lines are in the renamed file.
   */
  void reopen() {
    if (file != null) {
      try {
        file.reopen();
        LOG.info("The access log is opened again");
      } catch (IOException e) {
        LOG.error("Cannot reopen the access log; the old file stays in use", e);
      }
    }
  }

  /** Begins new files from now on, in place of the previous process. */
  void lead() {
    if (file != null) {
      try {
        file.lead();
      } catch (IOException e) {
        LOG.error("Cannot reopen the access log; the old file stays in use", e);
      }
    }
  }

  /** Follows the process that takes this one's place, which begins new files. For any thread. */
  void follow() {
    if (file != null) {
      file.follow();
    }
  }

  private void tellLoss(IOException e) {
    long now = System.nanoTime();
    if (toldAt == 0 || now - toldAt >= AGAIN_NANOS) {
      LOG.error(
          "The access log cannot be written: {}; its lines are lost, and counted by"
              + " gateway_access_log_dropped_total",
          e instanceof FileSystemException ? e.toString() : e.getMessage());
      told = true;
      toldAt = now;
    }
  }

  private void tellSuccess() {
    if (told) {
      LOG.info("The access log can be written again");
      told = false;
    }
  }

  @Override
  public void close() {
    if (file == null) {
      logger.detachAndStopAllAppenders();
      return;
    }
    try {
      file.close();
    } catch (IOException e) {
      LOG.debug("The access log did not close well", e);
    }
  }
}
