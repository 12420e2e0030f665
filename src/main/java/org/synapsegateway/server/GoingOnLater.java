// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.synapsegateway.exchange.Continuation;

/** A step after which the route continues later, on a thread of Camel's. Safe for any thread. */
final class GoingOnLater extends DelegateAsyncProcessor {
  GoingOnLater(Processor step) {
    super(AsyncProcessorConverterHelper.convert(step));
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    return getProcessor()
        .process(
            exchange,
            doneSync -> {
              if (doneSync) {
                callback.done(true);
              } else {
                Continuation.goOn(exchange, callback);
              }
            });
  }
}
