package org.synapsegateway.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Message;
import org.apache.camel.component.netty.http.NettyHttpConsumer;
import org.apache.camel.support.MessageHelper;
import org.apache.camel.support.processor.PredicateValidationException;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HeadWriter;
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
    exchange.getIn().setBody(request);
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
    Throwable failed = ended.getException();
    Message message = ended.getMessage();
    if (!connection.isWaiting(request)) {
      request.end(null);
    } else if (failed == null && message.getBody() instanceof Reply reply) {
      request.end(reply);
      Map<String, Object> fields = message.hasHeaders() ? message.getHeaders() : null;
      connection.reply(entrance.overheard(request.head(), reply), fields);
    } else {
      request.end(null);
      if (failed == null) {
        replyOfRoute(message);
      } else {
        failed(failed);
      }
    }
    route.doneUoW(ended);
    route.releaseExchange(ended, false);
  }

  private void failed(Throwable failed) {
    HttpException answer = ObjectHelper.getException(HttpException.class, failed);
    if (answer != null) {
      LOG.debug("{}: {}", answer.failure(), answer.getMessage());
      connection.fail(answer.failure());
    } else if (isInvalid(failed)) {
      LOG.debug("A step validate of route {} refused a request", route.getRouteId());
      connection.fail(Failure.INVALID_REQUEST);
    } else {
      LOG.error("A route failed", failed);
      connection.fail(Failure.ROUTE_FAILED);
    }
  }

  private static boolean isInvalid(Throwable failed) {
    return ObjectHelper.getException(PredicateValidationException.class, failed) != null;
  }

  /**
   * A reply that the route's steps made: the body, CamelHttpResponseCode, and the headers as
   * fields.
   */
  private void replyOfRoute(Message message) {
    if (message.getBody() == request) {
      LOG.error(
          "Route {} ended without a reply: no step behind it sent the request to a worker",
          route.getRouteId());
      connection.fail(Failure.ROUTE_FAILED);
      return;
    }
    byte[] body = message.getBody(byte[].class);
    if (body == null) {
      body = new byte[0];
    }
    int status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class);
    ByteBuf out = connection.buffer(256 + body.length);
    ByteBufUtil.writeAscii(
        out, "HTTP/1.1 " + status + " " + HttpResponseStatus.valueOf(status).reasonPhrase());
    HeadWriter.crlf(out);
    if (status >= 200 && status != 204) {
      ByteBufUtil.writeAscii(out, "Content-Length: " + body.length);
      HeadWriter.crlf(out);
    }
    String type = MessageHelper.getContentType(message);
    if (type == null) {
      ByteBufUtil.writeAscii(out, "Content-Type: text/plain; charset=utf-8");
      HeadWriter.crlf(out);
    }
    HeadWriter.connection(out, connection.connection());
    HeadWriter.added(out, message.getHeaders());
    HeadWriter.crlf(out);
    if (!request.head().isHead() && status != 204 && status != 304) {
      out.writeBytes(body);
    }
    request.trace().replied(status);
    request.trace().replyBody(body.length);
    connection.reply(out);
  }
}
