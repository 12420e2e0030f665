// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.processor.WireTapProcessor;
import org.synapsegateway.request.RequestCopy;

/**
 * Marks the exchanges that a wireTap starts. The client does not wait for their end.
 *
 * <p>The exchange pattern does not show that: a route may set {@code InOnly} for any exchange, and
 * the client still waits for the copies that multicast, split or loop make of that one.
 */
public final class Tap implements Processor {
  private final Processor next;

  private Tap(Processor next) {
    this.next = next;
  }

  /** Has a wireTap mark what it starts. */
  public static void mark(WireTapProcessor step) {
    step.setOnPrepare(new Tap(step.getOnPrepare()));
  }

  /** Whether an exchange comes from a wireTap, at first or second hand. */
  public static boolean is(Exchange exchange) {
    HttpMessage message = HttpMessage.of(exchange);
    return message != null && message.request() instanceof RequestCopy copy && copy.isTap();
  }

  @Override
  public void process(Exchange exchange) throws Exception {
    HttpMessage message = HttpMessage.of(exchange);
    if (message != null && message.request() instanceof RequestCopy copy) {
      copy.tap();
    }
    if (next != null) {
      next.process(exchange);
    }
  }
}
