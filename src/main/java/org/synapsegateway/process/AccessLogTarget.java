package org.synapsegateway.process;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.recovery.ResilientOutputStreamBase;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.status.Status;
import ch.qos.logback.core.status.StatusListener;
import ch.qos.logback.core.util.FileSize;
import java.util.function.Predicate;
import org.slf4j.LoggerFactory;
import org.synapsegateway.accesslog.AccessLog;
import org.synapsegateway.settings.Setting;

/**
 * Where the access log goes: to a file, to standard output, or where config/logback.xml says.
 *
 * <p>Logback throws away what it cannot write to a file, on a full disk for instance, and tries
 * again later; this class notices, tells it in the log once, and once when it works again. Confined
 * to the thread that writes.
 */
final class AccessLogTarget implements Predicate<String>, StatusListener, AutoCloseable {
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(AccessLogTarget.class);
  private static final int DAYS = 14;

  /** What Logback's status says when it can write again; that it tries is told too. */
  private static final String RECOVERED = "Recovered";

  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final Logger logger = context.getLogger(AccessLog.LOGGER);
  private final OutputStreamAppender<ILoggingEvent> appender;
  private boolean fails;

  /**
   * Opens it.
   *
   * @param file empty for standard output
   * @throws IllegalStateException if the file cannot be written; says why
   */
  AccessLogTarget(String file) {
    if (logger.iteratorForAppenders().hasNext()) {
      appender = null; // config/logback.xml has its own
      return;
    }
    appender = file.isEmpty() ? new ConsoleAppender<>() : rolling(file);
    appender.setContext(context);
    appender.setEncoder(Logging.encoder(context, new PatternLayout(), "%msg%n"));
    appender.start();
    if (!appender.isStarted()) {
      throw new IllegalStateException(
          Setting.ACCESS_LOG_FILE.key() + " = \"" + file + "\": cannot be written");
    }
    context.getStatusManager().add(this);
    logger.addAppender(appender);
    logger.setAdditive(false);
    logger.setLevel(Level.INFO);
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
    return !failed && !fails;
  }

  /** Logback tells of the first write that fails, and when it can write again. */
  @Override
  public void addStatusEvent(Status status) {
    if (!(status.getOrigin() instanceof ResilientOutputStreamBase)
        || status.getOrigin() != appender.getOutputStream()) {
      return;
    }
    boolean broken = status.getEffectiveLevel() >= Status.WARN;
    if (broken && !fails) {
      Throwable cause = status.getThrowable();
      LOG.error(
          "The access log cannot be written: {}; its lines are lost, and counted by"
              + " gateway_access_log_dropped_total",
          cause == null ? status.getMessage() : cause.getMessage());
      fails = true;
    } else if (fails && status.getMessage().startsWith(RECOVERED)) {
      LOG.info("The access log is written again");
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
