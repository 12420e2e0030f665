// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.ExtendedExchangeExtension;
import org.apache.camel.support.ResetableClock;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges of requests that have ended, with their units of work, for later requests of the
 * same front route and event loop to use again. Both together take 650 bytes.
 *
 * <p>A mirror, a time-out or a bean of an admin's own may keep an exchange for longer than its
 * request. So an exchange serves once if it has been in other hands (see {@link UnitsOfWork#lend}),
 * or if listeners are told of exchanges. The message is never used again. Confined to one event
 * loop.
 */
public final class SpareExchanges {
  /** Enough for the requests in flight of a busy loop; at most 400 KB. */
  static final int MAX = 512;

  private final Deque<Exchange> spare = new ArrayDeque<>();

  /** Where they have begun; null as long as there are none. */
  private @Nullable Consumer from;

  /** An exchange without a message, whose unit of work is to be prepared if it has one. */
  @SuppressWarnings("ReferenceEquality")
  public Exchange take(Consumer route) {
    if (route != from) {
      spare.clear();
      from = route;
    }
    Exchange exchange = spare.pollLast();
    if (exchange == null) {
      return route.createExchange(false);
    }
    ((ResetableClock) exchange.getClock()).reset();
    return exchange;
  }

  /** Keeps an exchange that has ended, if nobody else can have it. */
  @SuppressWarnings("ReferenceEquality")
  public void giveBack(Consumer route, Exchange ended, UnitOfWork work) {
    if (route == from
        && spare.size() < MAX
        && ended instanceof DefaultExchange exchange // others Camel has in a pool itself
        && UnitsOfWork.isUnshared(work)
        && !ended.getContext().getCamelContextExtension().isEventNotificationApplicable()) {
      clear(exchange, work);
      spare.addLast(exchange);
    }
  }

  private static void clear(DefaultExchange exchange, UnitOfWork work) {
    exchange.setIn(null);
    exchange.setOut(null);
    exchange.setException(null);
    exchange.setExchangeId(null);
    exchange.removeProperties("*");
    ExtendedExchangeExtension extension = exchange.getExchangeExtension();
    extension.setSafeCopyProperty(HttpMessage.LINK, null);
    extension.setUnitOfWork(work);
    extension.setFailureHandled(false);
    extension.reset(); // and with it the unit of work
  }
}
