// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;

/**
 * Runs a step that may throw anything: whatever it throws ends the exchange.
 *
 * <p>Camel does so for an Exception only. After a processor that throws an Error it would continue
 * with the next step, and after an asynchronous one it would never continue. Safe for any thread.
 */
final class Guarded implements AsyncCallback {
  private enum State {
    RUNS,
    LEFT,
    DONE
  }

  private final AsyncCallback callback;
  private final AtomicReference<State> state = new AtomicReference<>(State.RUNS);

  private Guarded(AsyncCallback callback) {
    this.callback = callback;
  }

  /** Runs a step; the next one does not begin before the step has returned. */
  static boolean process(AsyncProcessor step, Exchange exchange, AsyncCallback callback) {
    Guarded guarded = new Guarded(callback);
    boolean sync = true;
    try {
      sync = step.process(exchange, guarded);
    } catch (Throwable e) {
      exchange.setException(e);
      guarded.state.set(State.DONE);
    }
    if (!guarded.state.compareAndSet(State.RUNS, State.LEFT)) {
      callback.done(sync);
    }
    return sync;
  }

  @Override
  public void done(boolean doneSync) {
    if (!state.compareAndSet(State.RUNS, State.DONE)
        && state.compareAndSet(State.LEFT, State.DONE)) {
      callback.done(doneSync);
    }
  }
}
