// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import java.util.Locale;

/**
 * Every way in which the gateway itself ends a request: the status it answers, and the words for
 * the client.
 *
 * <p>This is the only list of such answers; metrics use {@link #tag()}.
 */
public enum Failure {
  BAD_REQUEST(400, "The request is not valid HTTP"),
  /** Plain HTTP was sent to a TLS port. */
  PLAIN_HTTP(400, "This port speaks https, and the request is plain http"),
  /** A step {@code validate} of the routes refuses it. */
  INVALID_REQUEST(400, "The request is not what this endpoint takes"),
  FORBIDDEN(403, "This endpoint is open to private clients only"),
  NOT_FOUND(404, "Unrecognized request"),
  METHOD_NOT_ALLOWED(405, "Method not allowed"),
  REQUEST_TIMEOUT(408, "The request did not arrive in time"),
  BODY_TOO_LARGE(413, "The request body is too large"),
  TARGET_TOO_LONG(414, "The request target is too long"),
  TOO_MANY_REQUESTS(429, "Too many requests"),
  HEAD_TOO_LARGE(431, "The request head is too large"),
  /** The client left before its reply; no reply is sent, and the log has nginx's status. */
  CLIENT_GONE(499, "The client closed the connection"),
  ROUTE_FAILED(500, "The gateway failed to route the request"),
  NOT_IMPLEMENTED(501, "Transfer coding not implemented"),
  WORKER_UNREACHABLE(502, "The worker cannot be reached"),
  WORKER_CLOSED(502, "The worker closed the connection before it replied"),
  BAD_REPLY(502, "The worker's reply is not valid HTTP"),
  NOT_READY(503, "The gateway is not ready"),
  WORKER_BUSY(503, "The worker accepts no more connections"),
  OVERLOADED(503, "The gateway is at its limit"),
  WORKER_TIMEOUT(504, "The worker did not reply in time"),
  VERSION_NOT_SUPPORTED(505, "HTTP version not supported");

  private final int status;
  private final String error;
  private final String tag = name().toLowerCase(Locale.ROOT);

  Failure(int status, String error) {
    this.status = status;
    this.error = error;
  }

  /** The HTTP status of the reply. */
  public int status() {
    return status;
  }

  /** The sentence of the reply's body; never holds anything the client sent. */
  public String error() {
    return error;
  }

  /** The name of this failure in metrics and logs. */
  public String tag() {
    return tag;
  }
}
