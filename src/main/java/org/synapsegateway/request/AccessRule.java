// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

/**
 * Says which requests may not go to any worker, whichever route they came by. Safe for any thread.
 */
public interface AccessRule {
  /** Whether a request is one of them, by its target and its client. */
  boolean refuses(Request request);
}
