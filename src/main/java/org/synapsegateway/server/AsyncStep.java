// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.synapsegateway.exchange.Continuation;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HttpException;

/** A step after which the route continues later, on a thread of Camel's. Safe for any thread. */
final class AsyncStep extends DelegateAsyncProcessor {
  AsyncStep(Processor step) {
    super(AsyncProcessorConverterHelper.convert(step));
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    return getProcessor()
        .process(
            exchange,
            doneSync -> {
              refuse(exchange);
              if (doneSync) {
                callback.done(true);
              } else {
                Continuation.goOn(exchange, callback);
              }
            });
  }

  /** A step that finds no thread is overload. */
  private static void refuse(Exchange exchange) {
    Exception refused = exchange.getException();
    if (refused != null && refused.getClass() == RejectedExecutionException.class) {
      exchange.setException(
          new HttpException(Failure.OVERLOADED, "no thread is free for a step threads"));
    }
  }
}
