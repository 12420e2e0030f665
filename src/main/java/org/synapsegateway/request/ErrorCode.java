// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import org.synapsegateway.http.Failure;

/**
 * The {@code errcode} of the gateway's own answers: the one that Synapse uses for the same thing
 * (synapse/api/errors.py), so that a client needs to know one dialect only.
 */
public final class ErrorCode {
  private ErrorCode() {}

  /** The Matrix error code of a failure. */
  public static String of(Failure failure) {
    return switch (failure) {
      case FORBIDDEN -> "M_FORBIDDEN";
      case NOT_FOUND, METHOD_NOT_ALLOWED, NOT_IMPLEMENTED -> "M_UNRECOGNIZED";
      case BODY_TOO_LARGE -> "M_TOO_LARGE";
      case TOO_MANY_REQUESTS -> "M_LIMIT_EXCEEDED";
      case BAD_REQUEST,
          PLAIN_HTTP,
          INVALID_REQUEST,
          REQUEST_TIMEOUT,
          TARGET_TOO_LONG,
          HEAD_TOO_LARGE,
          CLIENT_GONE,
          ROUTE_FAILED,
          WORKER_UNREACHABLE,
          WORKER_CLOSED,
          BAD_REPLY,
          NOT_READY,
          WORKER_BUSY,
          OVERLOADED,
          WORKER_TIMEOUT,
          VERSION_NOT_SUPPORTED ->
          "M_UNKNOWN";
    };
  }
}
