// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.exchange.BodyBytes;
import org.synapsegateway.exchange.FieldText;
import org.synapsegateway.exchange.HttpMessage;
import org.synapsegateway.exchange.OldBody;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.GivenBody;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.ReplyHead;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.request.Reply;
import org.synapsegateway.request.Request;

/**
 * The reply that the steps of a route have made: a worker's reply with another status, other fields
 * or another body, or a reply of their own.
 *
 * @param reply what the client gets
 * @param fields the fields to set in its head; a null value removes the field
 * @param streamed the worker's reply whose body streams to the client; null if there is none
 */
record RouteReply(Reply reply, @Nullable Map<String, Object> fields, @Nullable Reply streamed) {
  private static final byte[] NOTHING = {};

  /**
   * @param asked the head that the client sent
   * @throws HttpException if the route has ended without a reply, or with one that cannot be sent
   * @throws InvalidPayloadException if the body cannot be converted to bytes
   */
  static RouteReply of(Exchange exchange, Request request, RequestHead asked)
      throws HttpException, InvalidPayloadException {
    Message message = exchange.getMessage();
    HttpMessage http = HttpMessage.of(exchange);
    Map<String, Object> fields =
        http == null ? message.getHeaders() : http.changesForClient(message);
    fields = fields == null ? null : FieldText.of(exchange, fields);
    Reply from = http == null ? null : http.reply();
    if (message.getBody() instanceof Reply reply) {
      return passedOn(reply, status(message, reply), fields, asked);
    }
    int status = status(message, from);
    byte[] body = body(exchange, from == null && status != 0);
    boolean isRead = from != null && from.isRead(message.getBody());
    if (from != null && !isRead) {
      fields = OldBody.without(fields);
    }
    int sent = status == 0 ? 200 : status;
    ReplyHead head =
        from == null
            ? head(sent, body.length, fields, asked.method())
            : from.head().with(sent, length(from, isRead, body), asked.method());
    BodySource source = head.isBodiless() ? new GivenBody(NOTHING) : new GivenBody(body);
    return new RouteReply(
        new Reply(head, source, from == null ? null : from.worker()), fields, null);
  }

  /** A reply to HEAD says how long the body would have been. */
  private static long length(Reply from, boolean isRead, byte[] body) {
    return isRead && from.head().isBodiless() && from.head().contentLength() > 0
        ? from.head().contentLength()
        : body.length;
  }

  private static RouteReply passedOn(
      Reply reply, int status, @Nullable Map<String, Object> fields, RequestHead asked)
      throws HttpException {
    if (!reply.body().canStart()) {
      throw new HttpException(
          Failure.WORKER_CLOSED,
          "the worker closed, or another exchange has read the reply's body");
    }
    ReplyHead head = reply.head();
    if (status == head.status() && asked.isHead() == head.answersHead()) {
      return new RouteReply(reply, fields, reply);
    }
    boolean wasBodiless = head.isBodiless();
    long length = wasBodiless && !asked.isHead() ? 0 : head.contentLength();
    ReplyHead made = head.with(status, length, asked.method());
    if (made.isBodiless() || wasBodiless) {
      return new RouteReply(new Reply(made, new GivenBody(NOTHING), reply.worker()), fields, null);
    }
    return new RouteReply(new Reply(made, reply.body(), reply.worker()), fields, reply);
  }

  /** What the route says, else what the worker says; 0 if neither does. */
  private static int status(Message message, @Nullable Reply from) throws HttpException {
    Object said = message.getHeader(Exchange.HTTP_RESPONSE_CODE);
    if (said == null) {
      return from == null ? 0 : from.status();
    }
    Integer status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
    if (status == null || status < 200 || status > 599) {
      throw new HttpException(
          Failure.ROUTE_FAILED, "CamelHttpResponseCode is no status from 200 to 599");
    }
    return status;
  }

  /**
   * @param mayBeEmpty whether the route has set a status and no worker has replied, so that the
   *     request in the place of a body says that there is none
   */
  private static byte[] body(Exchange exchange, boolean mayBeEmpty)
      throws HttpException, InvalidPayloadException {
    Object body = exchange.getMessage().getBody();
    if (body instanceof Request && !mayBeEmpty) {
      throw new HttpException(
          Failure.ROUTE_FAILED,
          "route "
              + exchange.getFromRouteId()
              + " ended without a reply: no step behind it sent the request to a worker, or a later"
              + " one put the request in the place of the reply");
    }
    if (body == null || body instanceof Request) {
      return NOTHING;
    }
    return BodyBytes.of(exchange);
  }

  private static ReplyHead head(
      int status, int length, @Nullable Map<String, Object> fields, String method)
      throws HttpException {
    boolean typed = fields != null && fields.get("Content-Type") != null;
    String type =
        typed || status == 204 || length == 0 ? "" : "Content-Type: text/plain; charset=utf-8\r\n";
    return ReplyHead.of(
        ReplyHead.statusLine(status) + ReplyHead.framing(status, length) + type + "\r\n", method);
  }
}
