// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.config.StartupError;

/** Runs a gateway until a signal ends the process. */
public final class ProcessRun {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessRun.class);

  /** What a stop may take beyond camel.main.shutdownTimeout. */
  private static final Duration STOP_MARGIN = Duration.ofSeconds(5);

  private final GatewayMain gateway;
  private volatile boolean failed;
  private volatile boolean succeeded;

  public ProcessRun(GatewayMain gateway) {
    this.gateway = gateway;
  }

  /** Runs until a signal; returns the exit status, whose reason it has logged if it is not 0. */
  public int run() {
    return run(() -> {}, () -> {});
  }

  /**
   * As {@link #run()}.
   *
   * @param started what to do when it runs
   * @param stopped what to do when it runs no longer, or could not start
   */
  public int run(Runnable started, Runnable stopped) {
    LastResort lastResort = LastResort.start();
    Consumer<Throwable> fatal = OutOfMemory.watch(lastResort)::look;
    gateway.whenFatal(fatal);
    String predecessor = System.getenv(Successor.SOCKET);
    if (predecessor != null) {
      gateway.takeOverFrom(Path.of(predecessor));
    }
    gateway.whenSucceeded(this::end);
    Thread hook = new Thread(() -> stopInOrder(stopped, lastResort), "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    Signals.hangUp(gateway::hangUp);
    Signals.user1(gateway::reopenAccessLog);
    try {
      gateway.start();
      started.run();
      new CountDownLatch(1).await(); // the signal's thread ends the process
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    } catch (Throwable e) {
      failed = true; // a supervisor must see any failure
      fatal.accept(e);
      System.err.println(StartupError.explain(e));
      return 1;
    }
  }

  /** Another process serves, and nothing is left to do here. */
  private void end() {
    succeeded = true;
    System.exit(0);
  }

  /**
   * A stop that was asked for is a success, so the status is not that of the signal. The process
   * ends even if something hangs, for instance an admin's own bean or a start.
   */
  private void stopInOrder(Runnable stopped, LastResort lastResort) {
    lastResort.within(STOP_MARGIN.toMillis() + gateway.stopMillis(), LastResort.Reason.SLOW_STOP);
    if (!failed) {
      LOG.info(
          succeeded
              ? "The last connection has ended, and another process serves"
              : "A signal tells the gateway to stop");
    }
    gateway.stop();
    stopped.run();
    if (!failed) {
      LOG.info("The gateway has stopped");
    }
    Runtime.getRuntime().halt(failed ? 1 : 0);
  }
}
