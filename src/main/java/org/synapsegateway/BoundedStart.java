package org.synapsegateway;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a generation beside the one that serves, on a thread of its own and within a time limit:
 * whatever its files and beans do, the one that serves goes on.
 */
final class BoundedStart {
  private static final Logger LOG = LoggerFactory.getLogger(BoundedStart.class);

  private final Generation generation;
  private final CompletableFuture<Void> started = new CompletableFuture<>();

  private BoundedStart(Generation generation) {
    this.generation = generation;
  }

  /**
   * Starts a generation, or leaves nothing of it.
   *
   * @throws InterruptedException if the calling thread is interrupted meanwhile
   * @throws ExecutionException if it cannot start; its cause says why
   */
  static void of(Generation generation, Duration limit)
      throws InterruptedException, ExecutionException {
    BoundedStart start = new BoundedStart(generation);
    Thread thread = new Thread(start::run, "reload");
    thread.setDaemon(true);
    thread.start();
    try {
      start.started.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      String late =
          "they have not started within " + limit.toSeconds() + " s; a bean or a step hangs";
      if (start.started.completeExceptionally(new IllegalStateException(late, e))) {
        thread.interrupt();
      }
      start.started.get();
    } catch (InterruptedException e) {
      start.started.cancel(false);
      thread.interrupt();
      throw e;
    }
  }

  private void run() {
    try {
      generation.start();
    } catch (Throwable e) {
      stop(generation);
      started.completeExceptionally(e);
      return;
    }
    if (!started.complete(null)) {
      stop(generation); // nobody waits for it any more
    }
  }

  /** Stops a generation that may be half started; what goes wrong with that is logged. */
  static void stop(Generation generation) {
    try {
      generation.stop();
    } catch (RuntimeException | Error e) {
      LOG.debug("What had started of the routes did not stop well", e);
    }
  }
}
