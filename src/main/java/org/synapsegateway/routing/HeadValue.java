// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.exchange.KeepsNoExchange;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.Slice;

/**
 * A value in the head of a request, asked for by a route: is there one, is it this one, which is
 * it.
 *
 * <p>Safe for any thread.
 */
final class HeadValue implements Predicate, Expression, KeepsNoExchange {
  private final String text;
  private final Function<RequestHead, Slice> finder;
  private final @Nullable Slice wanted;

  /**
   * @param text how the route asks, for messages
   * @param finder gives the value, which is empty where there is none
   * @param wanted the value that makes the predicate true; null for any that is not empty
   */
  HeadValue(String text, Function<RequestHead, Slice> finder, @Nullable String wanted) {
    this.text = text;
    this.finder = finder;
    this.wanted = wanted == null ? null : Slice.of(wanted);
  }

  @Override
  public void init(CamelContext context) {
    // nothing to prepare; both interfaces bring this method
  }

  @Override
  public boolean matches(Exchange exchange) {
    return matches(Requests.of(exchange).present());
  }

  private boolean matches(RequestHead head) {
    Slice value = finder.apply(head);
    return !value.isEmpty() && (wanted == null || value.equals(wanted));
  }

  @Override
  public <T> T evaluate(Exchange exchange, Class<T> type) {
    RequestHead head = Requests.of(exchange).present();
    Object value = wanted == null ? value(head) : matches(head);
    return exchange.getContext().getTypeConverter().convertTo(type, exchange, value);
  }

  private @Nullable String value(RequestHead head) {
    Slice value = finder.apply(head);
    return value.isEmpty()
        ? null
        : new String(value.array(), value.start(), value.length(), StandardCharsets.ISO_8859_1);
  }

  @Override
  public String toString() {
    return text;
  }
}
