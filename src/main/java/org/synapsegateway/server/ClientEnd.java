// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

/** What ends a client's connection in the gateway, whatever version of HTTP it speaks. */
interface ClientEnd {
  /** Tells a connection to end if it is idle; while the door closes, also when it will be. */
  Object CLOSING = new Object();

  /** For how long an idle connection stays while the door closes, as a request may be under way. */
  long LAST_REQUEST_MILLIS = 1_000;

  /**
   * Whether it has served a request and waits for the next one. Approximate off the event loop;
   * callers check again on the loop.
   */
  boolean isIdle();
}
