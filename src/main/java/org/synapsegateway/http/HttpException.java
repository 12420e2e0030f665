// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import java.util.Objects;

/**
 * Ends a request with a {@link Failure}.
 *
 * <p>It has no stack trace: it is an expected outcome, and bad clients cause many.
 */
public class HttpException extends Exception {
  private static final long serialVersionUID = 1;

  private final Failure failure;

  /**
   * @param failure the reply to the client
   * @param detail what was found and where, for the log; holds no part of a token
   */
  public HttpException(Failure failure, String detail) {
    super(detail, null, false, false);
    this.failure = Objects.requireNonNull(failure, "failure");
  }

  /** What was found and where. */
  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }

  /** The reply to the client. */
  public Failure failure() {
    return failure;
  }
}
