// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.test;

import java.util.Objects;
import org.apache.camel.Exchange;
import org.synapsegateway.http.HttpException;

/**
 * What became of a request: the group it went to, the key that it was balanced by, the worker that
 * it reached, and the answer of routes that gave one.
 *
 * <p>Each assertion gives this back, so that another one can follow. Immutable.
 */
public final class Routed {
  private final String request;
  private final Exchange exchange;
  private final String group;
  private final String key;
  private final String worker;

  Routed(String request, Exchange exchange, String group, String key, String worker) {
    this.request = request;
    this.exchange = exchange;
    this.group = group;
    this.key = key;
    this.worker = worker;
  }

  /** Asserts the group: the route whose workers are meant, be it that others stand in for them. */
  public Routed goesTo(String expected) {
    return check("goes to", expected, group);
  }

  /** Asserts the key, as the access log and {@code explain} have it, or the user whose id it is. */
  public Routed byKey(String expected) {
    boolean isUser =
        key != null && expected.startsWith("@") && key.equals(RequestBuilder.localpart(expected));
    return isUser ? this : check("is balanced by", expected, key);
  }

  /** Asserts that the workers come in turn. */
  public Routed byNoKey() {
    return check("is balanced by", "", key == null ? "" : key);
  }

  /** Asserts the worker, for instance {@code inbound_main.sock}: the end of its URI. */
  public Routed reaches(String expected) {
    return worker != null && worker.endsWith(expected) ? this : check("reaches", expected, worker);
  }

  /** Asserts that no worker was asked. */
  public Routed reachesNobody() {
    return check("reaches", null, worker);
  }

  /** Asserts the status that the gateway itself answers with. */
  public Routed isAnswered(int status) {
    return check("is answered", String.valueOf(status), String.valueOf(status()));
  }

  /** Asserts the body of the answer. */
  public Routed withBody(String expected) {
    return check("has the body", expected, exchange.getMessage().getBody(String.class));
  }

  /** Asserts a field of the answer; null for a field that is not there. */
  public Routed withHeader(String name, String expected) {
    return check("has " + name, expected, exchange.getMessage().getHeader(name, String.class));
  }

  /** The URI of the worker that was asked first, without options; null if nobody was. */
  public String worker() {
    return worker;
  }

  /** The exchange at the end of its route, for what is not asserted here. */
  public Exchange exchange() {
    return exchange;
  }

  private int status() {
    Exception failure = exchange.getException();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof HttpException answer) {
        return answer.failure().status();
      }
    }
    return failure == null
        ? exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class)
        : 500;
  }

  private Routed check(String what, String expected, String actual) {
    if (Objects.equals(expected, actual)) {
      return this;
    }
    throw new AssertionError(
        "%s %s %s, not %s; it went to %s by %s and reached %s"
            .formatted(request, what, actual, expected, group, key, worker),
        exchange.getException());
  }

  @Override
  public String toString() {
    return "%s went to %s by %s and reached %s".formatted(request, group, key, worker);
  }
}
