// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import org.apache.camel.Exchange;
import org.synapsegateway.exchange.HttpMessage;
import org.synapsegateway.request.Request;

/** Finds the request that an exchange is about. */
final class Requests {
  private Requests() {}

  /**
   * The request with which the exchange began, even if a step has replaced the body of its message.
   *
   * @throws IllegalStateException if there is none; a false would send requests astray and, where
   *     access is decided, let them in
   */
  static Request of(Exchange exchange) {
    return HttpMessage.request(exchange);
  }
}
