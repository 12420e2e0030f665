// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;

/** Removes the traces of a failure from an exchange. */
final class Failures {
  private Failures() {}

  /** Removes what a failure and any of Camel's error handlers have left on the exchange. */
  static void forget(Exchange exchange) {
    exchange.setException(null);
    exchange.removeProperty(ExchangePropertyKey.EXCEPTION_CAUGHT);
    exchange.removeProperty(ExchangePropertyKey.FAILURE_ENDPOINT);
    exchange.removeProperty(ExchangePropertyKey.FAILURE_ROUTE_ID);
    exchange.removeProperty(ExchangePropertyKey.UNIT_OF_WORK_EXHAUSTED);
    exchange.setRollbackOnly(false);
    exchange.getExchangeExtension().setRedeliveryExhausted(false);
    exchange.getExchangeExtension().setFailureHandled(false);
    exchange.getExchangeExtension().setErrorHandlerHandled(null);
  }
}
