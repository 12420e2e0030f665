// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import org.synapsegateway.http.RequestHead;

/**
 * The user that an application service acts for: its {@code user_id} argument (Matrix
 * specification, application service API, "Identity assertion").
 *
 * <p>The argument means this only beside an application service's token, which is {@link
 * AccessToken.Kind#OPAQUE}; Synapse ignores it beside any other.
 */
public final class MasqueradedUser {
  private MasqueradedUser() {}

  /** The user's localpart in unpadded base64; {@link Slice#EMPTY} if the request names none. */
  public static Slice key(RequestHead head) {
    return UserId.key(QueryArguments.first(head, "user_id"));
  }
}
