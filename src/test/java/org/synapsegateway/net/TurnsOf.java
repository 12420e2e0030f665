// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

/** Shows tests of other packages how far the turn of a loop is. */
public final class TurnsOf {
  private TurnsOf() {}

  /** Whether most new input has to wait. Confined to the loop. */
  public static boolean isOver(Loop loop) {
    return loop.turns().isOver();
  }
}
