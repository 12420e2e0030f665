// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import java.util.Base64;

/**
 * A Matrix user's name, {@code @localpart:server}, of 255 bytes at most (Matrix specification,
 * appendix "User IDs").
 */
public final class UserId {
  private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();

  private static final int MAX_LENGTH = 255;

  private UserId() {}

  /**
   * What nginx would cut out of one of the user's {@code syt_} tokens: the localpart in unpadded
   * base64; {@link Slice#EMPTY} if this is no user's name.
   */
  public static Slice key(Slice userId) {
    int colon = userId.indexOf(':', 0);
    if (colon <= 1 || userId.at(0) != '@' || userId.length() > MAX_LENGTH) {
      return Slice.EMPTY;
    }
    return Slice.of(BASE64.encode(userId.part(1, colon).toArray()));
  }
}
