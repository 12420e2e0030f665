// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;

/**
 * A step of which nobody knows what it throws: whatever it is, the exchange ends with it.
 *
 * <p>Camel does so with an Exception only. Behind a processor that throws an Error it would go on
 * with the next step, and behind an asynchronous one it would never go on. Safe for any thread.
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

  /** Runs a step; what comes behind it does not begin before the step has returned. */
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
