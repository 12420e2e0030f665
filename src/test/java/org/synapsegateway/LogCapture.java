// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** What a class logs while a test looks, or all of them. */
public final class LogCapture extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private final Logger logger;
  private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();

  public static LogCapture of(Class<?> of) {
    return new LogCapture(of);
  }

  public LogCapture(Class<?> of) {
    this(of.getName());
  }

  private LogCapture(String name) {
    restoreLevels(); // whichever test has run before
    logger = (Logger) LoggerFactory.getLogger(name);
    start();
    logger.addAppender(this);
  }

  public static LogCapture ofAll() {
    return new LogCapture(Logger.ROOT_LOGGER_NAME);
  }

  /** Turns the log on again, which a command turns off for the whole process. */
  static void restoreLevels() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.getLoggerList().stream()
        .filter(logger -> logger.getLevel() == Level.OFF)
        .filter(logger -> !logger.getName().contains("AbstractCamelContext"))
        .forEach(
            logger ->
                logger.setLevel(
                    logger.getName().startsWith("org.apache") ? Level.WARN : Level.INFO));
  }

  @Override
  protected void append(ILoggingEvent event) {
    events.add(event);
  }

  /** The messages so far. */
  public List<String> messages() {
    return events.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  /** The messages of this level so far. */
  public List<String> messages(Level level) {
    return events.stream()
        .filter(event -> event.getLevel() == level)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  /** The messages of the exceptions so far, with those of their causes. */
  public List<String> causes() {
    return events.stream()
        .map(ILoggingEvent::getThrowableProxy)
        .flatMap(thrown -> Stream.iterate(thrown, Objects::nonNull, IThrowableProxy::getCause))
        .map(IThrowableProxy::getMessage)
        .toList();
  }

  @Override
  public void close() {
    logger.detachAppender(this);
  }
}
