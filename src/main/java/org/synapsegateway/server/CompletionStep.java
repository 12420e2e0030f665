// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.synapsegateway.exchange.Guarded;
import org.synapsegateway.exchange.Tap;

/**
 * A step of an onCompletion, for which no client waits and whose failure Camel drops. Safe for any
 * thread.
 */
final class CompletionStep extends DelegateAsyncProcessor {
  CompletionStep(Processor step) {
    super(AsyncProcessorConverterHelper.convert(step));
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Tap.mark(exchange);
    return Guarded.process(
        getProcessor(),
        exchange,
        doneSync -> {
          if (exchange.getException() != null) {
            Tap.tellFailure(exchange, "onCompletion");
          }
          callback.done(doneSync);
        });
  }
}
