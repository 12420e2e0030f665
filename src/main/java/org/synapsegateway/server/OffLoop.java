// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.synapsegateway.exchange.Continuation;
import org.synapsegateway.exchange.Guarded;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.net.Loop;

/**
 * A step that may block: on an event loop it is moved to a thread of the pool, and the steps after
 * it run on the event loop again. On any other thread it runs in place. Safe for any thread.
 */
final class OffLoop extends DelegateAsyncProcessor {
  private final String place;
  private final ExecutorService pool;

  OffLoop(Processor step, String place, ExecutorService pool) {
    super(AsyncProcessorConverterHelper.convert(step));
    this.place = place;
    this.pool = pool;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Loop loop = Loop.current();
    if (loop == null) {
      return Guarded.process(getProcessor(), exchange, callback);
    }
    AsyncProcessor step = getProcessor();
    try {
      pool.execute(
          () ->
              Guarded.process(
                  step,
                  exchange,
                  doneSync ->
                      loop.eventLoop().execute(() -> Continuation.goOn(exchange, callback))));
      return false;
    } catch (RejectedExecutionException e) {
      exchange.setException(
          new HttpException(Failure.OVERLOADED, "no thread is free for " + place));
      callback.done(true);
      return true;
    }
  }
}
