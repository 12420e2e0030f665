// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HttpException;

/** A worker failed to serve a request. */
public final class WorkerException extends HttpException {
  private static final long serialVersionUID = 1;

  private final boolean mayTryNext;

  /**
   * @param mayTryNext whether another worker may be asked: no byte of a reply came, and either
   *     nothing of the request was sent or it is idempotent and can be sent again
   */
  public WorkerException(Failure failure, String detail, boolean mayTryNext) {
    super(failure, detail);
    this.mayTryNext = mayTryNext;
  }

  /** Whether another worker may be asked without harm. */
  public boolean mayTryNext() {
    return mayTryNext;
  }
}
