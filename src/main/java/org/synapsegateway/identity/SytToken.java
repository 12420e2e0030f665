// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

/**
 * The tokens that Synapse makes: {@code syt_<unpadded base64 of the localpart>_<random>_<crc>}
 * (synapse/handlers/auth.py).
 *
 * <p>They are read as nginx reads them with the map of Synapse's docs/workers.md. The checksum is
 * not checked: a client that forges a localpart can compute it.
 */
public final class SytToken {
  private static final String PREFIX = "syt_";

  private SytToken() {}

  /**
   * The localpart as the token has it, in base64, up to the next underscore; {@link Slice#EMPTY} if
   * it is no such token.
   */
  public static Slice localpart(Slice token) {
    if (!token.startsWith(PREFIX)) {
      return Slice.EMPTY;
    }
    int end = token.indexOf('_', PREFIX.length());
    return end < 0 ? Slice.EMPTY : token.part(PREFIX.length(), end);
  }
}
