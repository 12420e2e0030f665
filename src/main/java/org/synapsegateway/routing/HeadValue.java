package org.synapsegateway.routing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.ToLongFunction;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.http.Span;

/**
 * A value in the head of a request, asked for by a route: is there one, is it this one, which is
 * it.
 *
 * <p>Safe for any thread.
 */
final class HeadValue implements Predicate, Expression {
  private final String text;
  private final ToLongFunction<RequestHead> finder;
  private final byte[] wanted;

  /**
   * @param text how the route asks, for messages
   * @param finder gives the {@link Span} of the value
   * @param wanted the value that makes the predicate true; null for any that is not empty
   */
  HeadValue(String text, ToLongFunction<RequestHead> finder, String wanted) {
    this.text = text;
    this.finder = finder;
    this.wanted = wanted == null ? null : wanted.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void init(CamelContext context) {
    // nothing to prepare; both interfaces bring this method
  }

  @Override
  public boolean matches(Exchange exchange) {
    return matches(Requests.of(exchange, this).head());
  }

  private boolean matches(RequestHead head) {
    long span = finder.applyAsLong(head);
    return span != Span.EMPTY
        && (wanted == null
            || Arrays.equals(
                head.bytes(), Span.start(span), Span.end(span), wanted, 0, wanted.length));
  }

  @Override
  public <T> T evaluate(Exchange exchange, Class<T> type) {
    RequestHead head = Requests.of(exchange, this).head();
    Object value = wanted == null ? value(head) : matches(head);
    return exchange.getContext().getTypeConverter().convertTo(type, exchange, value);
  }

  private String value(RequestHead head) {
    long span = finder.applyAsLong(head);
    return span == Span.EMPTY ? null : head.text(Span.start(span), Span.end(span));
  }

  @Override
  public String toString() {
    return text;
  }
}
