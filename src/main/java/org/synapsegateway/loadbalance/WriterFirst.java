// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import java.util.List;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.processor.loadbalancer.LoadBalancerSupport;
import org.apache.camel.support.ExchangeHelper;
import org.synapsegateway.exchange.HttpMessage;
import org.synapsegateway.exchange.KeepsNoExchange;
import org.synapsegateway.request.Request;
import org.synapsegateway.worker.WorkerException;

/**
 * Sends a read to the group that writes the same data, so that a client reads what it has just
 * written.
 *
 * <p>Synapse's other processes update their caches by replication, some milliseconds after the
 * writer has answered (synapse/replication/tcp). So the block has two steps: the route of the
 * writer, and the route of other workers that can serve the read. The second takes over at once if
 * no worker of the first can be reached: a read does not wait for a worker that is down, even with
 * {@code hold}. Safe for any thread.
 */
public final class WriterFirst extends LoadBalancerSupport implements KeepsNoExchange {
  private AsyncProcessor writer;
  private AsyncProcessor others;

  @Override
  protected void doInit() throws Exception {
    super.doInit();
    List<AsyncProcessor> steps = List.of(doGetProcessors());
    if (steps.size() != 2) {
      throw new IllegalArgumentException(
          "WriterFirst takes two steps: the route of the writer, and behind it that of the others"
              + " who can read too, for instance \"to: direct:typing\" and \"to:"
              + " direct:client-reader\"; here are "
              + steps.size());
    }
    writer = steps.get(0);
    others = steps.get(1);
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Request request;
    try {
      request = HttpMessage.request(exchange);
    } catch (RuntimeException e) {
      exchange.setException(e);
      callback.done(true);
      return true;
    }
    request.reachedGroup(ExchangeHelper.getRouteId(exchange));
    request.hurry(true);
    writer.process(exchange, doneSync -> answered(exchange, request, callback));
    return false;
  }

  private void answered(Exchange exchange, Request request, AsyncCallback callback) {
    request.hurry(false);
    if (exchange.getException() instanceof WorkerException failed && failed.mayTryNext()) {
      Failures.forget(exchange);
      request.trace().sentToFallback();
      others.process(exchange, doneSync -> callback.done(false));
    } else {
      callback.done(false);
    }
  }
}
