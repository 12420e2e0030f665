// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.UnitOfWorkHelper;
import org.jspecify.annotations.Nullable;

/**
 * Continues a route after an asynchronous step, on an event loop.
 *
 * <p>Camel turns an Exception of a later step into a failed exchange, but lets an Error out to
 * here, and with it the exchange would be lost: a client would wait for ever. Safe for any thread.
 */
public final class Continuation {
  private Continuation() {}

  /** Tells Camel that the step is done. */
  public static void goOn(Exchange exchange, AsyncCallback callback) {
    // asked for before, because the exchange may serve another request when this one has ended
    HttpMessage message = HttpMessage.of(exchange);
    try {
      callback.done(false);
    } catch (Throwable e) {
      if (!fallsWithClient(message, exchange, e)) {
        FailureLog.of(exchange.getContext()).error("A route failed", e);
        exchange.setException(e);
        if (!UnitsOfWork.end(exchange)) {
          UnitOfWorkHelper.doneUow(exchange.getUnitOfWork(), exchange);
        }
      }
    }
  }

  /** Whether a client waits for the reply of this exchange. */
  private static boolean fallsWithClient(
      @Nullable HttpMessage message, Exchange exchange, Throwable thrown) {
    return message != null && !Tap.is(exchange) && message.request().origin().fail(thrown);
  }
}
