// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.processor.WireTapProcessor;
import org.apache.camel.support.SynchronizationAdapter;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.request.RequestCopy;

/**
 * Marks the exchanges that a wireTap or an onCompletion starts. The client does not wait for their
 * end, and the log tells of their failures.
 *
 * <p>The exchange pattern does not show that: a route may set {@code InOnly} for any exchange, and
 * the client still waits for the copies that multicast, split or loop make of that one.
 */
public final class Tap implements Processor {
  private static final Logger LOG = LoggerFactory.getLogger(Tap.class);

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

  /** Marks an exchange. */
  public static void mark(Exchange exchange) {
    HttpMessage message = HttpMessage.of(exchange);
    if (message != null && message.request() instanceof RequestCopy copy) {
      copy.tap();
    }
  }

  /**
   * Logs the failure of such an exchange, because nothing else reports it. Those of workers are
   * counted and would be many.
   *
   * @param step what has started it, for example {@code wireTap}
   */
  public static void tellFailure(Exchange exchange, String step) {
    Exception failed = exchange.getException();
    HttpException known = ObjectHelper.getException(HttpException.class, failed);
    String what =
        "What %s of route %s has started failed".formatted(step, exchange.getFromRouteId());
    if (known == null) {
      FailureLog.of(exchange.getContext()).warn(what, failed);
    } else if (known.failure() == Failure.ROUTE_FAILED) {
      LOG.warn("{}: {}", what, known.getMessage());
    } else {
      LOG.debug("{}: {}", what, known.getMessage());
    }
  }

  @Override
  public void process(Exchange exchange) throws Exception {
    mark(exchange);
    exchange.getExchangeExtension().addOnCompletion(new Telling());
    if (next != null) {
      next.process(exchange);
    }
  }

  private static final class Telling extends SynchronizationAdapter {
    @Override
    public void onFailure(Exchange ended) {
      tellFailure(ended, "wireTap");
    }
  }
}
