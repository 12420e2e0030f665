// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xml.sax.SAXParseException;

/**
 * Configures the log: one line a record on standard output, with its priority where that leads to
 * systemd's journal, unless config/logback.xml says otherwise.
 *
 * <p>In code, because to read it from XML took a quarter of the gateway's start. Line ends in a
 * message become spaces, so that a message cannot forge a record.
 */
public final class Logging extends ContextAwareBase implements Configurator {
  private static final Path FILE = Path.of("config/logback.xml");
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0}"
          + " %replace(%msg){'[\\r\\n]+', ' '}%n%replace(%ex){'(?m)^(?=.)', '    '}";

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty("logback.configurationFile") != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    if (!Files.isRegularFile(FILE) || !isConfigured(context, FILE)) {
      toConsole(context);
    }
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static void toConsole(LoggerContext context) {
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    PatternLayout layout = JournalLayout.isWanted() ? new JournalLayout() : new PatternLayout();
    console.setEncoder(encoder(context, layout, PATTERN));
    console.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(console);
    level(context, Logger.ROOT_LOGGER_NAME, Level.INFO);
    level(context, "org.apache.camel", Level.WARN);
    // the gateway itself logs a failed start, once, in one line
    level(context, "org.apache.camel.impl.engine.AbstractCamelContext", Level.OFF);
  }

  /** Turns the log off, for commands whose output is an answer. */
  public static void silence() {
    for (ch.qos.logback.classic.Logger logger :
        ((LoggerContext) LoggerFactory.getILoggerFactory()).getLoggerList()) {
      if (logger.getLevel() != null) {
        logger.setLevel(Level.OFF);
      }
    }
  }

  static Encoder<ILoggingEvent> encoder(
      LoggerContext context, PatternLayout layout, String pattern) {
    layout.setContext(context);
    layout.setPattern(pattern);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setLayout(layout);
    encoder.start();
    return encoder;
  }

  private static void level(LoggerContext context, String logger, Level level) {
    context.getLogger(logger).setLevel(level);
  }

  /** Whether the log is as a file says; if the file is no XML, one line tells so. */
  static boolean isConfigured(LoggerContext context, Path file) {
    JoranConfigurator xml = new JoranConfigurator();
    xml.setContext(context);
    try {
      xml.doConfigure(file.toFile());
      return true;
    } catch (JoranException e) {
      context.reset();
      context.getStatusManager().clear(); // logback would print it all, after this line
      System.err.println(file + place(e) + "; the log is as without the file");
      return false;
    }
  }

  private static String place(JoranException e) {
    return e.getCause() instanceof SAXParseException parse
        ? ":%d: %s".formatted(parse.getLineNumber(), parse.getMessage())
        : " cannot be read: " + e.getMessage();
  }
}
