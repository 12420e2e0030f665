// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import org.synapsegateway.http.RequestHead;

/**
 * Names requests that may be sent to two workers though their method does not promise that this
 * does no harm (RFC 9110 section 9.2.2). Safe for any thread.
 */
public interface RepeatableRequests {
  /** Whether a request is one of them. */
  boolean contains(RequestHead head);
}
