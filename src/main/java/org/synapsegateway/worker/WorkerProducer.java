// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.channel.EventLoop;
import java.util.Map;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.SynchronizationAdapter;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.exchange.BodyBytes;
import org.synapsegateway.exchange.BodyReader;
import org.synapsegateway.exchange.Continuation;
import org.synapsegateway.exchange.FieldText;
import org.synapsegateway.exchange.HttpMessage;
import org.synapsegateway.exchange.OldBody;
import org.synapsegateway.exchange.Tap;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.request.Reply;
import org.synapsegateway.request.Request;
import org.synapsegateway.request.RequestCopy;

/**
 * Sends a request to its worker and sets the worker's reply as the message's body when its head is
 * there.
 *
 * <p>The request is carried by the event loop of its client, from whatever thread the route comes.
 */
final class WorkerProducer extends DefaultAsyncProducer {
  /** The largest reply to a request that no client has sent; it is read whole. */
  private static final int MAX_OF_OWN = 10 * 1024 * 1024;

  private final WorkerEndpoint worker;

  WorkerProducer(WorkerEndpoint worker) {
    super(worker);
    this.worker = worker;
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    // only for routes that run: commands that read them look up no name
    worker.worker().lookUp();
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Request request;
    @Nullable Map<String, Object> fields;
    AsyncCallback then = callback;
    try {
      request = HttpMessage.request(exchange);
      HttpMessage message = HttpMessage.of(exchange);
      fields = message.changes(exchange.getMessage());
      if (message.isOwn()) {
        then = done -> readReply(exchange, callback);
      }
      if ((request.isRewritten() || message.isOwn()) && worker.refuses(request)) {
        throw new HttpException(Failure.FORBIDDEN, "a route has made the path a private one");
      }
      setBody(request, fields, exchange);
      if (fields != null) {
        if (!Tap.is(exchange)) {
          request.asks(fields);
        }
        fields = FieldText.of(exchange, fields);
      }
    } catch (Exception e) {
      exchange.setException(e);
      callback.done(true);
      return true;
    }
    if (Tap.is(exchange)) {
      then =
          done -> {
            worker.mirrors().count(outcome(exchange.getException()));
            Reply reply = HttpMessage.of(exchange).reply();
            if (exchange.getException() == null && reply != null) {
              exchange.getExchangeExtension().addOnCompletion(new Draining(request, reply));
            }
            callback.done(done);
          };
    }
    WorkerCall call = new WorkerCall(worker, request, fields, exchange, then);
    EventLoop eventLoop = request.loop().eventLoop();
    if (request instanceof RequestCopy copy) {
      eventLoop.execute(() -> start(copy, call, exchange));
    } else if (eventLoop.inEventLoop()) {
      call.start();
    } else {
      eventLoop.execute(call::start);
    }
    return false;
  }

  /** Has the request carry what a step has put into the message, if it has. */
  private static void setBody(
      Request request, @Nullable Map<String, Object> fields, Exchange exchange) throws Exception {
    Object body = exchange.getMessage().getBody();
    if (body instanceof Request || body instanceof Reply) {
      return;
    }
    if (body instanceof byte[] bytes && request.hasBody(bytes)) {
      return;
    }
    request.replaceBody(BodyBytes.of(exchange));
    request.rewrite(OldBody.without(request.head(), fields));
  }

  private static Mirrors.Outcome outcome(@Nullable Exception failed) {
    if (failed == null) {
      return Mirrors.Outcome.REPLIED;
    }
    if (failed instanceof WorkerException worker) {
      return worker.failure() == Failure.TOO_MANY_REQUESTS
          ? Mirrors.Outcome.SKIPPED
          : Mirrors.Outcome.FAILED;
    }
    return Mirrors.Outcome.NO_BODY;
  }

  private static void start(RequestCopy request, WorkerCall call, Exchange exchange) {
    if (Tap.is(exchange)) {
      request.mirror(call::startCopy);
    } else {
      request.actForClient(call::startCopy);
    }
  }

  /** Nobody else reads the reply to a request of the route's own. */
  private void readReply(Exchange exchange, AsyncCallback callback) {
    if (exchange.isFailed()) {
      Continuation.goOn(exchange, callback);
    } else {
      BodyReader.read(exchange, MAX_OF_OWN, worker.replayBudget().budget(), callback);
    }
  }

  /**
   * Reads the reply to a mirrored request to its end, so that its connection serves others,
   * whatever later steps have put in its place.
   */
  private static final class Draining extends SynchronizationAdapter {
    private final Request request;
    private final Reply reply;

    Draining(Request request, Reply reply) {
      this.request = request;
      this.reply = reply;
    }

    @Override
    public void onDone(Exchange exchange) {
      BodySource body = reply.body();
      request.loop().eventLoop().execute(() -> body.start(new DiscardingSink(body)));
    }
  }
}
