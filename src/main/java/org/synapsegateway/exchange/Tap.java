package org.synapsegateway.exchange;

import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.synapsegateway.request.RequestCopy;

/** Exchanges that go a way of their own, for which nobody waits. */
public final class Tap {
  private Tap() {}

  /**
   * Whether nobody waits for what becomes of an exchange, as behind wireTap.
   *
   * <p>What multicast, recipientList and split copy is waited for, whatever its pattern says.
   */
  public static boolean is(Exchange exchange) {
    HttpMessage message = HttpMessage.of(exchange);
    return message != null
        && message.request() instanceof RequestCopy
        && !exchange.getPattern().isOutCapable()
        && !isPartOfWhole(message, exchange);
  }

  /**
   * Whether an exchange, of which this is the message, is a part of the client's: Camel gives such
   * a copy the id of the whole, and takes it from what a wireTap copies.
   */
  private static boolean isPartOfWhole(HttpMessage message, Exchange exchange) {
    HttpMessage copied = message.copied();
    if (copied == null) {
      return true;
    }
    Exchange whole = copied.getExchange();
    return whole != null
        && whole.getExchangeId().equals(exchange.getProperty(ExchangePropertyKey.CORRELATION_ID))
        && isPartOfWhole(copied, whole);
  }
}
