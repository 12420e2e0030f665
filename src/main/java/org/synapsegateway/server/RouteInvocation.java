// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.util.function.Consumer;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.component.netty.http.NettyHttpConsumer;
import org.apache.camel.processor.ThrottlerRejectedExecutionException;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.support.processor.PredicateValidationException;
import org.apache.camel.util.ObjectHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.exchange.FailureLog;
import org.synapsegateway.exchange.HttpMessage;
import org.synapsegateway.exchange.SpareExchanges;
import org.synapsegateway.exchange.StepChannels;
import org.synapsegateway.exchange.UnitsOfWork;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.request.Reply;
import org.synapsegateway.request.Request;

/**
 * One call of the front route: turns a request into an exchange, and the exchange into a reply.
 *
 * <p>Begins and ends on the client's event loop.
 */
final class RouteInvocation implements AsyncCallback, Consumer<Throwable> {
  private static final Logger LOG = LoggerFactory.getLogger(RouteInvocation.class);

  private final FrontRoute frontRoute;
  private final NettyHttpConsumer route;
  private final HttpStream stream;
  private final Request request;

  private @Nullable Exchange exchange;

  private RouteInvocation(
      FrontRoute frontRoute, NettyHttpConsumer route, HttpStream stream, Request request) {
    this.frontRoute = frontRoute;
    this.route = route;
    this.stream = stream;
    this.request = request;
  }

  /** Sends a request into the front route; the request fails if the route has been stopped. */
  static void begin(FrontRoute frontRoute, HttpStream stream, Request request) {
    NettyHttpConsumer route = frontRoute.route();
    if (route == null) {
      stream.fail(Failure.NOT_READY);
    } else {
      new RouteInvocation(frontRoute, route, stream, request).begin();
    }
  }

  private void begin() {
    Exchange begun = spareExchanges().take(route);
    exchange = begun;
    // as netty-http does: the client waits for a reply
    begun.setPattern(ExchangePattern.InOut);
    begun.setIn(new HttpMessage(begun.getContext(), request));
    try {
      route.createUoW(begun).onPrepare(begun); // a new one is prepared already
    } catch (Exception e) {
      begun.setException(e);
      done(true);
      return;
    }
    request.onError(this);
    try {
      route.getAsyncProcessor().process(begun, this);
    } catch (Throwable e) {
      accept(e);
    }
  }

  /** Camel does not catch an Error, for instance of a predicate, and does not continue. */
  @Override
  public void accept(Throwable fallen) {
    Exchange falls = exchange;
    if (falls == null) {
      failures().error("A step failed when its request had ended", fallen);
    } else {
      falls.setException(fallen);
      UnitsOfWork.leaveRoutes(falls);
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
    StepChannels.left(ended);
    request.body().forget();
    try {
      reply(ended);
    } finally {
      route.releaseExchange(ended, false);
    }
  }

  private void reply(Exchange ended) {
    if (!stream.isWaiting(request)) {
      complete(ended, null);
      return;
    }
    Reply untouched = untouched(ended);
    if (untouched != null) {
      UnitOfWork work = ended.getUnitOfWork();
      complete(ended, untouched);
      stream.reply(frontRoute.overheard(request.head(), untouched), null);
      spareExchanges().giveBack(route, ended, work);
      return;
    }
    RouteReply made = made(ended);
    if (made == null) {
      Throwable failed = ended.getException();
      complete(ended, null);
      failed(failed);
      return;
    }
    complete(ended, made.streamed());
    stream.reply(
        made.streamed() == null ? made.reply() : frontRoute.overheard(request.head(), made.reply()),
        made.fields());
  }

  private SpareExchanges spareExchanges() {
    return frontRoute.spareExchanges(request.loop());
  }

  /** The worker's reply if no step has changed anything; else null. */
  private @Nullable Reply untouched(Exchange ended) {
    return ended.getException() == null
            && ended.getMessage() instanceof HttpMessage message
            && message.getBody() instanceof Reply reply
            && reply.body().canStart()
            && !request.isRewritten()
            && message.changes(message) == null
        ? reply
        : null;
  }

  /** What the steps have made; null, and the exchange has failed, if that is no reply. */
  private @Nullable RouteReply made(Exchange ended) {
    if (ended.getException() != null) {
      return null;
    }
    try {
      return RouteReply.of(ended, request, stream.head());
    } catch (Throwable e) { // whatever a converter may throw
      ended.setException(e);
      return null;
    }
  }

  /**
   * Ends exchange and request. Completions such as onCompletion run first, because they may read
   * both.
   */
  private void complete(Exchange ended, @Nullable Reply sent) {
    try {
      route.doneUoW(ended);
    } catch (Throwable e) {
      failures().error("A route's onCompletion failed", e);
    } finally {
      request.end(sent);
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
      stream.fail(answer.failure());
    } else if (isInvalid(failed)) {
      LOG.debug("A step validate of route {} refused a request", route.getRouteId());
      stream.fail(Failure.INVALID_REQUEST);
    } else if (ObjectHelper.getException(ThrottlerRejectedExecutionException.class, failed)
        != null) {
      LOG.debug("A step throttle of route {} rejected a request", route.getRouteId());
      stream.fail(Failure.TOO_MANY_REQUESTS);
    } else {
      // the answer comes first, because an exception of a class of an admin's own may fail in the
      // log
      stream.fail(Failure.ROUTE_FAILED);
      failures().error("A route failed", failed);
    }
  }

  private FailureLog failures() {
    return FailureLog.of(route.getEndpoint().getCamelContext());
  }

  private static boolean isInvalid(Throwable failed) {
    return ObjectHelper.getException(PredicateValidationException.class, failed) != null;
  }
}
