// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.synapsegateway.config.Causes;

/**
 * Ends the process when it runs out of any kind of memory.
 *
 * <p>Java's own options (config/jvm.options) know of the heap and of classes, and not of direct
 * buffers, of threads, or of an error that a library makes. So this looks at exceptions that end a
 * thread and at each exception that is logged, because Netty, Camel and the gateway log what they
 * catch. Netty's OutOfDirectMemoryError is another class, and no reason to end. Safe for any
 * thread.
 */
final class OutOfMemory extends UnsynchronizedAppenderBase<ILoggingEvent>
    implements Thread.UncaughtExceptionHandler {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(OutOfMemory.class);

  /** Time for the last log lines to be written. */
  private static final long MILLIS = 500;

  private final LastResort lastResort;

  OutOfMemory(LastResort lastResort) {
    this.lastResort = lastResort;
  }

  /** Begins to look. */
  static OutOfMemory watch(LastResort lastResort) {
    OutOfMemory watch = new OutOfMemory(lastResort);
    Thread.setDefaultUncaughtExceptionHandler(watch);
    watch.setContext(LOG.getLoggerContext());
    watch.start();
    Logger root = LOG.getLoggerContext().getLogger(Logger.ROOT_LOGGER_NAME);
    List<Appender<ILoggingEvent>> others = new ArrayList<>();
    root.iteratorForAppenders().forEachRemaining(others::add);
    others.forEach(root::detachAppender);
    root.addAppender(watch); // before those that write, which may block
    others.forEach(root::addAppender);
    return watch;
  }

  /** Lets the process end if that was the reason for an exception. */
  void look(Throwable thrown) {
    if (Causes.of(thrown).stream().anyMatch(cause -> cause.getClass() == OutOfMemoryError.class)) {
      lastResort.within(MILLIS, LastResort.Reason.NO_MEMORY);
    }
  }

  @Override
  public void uncaughtException(Thread thread, Throwable thrown) {
    look(thrown);
    LOG.error("Thread {} ended", thread.getName(), thrown);
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (event.getThrowableProxy() instanceof ThrowableProxy proxy) {
      look(proxy.getThrowable());
    }
  }
}
