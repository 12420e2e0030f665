// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

/**
 * Compares the length of a body with the length that its head declares (RFC 9113 section 8.1.1).
 * Confined to one event loop.
 */
final class BodyLength {
  private static final long UNKNOWN = -1;

  /** The bytes that are still to come. */
  private long missing = UNKNOWN;

  /**
   * Sets the length that the head declares.
   *
   * @param bytes negative if it declares none
   */
  void declare(long bytes) {
    missing = bytes < 0 ? UNKNOWN : bytes;
  }

  /**
   * Counts a part.
   *
   * @param last whether the body ends with it
   * @return whether that agrees with the declared length
   */
  boolean takes(int bytes, boolean last) {
    if (missing == UNKNOWN) {
      return true;
    }
    if (bytes > missing) {
      return false;
    }
    missing -= bytes;
    return !last || missing == 0;
  }

  /** The most bytes that may still come. */
  long missing() {
    return missing == UNKNOWN ? Long.MAX_VALUE : missing;
  }

  /** Whether the declared length has been received, though the body may not have ended. */
  boolean isReached() {
    return missing == 0;
  }
}
