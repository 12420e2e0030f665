// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.util.concurrent.CountDownLatch;
import org.apache.camel.Exchange;
import org.apache.camel.impl.engine.DefaultAsyncProcessorAwaitManager;
import org.apache.camel.spi.ReactiveExecutor;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.net.Loop;

/**
 * Never waits on an event loop: what is waited for may need that very loop, and all its clients
 * would wait too.
 *
 * <p>Camel calls it where a caller waits for an asynchronous step, for instance in {@code
 * ProducerTemplate.requestBody}. On other threads it waits. Safe for any thread.
 */
public final class LoopAwaitManager extends DefaultAsyncProcessorAwaitManager {
  @Override
  public void await(Exchange exchange, CountDownLatch latch) {
    Loop loop = Loop.current();
    if (loop == null) {
      super.await(exchange, latch);
      return;
    }
    ReactiveExecutor queued =
        exchange.getContext().getCamelContextExtension().getReactiveExecutor();
    while (latch.getCount() > 0 && queued.executeFromQueue()) {
      // what is queued on this thread may be all that is waited for
    }
    if (latch.getCount() > 0) {
      exchange.setException(new IllegalStateException(message(loop.step(), exchange)));
    }
  }

  private static String message(@Nullable String step, Exchange exchange) {
    return "the step "
        + (step == null ? "of route " + exchange.getFromRouteId() : step)
        + " would wait on an event loop for another step, and with it all clients of that loop;"
        + " put a step threads before it";
  }
}
