// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

/**
 * What one object holds of an owner's share of memory, as it grows and shrinks. Confined to one
 * event loop.
 */
public final class Holding {
  private final SharedBudget.Share share;
  private int bytes;

  /** Holds nothing yet. */
  public Holding(SharedBudget.Share share) {
    this.share = share;
  }

  /** Holds this many bytes from now on; returns false, and changes nothing, if there are not. */
  public boolean hold(int now) {
    if (now > bytes && !share.take(now - bytes)) {
      return false;
    }
    if (now < bytes) {
      share.giveBack(bytes - now);
    }
    bytes = now;
    return true;
  }

  /** Gives all of it back. */
  public void release() {
    if (bytes > 0) {
      share.giveBack(bytes);
      bytes = 0;
    }
  }
}
