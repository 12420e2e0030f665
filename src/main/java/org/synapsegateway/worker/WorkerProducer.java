package org.synapsegateway.worker;

import io.netty.channel.EventLoop;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;
import org.synapsegateway.http.Request;

/**
 * Sends a request to its worker and sets the worker's reply as the message's body when its head is
 * there.
 *
 * <p>The request is carried by the event loop of its client, from whatever thread the route comes.
 */
final class WorkerProducer extends DefaultAsyncProducer {
  private final WorkerEndpoint worker;

  WorkerProducer(WorkerEndpoint worker) {
    super(worker);
    this.worker = worker;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    if (!(exchange.getMessage().getBody() instanceof Request request)) {
      exchange.setException(
          new IllegalStateException(
              "worker: takes the request that came through the front door; a step of route "
                  + exchange.getFromRouteId()
                  + " has replaced the message's body"));
      callback.done(true);
      return true;
    }
    WorkerCall call = new WorkerCall(worker, request, exchange, callback);
    EventLoop eventLoop = request.loop().eventLoop();
    if (eventLoop.inEventLoop()) {
      call.start();
    } else {
      eventLoop.execute(call::start);
    }
    return false;
  }
}
