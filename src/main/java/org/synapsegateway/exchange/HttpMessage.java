package org.synapsegateway.exchange;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.SafeCopyProperty;
import org.apache.camel.support.DefaultMessage;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.trait.message.MessageTrait;
import org.apache.camel.util.CaseInsensitiveMap;
import org.synapsegateway.http.Head;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.request.ReplayMemory;
import org.synapsegateway.request.Reply;
import org.synapsegateway.request.Request;
import org.synapsegateway.request.RequestCopy;

/**
 * The message of a request, and behind a worker that of its reply. Its headers are their fields,
 * which are looked up when a step asks.
 *
 * <p>What a route sets or removes before a worker changes what the worker gets; behind the worker
 * it changes what the client gets. All other fields go on as the bytes that came. A field whose
 * name is Camel's ({@code camel*}, {@code org.apache.camel*}) cannot be seen here. {@code
 * CamelHttpMethod}, {@code CamelHttpPath}, {@code CamelHttpQuery} and {@code CamelHttpUri} are the
 * request's method and target, and change them when they are set; {@code CamelHttpResponseCode} is
 * the status.
 *
 * <p>Camel replaces a special message by a plain one with the same headers when a step sets the
 * body, so this one stays with the exchange and knows which headers it has shown. Confined to the
 * thread that has the exchange.
 */
public final class HttpMessage extends DefaultMessage implements SafeCopyProperty {
  private static final String LINK = HttpMessage.class.getName();

  private Request request;

  /** Null before a worker has replied. */
  private Reply reply;

  /** What has been set, and as null what has been removed, while nobody asked for all headers. */
  private Map<String, Object> changes;

  /** All headers as they were when somebody asked for all; null before that. */
  private Map<String, Object> shown;

  /** The message that this one is a copy of; null if it is none. */
  private final HttpMessage copied;

  /** The message of a request. */
  public HttpMessage(CamelContext context, Request request) {
    super(context);
    this.request = request;
    this.copied = null;
    setBody(request);
  }

  private HttpMessage(CamelContext context, Request request, Reply reply, HttpMessage copied) {
    super(context);
    this.request = request;
    this.reply = reply;
    this.copied = copied;
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
    HttpMessage adopted = new HttpMessage(exchange.getContext(), request, null, null);
    adopted.shown = new CaseInsensitiveMap(exchange.getMessage().getHeaders());
    exchange.getExchangeExtension().setSafeCopyProperty(LINK, adopted);
    return adopted;
  }

  /**
   * Whether nobody waits for what becomes of an exchange, as behind wireTap.
   *
   * <p>What multicast, recipientList and split copy is waited for, whatever its pattern says.
   */
  public static boolean isTap(Exchange exchange) {
    HttpMessage message = of(exchange);
    return message != null
        && message.request instanceof RequestCopy
        && !exchange.getPattern().isOutCapable()
        && !message.isPartOfWhole(exchange);
  }

  /**
   * Whether an exchange, of which this is the message, is a part of the client's: Camel gives such
   * a copy the id of the whole, and takes it from what a wireTap copies.
   */
  private boolean isPartOfWhole(Exchange exchange) {
    if (copied == null) {
      return true;
    }
    Exchange whole = copied.getExchange();
    return whole != null
        && whole.getExchangeId().equals(exchange.getProperty(ExchangePropertyKey.CORRELATION_ID))
        && copied.isPartOfWhole(whole);
  }

  /** Whether a route has made the request, and no client has sent it. */
  public boolean isOwn() {
    return request.isOwn();
  }

  /** The request that an exchange carries as it came, or as it was aimed last. */
  public Request request() {
    return request;
  }

  /** The worker's reply that this message stands for; null if it stands for a request. */
  public Reply reply() {
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
      HttpMessage message =
          new HttpMessage(
              exchange.getContext(), request, reply, before == null ? null : before.copied);
      replace(exchange, message, reply);
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
    HttpMessage message = new HttpMessage(camelContext, request, read, copied);
    message.changes = changes(current);
    return message;
  }

  /**
   * What the route has changed: a value to set, or null to remove the field; null if it has changed
   * nothing.
   *
   * @param current the message that the exchange has now
   */
  @SuppressWarnings("ReferenceEquality")
  public Map<String, Object> changes(Message current) {
    return current == this && shown == null
        ? changes
        : Changes.between(shown, current.getHeaders());
  }

  /**
   * What the client gets of {@link #changes}: not what was set for a worker that has failed since.
   */
  public Map<String, Object> changesForClient(Message current) {
    Map<String, Object> all = changes(current);
    if (all == null) {
      return null;
    }
    Request client = request.origin();
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
      showTarget(current);
    }
  }

  /** The headers tell the new target, so that a step that sets the old one again changes it. */
  private void showTarget(Message current) {
    if (shown == null || isOwn()) {
      return;
    }
    for (String name : Target.NAMES) {
      String value = Target.value(request, name);
      if (value == null) {
        shown.remove(name);
        current.removeHeader(name);
      } else {
        shown.put(name, value);
        current.setHeader(name, value);
      }
    }
  }

  /** The value of a header if the route has set it, else null. */
  @SuppressWarnings("ReferenceEquality")
  private String set(Message current, String name) {
    Object value;
    if (current == this && shown == null) {
      value = changes.get(name);
    } else {
      value = current.getHeader(name);
      if (shown != null && value != null && value.equals(shown.get(name))) {
        return null;
      }
    }
    return value == null ? null : value.toString();
  }

  // ---- headers

  private Head head() {
    return reply == null ? request.present() : reply.head();
  }

  @Override
  public Object getHeader(String name) {
    if (shown != null || hasPopulatedHeaders()) {
      return super.getHeader(name);
    }
    if (changes != null && changes.containsKey(name)) {
      return changes.get(name);
    }
    return name == null ? null : own(name);
  }

  @Override
  public Object getHeader(String name, Object defaultValue) {
    Object value = getHeader(name);
    return value == null ? defaultValue : value;
  }

  @Override
  public Object getHeader(String name, Supplier<Object> defaultValueSupplier) {
    Object value = getHeader(name);
    return value == null ? defaultValueSupplier.get() : value;
  }

  @Override
  public <T> T getHeader(String name, Class<T> type) {
    return getHeader(name, (Object) null, type);
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T> T getHeader(String name, Object defaultValue, Class<T> type) {
    Object value = getHeader(name, defaultValue);
    if (value == null) {
      return boolean.class == type ? (T) (Object) false : null; // as Camel has it
    }
    if (type.isInstance(value)) {
      return type.cast(value);
    }
    return getExchange() == null
        ? typeConverter.convertTo(type, value)
        : typeConverter.convertTo(type, getExchange(), value);
  }

  @Override
  public <T> T getHeader(String name, Supplier<Object> defaultValueSupplier, Class<T> type) {
    return getHeader(name, getHeader(name, defaultValueSupplier), type);
  }

  @Override
  public void setHeader(String name, Object value) {
    if (hasPopulatedHeaders()) {
      super.setHeader(name, value);
    } else {
      changes().put(name, value);
    }
  }

  @Override
  public Object removeHeader(String name) {
    if (hasPopulatedHeaders()) {
      return super.removeHeader(name);
    }
    Object old = getHeader(name);
    changes().put(name, null);
    return old;
  }

  @Override
  public boolean removeHeaders(String pattern, String... excludePatterns) {
    getHeaders();
    return super.removeHeaders(pattern, excludePatterns);
  }

  @Override
  public boolean hasHeaders() {
    return !hasPopulatedHeaders() || super.hasHeaders();
  }

  @Override
  public void setHeaders(Map<String, Object> headers) {
    getHeaders(); // so that it is known what these replace
    super.setHeaders(headers);
  }

  /** Fills the map of all headers when somebody first asks for it. */
  @Override
  protected void populateInitialHeaders(Map<String, Object> map) {
    Head head = head();
    for (int line = 0; line < head.fieldCount(); line++) {
      String name = head.name(line);
      if (!isOfCamel(name)) {
        map.merge(name, FieldText.read(head.value(line)), HttpMessage::both);
      }
    }
    for (String name : Target.NAMES) {
      Object value = own(name);
      if (value != null) {
        map.put(name, value);
      }
    }
    if (reply != null) {
      map.put(Exchange.HTTP_RESPONSE_CODE, reply.status());
    }
    shown = new CaseInsensitiveMap(map);
    if (changes != null) {
      changes.forEach(
          (name, value) -> {
            if (value == null) {
              map.remove(name);
            } else {
              map.put(name, value);
            }
          });
      changes = null;
    }
    if (getExchange() != null) {
      getExchange().getExchangeExtension().setSafeCopyProperty(LINK, this);
    }
  }

  private Map<String, Object> changes() {
    if (changes == null) {
      changes = new CaseInsensitiveMap();
    }
    return changes;
  }

  /** Several lines of one name are a list, as Camel's HTTP components have them. */
  @SuppressWarnings("unchecked")
  private static Object both(Object one, Object other) {
    List<Object> values =
        one instanceof List<?> list ? (List<Object>) list : new ArrayList<>(List.of(one));
    values.add(other);
    return values;
  }

  private Object own(String name) {
    if (isOfCamel(name)) {
      return name.equalsIgnoreCase(Exchange.HTTP_RESPONSE_CODE)
          ? reply == null ? null : reply.status()
          : Target.value(request, name);
    }
    Head head = head();
    String lowerName = name.toLowerCase(Locale.ROOT);
    Object found = null;
    for (int line = head.find(lowerName, 0); line >= 0; line = head.find(lowerName, line + 1)) {
      String value = FieldText.read(head.value(line));
      found = found == null ? value : both(found, value);
    }
    return found;
  }

  static boolean isOfCamel(String name) {
    return name.regionMatches(true, 0, "camel", 0, 5)
        || name.regionMatches(true, 0, "org.apache.camel", 0, 16);
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
    if (body instanceof Request) {
      body = copy.request;
      share((RequestCopy) copy.request);
    } else if (body instanceof Reply) {
      body = copy.reply;
      share((RequestCopy) copy.request);
    }
    copy.become(this, body);
    return copy;
  }

  private HttpMessage copyOfHead() {
    return new HttpMessage(camelContext, request.copy(), reply == null ? null : reply.copy(), this);
  }

  private void share(RequestCopy of) {
    if (!of.head().hasBody()) {
      return;
    }
    ReplayMemory memory = SharedServices.of(camelContext).replayMemory();
    if (of.loop().eventLoop().inEventLoop()) {
      of.share(memory);
    } else {
      of.loop().eventLoop().execute(() -> of.share(memory));
    }
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
  private void become(HttpMessage other, Object newBody) {
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
    if (other.shown != null || hasPopulatedHeaders()) {
      Map<String, Object> headers = other.getHeaders();
      shown = other.shown;
      super.setHeaders(new CaseInsensitiveMap(headers));
    } else {
      changes = other.changes == null ? null : new CaseInsensitiveMap(other.changes);
    }
    setBody(sameRequest && newBody instanceof Request ? request : newBody);
    Object attachments = other.getPayloadForTrait(MessageTrait.ATTACHMENTS);
    if (attachments instanceof Map<?, ?> map) {
      setPayloadForTrait(MessageTrait.ATTACHMENTS, new LinkedHashMap<>(map));
    }
  }
}
