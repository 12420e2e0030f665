// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What no client may bring about in the log: errors, and warnings of Netty. */
final class Accidents extends AppenderBase<ILoggingEvent> {
  private final List<String> found = new CopyOnWriteArrayList<>();

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  /** Begins to look at the log. */
  void watch() {
    start();
    root().addAppender(this);
  }

  /** Looks no more. */
  void leave() {
    root().detachAppender(this);
  }

  /** What has been found, as a line each. */
  List<String> found() {
    return found;
  }

  @Override
  protected void append(ILoggingEvent event) {
    boolean netty = event.getLoggerName().startsWith("io.netty");
    if (event.getLevel().isGreaterOrEqual(netty ? Level.WARN : Level.ERROR)) {
      IThrowableProxy thrown = event.getThrowableProxy();
      found.add(event.getFormattedMessage() + " " + (thrown == null ? "" : text(thrown)));
    }
  }

  private static String text(IThrowableProxy thrown) {
    String what = thrown.getClassName() + ": " + thrown.getMessage();
    var stack = thrown.getStackTraceElementProxyArray();
    return stack.length == 0 ? what : what + " at " + stack[0];
  }
}
