// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.synapsegateway.exchange.Guarded;
import org.synapsegateway.net.Loop;

/**
 * A step that runs code of an admin's own: its event loop knows the step's name meanwhile, so that
 * the log can say which step blocks the loop.
 */
final class OwnCode extends DelegateAsyncProcessor {
  private final String place;

  OwnCode(Processor step, String place) {
    super(AsyncProcessorConverterHelper.convert(step));
    this.place = place;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Loop loop = Loop.current();
    if (loop == null) {
      return Guarded.process(getProcessor(), exchange, callback);
    }
    String outer = loop.step();
    loop.enter(place);
    try {
      return Guarded.process(getProcessor(), exchange, callback);
    } finally {
      loop.enter(outer);
    }
  }
}
