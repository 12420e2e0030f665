package org.synapsegateway.http;

import java.util.Locale;

/**
 * Every way in which the gateway itself ends a request: the status it answers, the Matrix error
 * code, and the words for the client.
 *
 * <p>This is the only list of such answers; metrics use {@link #tag()}. Codes are those that
 * Synapse uses for the same thing (synapse/api/errors.py), so that a client needs to know one
 * dialect only.
 */
public enum Failure {
  BAD_REQUEST(400, "M_UNKNOWN", "The request is not valid HTTP"),
  /** It comes in plain where TLS is spoken. */
  PLAIN_HTTP(400, "M_UNKNOWN", "This port speaks https, and the request is plain http"),
  /** A step {@code validate} of the routes refuses it. */
  INVALID_REQUEST(400, "M_UNKNOWN", "The request is not what this endpoint takes"),
  FORBIDDEN(403, "M_FORBIDDEN", "This endpoint is open to private clients only"),
  NOT_FOUND(404, "M_UNRECOGNIZED", "Unrecognized request"),
  METHOD_NOT_ALLOWED(405, "M_UNRECOGNIZED", "Method not allowed"),
  REQUEST_TIMEOUT(408, "M_UNKNOWN", "The request did not arrive in time"),
  BODY_TOO_LARGE(413, "M_TOO_LARGE", "The request body is too large"),
  TARGET_TOO_LONG(414, "M_UNKNOWN", "The request target is too long"),
  TOO_MANY_REQUESTS(429, "M_LIMIT_EXCEEDED", "Too many requests"),
  HEAD_TOO_LARGE(431, "M_UNKNOWN", "The request head is too large"),
  /** The client went away before its reply; nobody is told, the status is nginx's for logs. */
  CLIENT_GONE(499, "M_UNKNOWN", "The client closed the connection"),
  ROUTE_FAILED(500, "M_UNKNOWN", "The gateway failed to route the request"),
  NOT_IMPLEMENTED(501, "M_UNRECOGNIZED", "Transfer coding not implemented"),
  WORKER_UNREACHABLE(502, "M_UNKNOWN", "The worker cannot be reached"),
  WORKER_CLOSED(502, "M_UNKNOWN", "The worker closed the connection before it replied"),
  BAD_REPLY(502, "M_UNKNOWN", "The worker's reply is not valid HTTP"),
  NOT_READY(503, "M_UNKNOWN", "The gateway is not ready"),
  WORKER_BUSY(503, "M_UNKNOWN", "The worker accepts no more connections"),
  OVERLOADED(503, "M_UNKNOWN", "The gateway is at its limit"),
  WORKER_TIMEOUT(504, "M_UNKNOWN", "The worker did not reply in time"),
  VERSION_NOT_SUPPORTED(505, "M_UNKNOWN", "HTTP version not supported");

  private final int status;
  private final String errcode;
  private final String error;
  private final String tag = name().toLowerCase(Locale.ROOT);

  Failure(int status, String errcode, String error) {
    this.status = status;
    this.errcode = errcode;
    this.error = error;
  }

  /** The HTTP status of the reply. */
  public int status() {
    return status;
  }

  /** The Matrix error code of the reply's body. */
  public String errcode() {
    return errcode;
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
