package org.synapsegateway.routing;

import org.apache.camel.Exchange;
import org.synapsegateway.http.Request;

/** Finds the request that an exchange is about. */
final class Requests {
  private Requests() {}

  /**
   * The request in the message's body.
   *
   * @throws IllegalStateException if the body is something else; a false would send requests astray
   *     and, where access is decided, let them in
   */
  static Request of(Exchange exchange, Object asked) {
    Object body = exchange.getMessage().getBody();
    if (body instanceof Request request) {
      return request;
    }
    throw new IllegalStateException(
        asked
            + " asks about the request, but the message's body is "
            + (body == null ? "empty" : "of type " + body.getClass().getName())
            + "; ask before the steps that replace the body");
  }
}
