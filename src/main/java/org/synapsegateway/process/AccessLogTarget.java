// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.recovery.ResilientOutputStreamBase;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.status.Status;
import ch.qos.logback.core.status.StatusListener;
import ch.qos.logback.core.util.FileSize;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
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
 * <p>Logback throws away what it cannot write to a file, on a full disk for instance, and tries
 * again later; this class notices, and tells it in the log: once a minute at most while lines are
 * lost, and when one has been written again. Confined to the thread that writes.
 */
final class AccessLogTarget implements Predicate<String>, StatusListener, AutoCloseable {
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(AccessLogTarget.class);
  private static final int DAYS = 14;
  private static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** The text of Logback's status when it can write again; attempts have a status too. */
  private static final String RECOVERED = "Recovered";

  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final Logger logger = context.getLogger(AccessLog.LOGGER);
  private final OutputStreamAppender<ILoggingEvent> appender;
  private boolean fails;
  private String reason;

  /** Whether the log has said that lines are lost, and not yet that they are written again. */
  private boolean told;

  private long toldAt;

  /**
   * Opens it.
   *
   * @throws IllegalStateException if the file cannot be written; says why
   */
  AccessLogTarget(Settings settings) {
    if (logger.iteratorForAppenders().hasNext()) {
      appender = null; // config/logback.xml has its own
      return;
    }
    String file = settings.text(Setting.ACCESS_LOG_FILE);
    if (file.isEmpty()) {
      appender = new ConsoleAppender<>();
    } else if (settings.text(Setting.ACCESS_LOG_ROTATE).equals("on")) {
      appender = rolling(file);
    } else {
      appender = plain(file);
    }
    appender.setContext(context);
    appender.setEncoder(Logging.encoder(context, new PatternLayout(), "%msg%n"));
    appender.start();
    if (!appender.isStarted()) {
      String key = Setting.ACCESS_LOG_FILE.key();
      throw ConfigurationException.of(
          Fault.of(
              Code.BAD_SETTING,
              key,
              "%s = \"%s\": user %s cannot write the file; create its directory, or change its owner"
                  .formatted(key, file, System.getProperty("user.name"))));
    }
    context.getStatusManager().add(this);
    logger.addAppender(appender);
    logger.setAdditive(false);
    logger.setLevel(Level.INFO);
  }

  private static FileAppender<ILoggingEvent> plain(String file) {
    FileAppender<ILoggingEvent> plain = new FileAppender<>();
    plain.setFile(file);
    return plain;
  }

  private RollingFileAppender<ILoggingEvent> rolling(String file) {
    RollingFileAppender<ILoggingEvent> rolling = new RollingFileAppender<>();
    rolling.setFile(file);
    SizeAndTimeBasedRollingPolicy<ILoggingEvent> policy = new SizeAndTimeBasedRollingPolicy<>();
    policy.setContext(context);
    policy.setParent(rolling);
    policy.setFileNamePattern(file + ".%d{yyyy-MM-dd}.%i.gz");
    policy.setMaxFileSize(FileSize.valueOf("100MB"));
    policy.setMaxHistory(DAYS);
    policy.start();
    rolling.setRollingPolicy(policy);
    return rolling;
  }

  /** Writes lines; returns whether they have been written. */
  @Override
  public boolean test(String lines) {
    boolean failed = fails; // then this write opens the file again, and is lost itself
    logger.info(lines);
    if (fails) {
      tellLoss();
    } else if (!failed) {
      tellSuccess();
    }
    return !failed && !fails;
  }

  /** Makes the file anew, as logrotate has moved it away; lines until then are in the moved one. */
  void reopen() {
    if (!(appender instanceof FileAppender<ILoggingEvent> file)) {
      return;
    }
    try {
      file.openFile(file.getFile());
      fails = false;
      LOG.info("The access log is opened again");
    } catch (IOException e) {
      LOG.error("Cannot reopen the access log; the old file stays in use", e);
    }
  }

  private void tellLoss() {
    long now = System.nanoTime();
    if (toldAt == 0 || now - toldAt >= AGAIN_NANOS) {
      LOG.error(
          "The access log cannot be written: {}; its lines are lost, and counted by"
              + " gateway_access_log_dropped_total",
          reason);
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

  /**
   * Logback tells of the first write that fails, and when it can open the file again, which a full
   * disk does not keep it from.
   */
  @Override
  public void addStatusEvent(Status status) {
    if (!(status.getOrigin() instanceof ResilientOutputStreamBase)
        || status.getOrigin() != appender.getOutputStream()) {
      return;
    }
    if (status.getEffectiveLevel() >= Status.WARN) {
      Throwable cause = status.getThrowable();
      reason = cause == null ? status.getMessage() : cause.getMessage();
      fails = true;
    } else if (status.getMessage().startsWith(RECOVERED)) {
      fails = false;
    }
  }

  @Override
  public void close() {
    if (appender != null) {
      context.getStatusManager().remove(this);
      logger.detachAppender(appender);
      appender.stop();
    }
  }
}
