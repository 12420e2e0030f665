// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import java.util.Locale;

/** Every time-out that ends a request. */
public enum Timeout {
  /** The client's head did not come whole. */
  CLIENT_HEAD,
  /** The client stopped sending the body. */
  CLIENT_BODY,
  /** The client stopped reading the reply. */
  CLIENT_SEND,
  /** The turn at a worker with {@code maxInFlight} did not come. */
  QUEUE,
  /** The worker accepted no connection, because its backlog was full. */
  WORKER_CONNECT,
  /** The worker stopped reading the request. */
  WORKER_SEND,
  /** The worker's reply did not begin. */
  WORKER_REPLY,
  /** The worker stopped sending its reply. */
  WORKER_READ;

  private final String tag = name().toLowerCase(Locale.ROOT);

  /** The name of this time-out in metrics. */
  public String tag() {
    return tag;
  }
}
