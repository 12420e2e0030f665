package org.synapsegateway.server;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.component.netty.http.NettyHttpConsumer;
import org.apache.camel.processor.ThrottlerRejectedExecutionException;
import org.apache.camel.support.processor.PredicateValidationException;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.exchange.HttpMessage;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.Reply;
import org.synapsegateway.http.Request;

/**
 * One request's way through the routes: into an exchange, and out of it as a reply.
 *
 * <p>Begins and ends on the client's event loop.
 */
final class Journey implements AsyncCallback {
  private static final Logger LOG = LoggerFactory.getLogger(Journey.class);

  private final Entrance entrance;
  private final NettyHttpConsumer route;
  private final ClientConnection connection;
  private final Request request;

  private Exchange exchange;

  /**
   * @param entrance where the request enters; its route is null if it has been stopped
   */
  Journey(Entrance entrance, ClientConnection connection, Request request) {
    this.entrance = entrance;
    this.route = entrance.route();
    this.connection = connection;
    this.request = request;
  }

  void begin() {
    if (route == null) {
      connection.fail(Failure.NOT_READY);
      return;
    }
    exchange = route.createExchange(false);
    // as netty-http does: who asks wants a reply
    exchange.setPattern(ExchangePattern.InOut);
    exchange.setIn(new HttpMessage(exchange.getContext(), request));
    try {
      route.createUoW(exchange);
    } catch (Exception e) {
      exchange.setException(e);
      done(true);
      return;
    }
    try {
      route.getAsyncProcessor().process(exchange, this);
    } catch (Throwable e) {
      fell(e);
    }
  }

  /** Camel lets an Error out, of a predicate for instance, and goes on no more. */
  private void fell(Throwable e) {
    if (exchange != null) {
      exchange.setException(e);
      done(true);
    }
  }

  @Override
  public void done(boolean doneSync) {
    if (request.loop().eventLoop().inEventLoop()) {
      end();
    } else {
      request.loop().eventLoop().execute(this::end);
    }
  }

  private void end() {
    Exchange ended = exchange;
    if (ended == null) {
      return;
    }
    exchange = null;
    request.body().forget();
    try {
      reply(ended);
    } finally {
      route.doneUoW(ended);
      route.releaseExchange(ended, false);
    }
  }

  private void reply(Exchange ended) {
    if (!connection.isWaiting(request)) {
      request.end(null);
      return;
    }
    Throwable failed = ended.getException();
    if (failed != null) {
      request.end(null);
      failed(failed);
      return;
    }
    if (ended.getMessage() instanceof HttpMessage message
        && message.getBody() instanceof Reply reply
        && reply.body().canStart()
        && !request.isRewritten()
        && message.changes(message) == null) {
      request.end(reply);
      connection.reply(entrance.overheard(request.head(), reply), null);
      return;
    }
    try {
      RouteReply made = RouteReply.of(ended, request, connection.head());
      request.end(made.streamed());
      Reply reply = made.reply();
      connection.reply(
          made.streamed() == null ? reply : entrance.overheard(request.head(), reply),
          made.fields());
    } catch (Exception e) { // whatever a converter may throw
      request.end(null);
      failed(e);
    }
  }

  private void failed(Throwable failed) {
    HttpException answer = ObjectHelper.getException(HttpException.class, failed);
    if (answer != null) {
      if (answer.failure() == Failure.ROUTE_FAILED) {
        LOG.error("A route failed: {}", answer.getMessage());
      } else {
        LOG.debug("{}: {}", answer.failure(), answer.getMessage());
      }
      connection.fail(answer.failure());
    } else if (isInvalid(failed)) {
      LOG.debug("A step validate of route {} refused a request", route.getRouteId());
      connection.fail(Failure.INVALID_REQUEST);
    } else if (ObjectHelper.getException(ThrottlerRejectedExecutionException.class, failed)
        != null) {
      LOG.debug("A step throttle of route {} rejected a request", route.getRouteId());
      connection.fail(Failure.TOO_MANY_REQUESTS);
    } else {
      // the answer comes first, because an exception of a class of an admin's own may fail in the
      // log
      connection.fail(Failure.ROUTE_FAILED);
      LOG.error("A route failed", failed);
    }
  }

  private static boolean isInvalid(Throwable failed) {
    return ObjectHelper.getException(PredicateValidationException.class, failed) != null;
  }
}
