// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

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
public final class Guarded implements AsyncCallback {
  private enum State {
    RUNS,
    LEFT,
    DONE
  }

  private final AsyncCallback callback;
  private final AtomicReference<State> state = new AtomicReference<>(State.RUNS);

  Guarded(AsyncCallback callback) {
    this.callback = callback;
  }

  /** Runs a step; the next one does not begin before the step has returned. */
  public static boolean process(AsyncProcessor step, Exchange exchange, AsyncCallback callback) {
    return new Guarded(callback).process(step, exchange);
  }

  boolean process(AsyncProcessor step, Exchange exchange) {
    boolean sync = true;
    try {
      sync = step.process(exchange, this);
    } catch (Throwable e) {
      exchange.setException(e);
      state.set(State.DONE);
    }
    if (!state.compareAndSet(State.RUNS, State.LEFT)) {
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
