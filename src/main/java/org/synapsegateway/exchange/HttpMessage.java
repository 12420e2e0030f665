// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.SafeCopyProperty;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.trait.message.MessageTrait;
import org.apache.camel.util.CaseInsensitiveMap;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.Head;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.request.Reply;
import org.synapsegateway.request.Request;
import org.synapsegateway.request.RequestCopy;

/**
 * The message of a request, and after a worker that of its reply. Its headers are their fields,
 * which are looked up when a step asks.
 *
 * <p>What a route sets or removes before a worker changes what the worker gets; after the worker it
 * changes what the client gets. All other fields are forwarded as the bytes that came. A field
 * whose name is Camel's ({@code camel*}, {@code org.apache.camel*}) cannot be seen here. {@code
 * CamelHttpMethod}, {@code CamelHttpPath}, {@code CamelHttpQuery} and {@code CamelHttpUri} are the
 * request's method and target, and change them when they are set; {@code CamelHttpResponseCode} is
 * the status.
 *
 * <p>Camel replaces a special message by a plain one with the same headers when a step sets the
 * body, so this one stays with the exchange and knows which headers it has shown. Confined to the
 * thread that has the exchange.
 */
public final class HttpMessage extends FieldHeaders implements SafeCopyProperty {
  /** The property of an exchange that links it to its request, whatever its message is. */
  static final String LINK = HttpMessage.class.getName();

  private Request request;

  /** Null before a worker has replied. */
  private @Nullable Reply reply;

  /** What steps have seen of the request's headers before the reply; null if they have not. */
  private @Nullable Map<String, Object> seen;

  /** The message of a request. */
  public HttpMessage(CamelContext context, Request request) {
    this(context, request, null);
    setBody(request);
  }

  private HttpMessage(CamelContext context, Request request, @Nullable Reply reply) {
    super(context);
    this.request = request;
    this.reply = reply;
  }

  // ---- what an exchange carries

  /** The message of this exchange's request or reply; null if it has neither. */
  public static HttpMessage of(Exchange exchange) {
    return exchange.getMessage() instanceof HttpMessage message
        ? message
        : exchange.getExchangeExtension().getSafeCopyProperty(LINK, HttpMessage.class);
  }

  /**
   * The request that an exchange carries, with the target that the route has set. An exchange of a
   * route's own, such as a timer's, has none; its headers then say what to ask for.
   *
   * @throws IllegalStateException if they describe none
   * @throws RuntimeCamelException around an {@link HttpException} if the route has set a target
   *     that no client could have sent
   */
  public static Request request(Exchange exchange) {
    HttpMessage message = of(exchange);
    if (message == null || message.isLeftBehind(exchange.getMessage().getBody())) {
      message = adopt(exchange);
    }
    try {
      message.aim(exchange.getMessage());
    } catch (HttpException e) {
      throw new RuntimeCamelException(e);
    }
    return message.request;
  }

  /** Whether the exchange has gone on to another request. */
  @SuppressWarnings("ReferenceEquality")
  private boolean isLeftBehind(Object body) {
    return isOwn() && reply != null
        || body instanceof Request other && other.origin() != request.origin();
  }

  /** Links an exchange whose message is not of this class to a request. */
  private static HttpMessage adopt(Exchange exchange) {
    Request request =
        exchange.getMessage().getBody() instanceof Request carried
            ? carried
            : OwnRequest.of(exchange);
    HttpMessage adopted = new HttpMessage(exchange.getContext(), request, null);
    adopted.shown = new CaseInsensitiveMap(exchange.getMessage().getHeaders());
    exchange.getExchangeExtension().setSafeCopyProperty(LINK, adopted);
    return adopted;
  }

  /** Whether a route has made the request, and no client has sent it. */
  public boolean isOwn() {
    return request.isOwn();
  }

  /** The request that an exchange carries as it came, or as it was aimed last. */
  public Request request() {
    return request;
  }

  /** The worker's reply that this message carries; null if it carries a request. */
  public @Nullable Reply reply() {
    return reply;
  }

  /** Puts a worker's reply into an exchange. What the route has set so far was for the worker. */
  public static void answer(Exchange exchange, Request request, Reply reply) {
    if (exchange.getMessage() instanceof HttpMessage message && message.shown == null) {
      message.reply = reply;
      message.changes = null;
      message.setBody(reply);
    } else {
      HttpMessage before = of(exchange);
      HttpMessage answer = new HttpMessage(exchange.getContext(), request, reply);
      answer.seen = before == null || before.reply != null ? null : before.shown;
      replace(exchange, answer, reply);
    }
  }

  static void replace(Exchange exchange, HttpMessage by, Object body) {
    by.setBody(body);
    ExchangeHelper.replaceMessage(exchange, by, false);
  }

  /**
   * The message of the same request, whose reply has now been read.
   *
   * @param current the message that the exchange has now
   */
  HttpMessage with(Reply read, Message current) {
    HttpMessage message = new HttpMessage(camelContext, request, read);
    message.changes = changes(current);
    message.seen = seen;
    return message;
  }

  /**
   * What the client gets of {@link #changes}: not what was set for a worker that has failed since.
   */
  public @Nullable Map<String, Object> changesForClient(Message current) {
    Request client = request.origin();
    Map<String, Object> all = changes(current);
    if (all == null) {
      return null;
    }
    if (isPutBack(current)) {
      client.putBack();
      Map<String, Object> before =
          seen == null ? new HttpMessage(camelContext, request).getHeaders() : seen;
      all = Changes.between(before, current.getHeaders());
    }
    if (all == null) {
      return null;
    }
    Map<String, Object> left = new CaseInsensitiveMap(all);
    left.entrySet().removeIf(field -> client.isForWorker(field.getKey(), field.getValue()));
    return left;
  }

  // ---- the request target

  private void aim(Message current) throws HttpException {
    if (reply != null || current == this && shown == null && changes == null) {
      return;
    }
    RequestHead head = request.head();
    RequestHead aimed = Target.of(head, name -> set(current, name));
    if (aimed != null) {
      request.rewrite(aimed);
      if (!isOwn()) {
        showAgain(current, Target.NAMES);
      }
    }
  }

  // ---- headers

  @Override
  Head head() {
    return reply == null ? request.present() : reply.head();
  }

  @Override
  @Nullable Object ofCamel(String name) {
    return name.equalsIgnoreCase(Exchange.HTTP_RESPONSE_CODE)
        ? reply == null ? null : reply.status()
        : Target.value(request, name);
  }

  @Override
  protected void populateInitialHeaders(Map<String, Object> map) {
    super.populateInitialHeaders(map);
    if (getExchange() != null) {
      getExchange().getExchangeExtension().setSafeCopyProperty(LINK, this);
    }
  }

  // ---- the request again

  /**
   * A step such as {@code to} with {@code variableReceive}, or claimCheck, puts the request back in
   * the place of its reply. Its fields then do not go to the client, as before.
   */
  @Override
  public void setBody(@Nullable Object body) {
    if (reply != null && body instanceof Request back && back.origin() == request.origin()) {
      reply = null;
      startAgain(seen);
      request.putBack();
    }
    super.setBody(body);
  }

  /** Whether a reply's message has the request's headers, which a reply never has. */
  @SuppressWarnings("ReferenceEquality")
  private boolean isPutBack(Message current) {
    return reply != null
        && current != this
        && reply.head().first("host") == null
        && current.getHeader("Host") instanceof String host
        && host.equals(request.head().first("host"));
  }

  // ---- copies

  /**
   * The message for an exchange of its own: the head as it is at this moment, and the body only if
   * it has been read, or is small enough to be kept for it.
   */
  @Override
  public HttpMessage copy() {
    HttpMessage copy = copyOfHead();
    Object body = getBody();
    if (body instanceof Request || body instanceof Reply) {
      body = body instanceof Request ? copy.request : copy.reply;
      if (copy.request.head().hasBody()) {
        ((RequestCopy) copy.request).share(SharedServices.of(camelContext).replayBudget());
      }
    }
    copy.become(this, body);
    return copy;
  }

  private HttpMessage copyOfHead() {
    return new HttpMessage(camelContext, request.copy(), reply == null ? null : reply.copy());
  }

  /** The link that a copied exchange keeps to its request. */
  @Override
  public HttpMessage safeCopy() {
    HttpMessage copy = copyOfHead();
    copy.shown = shown;
    return copy;
  }

  /**
   * What Camel takes for the out message of an exchange, which a pipeline makes of each: this one,
   * because it would be the same again.
   */
  @Override
  public HttpMessage newInstance() {
    return this;
  }

  @Override
  @SuppressWarnings("ReferenceEquality")
  public void copyFrom(Message that) {
    if (that == this) {
      return;
    }
    if (that instanceof HttpMessage other) {
      reply = other.reply;
      become(other, other.getBody());
    } else {
      super.copyFrom(that);
    }
  }

  @Override
  @SuppressWarnings("ReferenceEquality")
  public void copyFromWithNewBody(Message that, Object newBody) {
    if (that == this) {
      return;
    }
    if (that instanceof HttpMessage other) {
      reply = other.reply;
      become(other, newBody);
    } else {
      super.copyFromWithNewBody(that, newBody);
    }
  }

  /** Takes the other's headers, but stays with the request that its own exchange came in with. */
  @SuppressWarnings("ReferenceEquality")
  private void become(HttpMessage other, @Nullable Object newBody) {
    if (getExchange() == null) {
      setExchange(other.getExchange());
    }
    if (other.hasMessageId()) {
      setMessageId(other.getMessageId());
    }
    boolean sameRequest = request != null && request == other.request.origin();
    if (request == null || request.origin() != other.request.origin()) {
      request = other.request;
    }
    takeHeaders(other);
    setBody(sameRequest && newBody instanceof Request ? request : newBody);
    Object attachments = other.getPayloadForTrait(MessageTrait.ATTACHMENTS);
    if (attachments instanceof Map<?, ?> map) {
      setPayloadForTrait(MessageTrait.ATTACHMENTS, new LinkedHashMap<>(map));
    }
  }
}
