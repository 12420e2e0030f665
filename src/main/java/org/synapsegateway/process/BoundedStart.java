// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.config.StartupError;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;

/**
 * Starts a generation beside the one that serves, on a thread of its own and within a time limit: a
 * fault of its files or beans does not affect the one that serves.
 */
final class BoundedStart {
  private static final Logger LOG = LoggerFactory.getLogger(BoundedStart.class);

  /**
   * Why a generation has not started.
   *
   * @param text a line with the place and the fault
   */
  record Failed(Throwable thrown, String text) {
    static Failed of(Throwable thrown) {
      return new Failed(thrown, StartupError.describe(thrown));
    }
  }

  private final Generation generation;
  private final CompletableFuture<Optional<Failed>> started = new CompletableFuture<>();

  private BoundedStart(Generation generation) {
    this.generation = generation;
  }

  /**
   * Starts a generation, or leaves nothing of it. To find the reason of a failure may take as long
   * as the start, since the files are read again; the time limit includes it.
   *
   * @return why it cannot start; nothing if it has
   * @throws InterruptedException if the calling thread is interrupted meanwhile
   */
  static Optional<Failed> of(Generation generation, Duration limit) throws InterruptedException {
    BoundedStart start = new BoundedStart(generation);
    Thread thread = aside(start::run, "reload");
    try {
      return start.started.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      Fault late =
          Fault.of(
              Code.TIMEOUT,
              "",
              "the routes have not started within "
                  + limit.toSeconds()
                  + " s; a bean or a step hangs");
      if (start.started.complete(Optional.of(new Failed(e, late.toString())))) {
        thread.interrupt();
      }
      return start.started.join();
    } catch (InterruptedException e) {
      start.started.cancel(false);
      thread.interrupt();
      throw e;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e); // it never completes so
    }
  }

  private static Thread aside(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void run() {
    Optional<Failed> fault = Optional.empty();
    try {
      generation.start();
    } catch (Throwable e) {
      stop(generation);
      fault = Optional.of(Failed.of(e));
    }
    if (!started.complete(fault) && fault.isEmpty()) {
      stop(generation); // it is not awaited any more
    }
  }

  /** Stops a generation, on a separate thread, because one of its beans may hang. */
  static void stopAside(Generation generation) {
    aside(() -> stop(generation), "leave");
  }

  /** Stops a generation that may be half started; logs failures. */
  static void stop(Generation generation) {
    try {
      generation.stop();
    } catch (RuntimeException | Error e) {
      LOG.debug("The routes that had started did not stop cleanly", e);
    }
  }
}
