// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.util.concurrent.TimeUnit;
import org.synapsegateway.http.Failure;
import org.synapsegateway.request.Request;
import org.synapsegateway.request.RequestCopy;
import org.synapsegateway.request.Timeout;

/**
 * One request's turn at its worker, which limits concurrent requests: it is admitted at once, or
 * waits, or is refused. Confined to one event loop, but for {@link #admitted}.
 */
abstract class WorkerTurn implements ConcurrencyLimiter.Waiter {
  /**
   * The mirrored requests that a worker may have at once. No client waits for their replies, so
   * nothing else keeps a slow worker from holding more and more of them.
   */
  private static final int MAX_MIRRORED = 256;

  final WorkerEndpoint endpoint;
  final Request request;
  private boolean admitted;

  WorkerTurn(WorkerEndpoint endpoint, Request request) {
    this.endpoint = endpoint;
    this.request = request;
  }

  final Request request() {
    return request;
  }

  /** The options of the step, which other steps to the same worker need not share. */
  final WorkerConfiguration options() {
    return endpoint.getConfiguration();
  }

  /** Whether it has ended meanwhile. */
  abstract boolean isDone();

  /** Called when it is admitted. */
  abstract void connect();

  /** Called when it is refused, or has waited too long. */
  abstract void fail(Failure failure, String detail, boolean mayTryNext);

  final void takeTurn() {
    switch (endpoint.worker().limiter().enter(this)) {
      case ADMITTED -> begin();
      case WAITS -> waitInQueue();
      case REFUSED ->
          fail(
              Failure.TOO_MANY_REQUESTS,
              "it has %d requests, and %d wait".formatted(max(), queue()),
              false);
    }
  }

  @Override
  public final int key() {
    return request.fairnessKey();
  }

  @Override
  public final int max() {
    int max = options().maxInFlightHere();
    if (!isMirror()) {
      return max;
    }
    return max == 0 ? MAX_MIRRORED : Math.min(max, MAX_MIRRORED);
  }

  @Override
  public final int queue() {
    return isMirror() ? 0 : options().queueHere(); // its places are for clients
  }

  private boolean isMirror() {
    return request instanceof RequestCopy copy && copy.isMirror();
  }

  private void waitInQueue() {
    request.trace().waits();
    request
        .loop()
        .eventLoop()
        .schedule(this::timeOut, options().getQueueTimeout(), TimeUnit.MILLISECONDS);
  }

  private void timeOut() {
    if (!admitted && !isDone() && endpoint.worker().limiter().cancel(this)) {
      request.trace().timedOut(Timeout.QUEUE);
      fail(
          Failure.TOO_MANY_REQUESTS,
          "the request waited for " + options().getQueueTimeout() + " ms",
          false);
    }
  }

  @Override
  public final void admitted() {
    request.loop().eventLoop().execute(this::begin);
  }

  private void begin() {
    admitted = true;
    request.trace().waitsNoLonger();
    if (isDone()) {
      leave();
      return;
    }
    connect();
  }

  /** Releases the worker's slot, after the reply has completed or failed. */
  final void leave() {
    if (admitted) {
      admitted = false;
      endpoint.worker().limiter().leave(this);
    }
  }

  /** Ends its turn, or its wait for it. */
  final void endTurn() {
    if (!admitted) {
      endpoint.worker().limiter().cancel(this);
    }
    leave();
  }
}
