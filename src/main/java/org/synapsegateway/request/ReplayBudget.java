// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import org.synapsegateway.net.MemoryBudget;

/**
 * How much memory the copies of request bodies may take: each of them, and all together. Safe for
 * any thread.
 *
 * @param maxOfOne the largest body that is copied, in bytes; 0 for none
 * @param budget what all copies take together
 */
public record ReplayBudget(int maxOfOne, MemoryBudget budget) {
  /** The part of the heap that all copies may take together, unless a setting says how much. */
  private static final int SHARE_OF_HEAP = 8;

  /**
   * A budget for all copies.
   *
   * @param bytes 0 for an eighth of the heap
   */
  public static MemoryBudget budget(long bytes) {
    return bytes == 0 ? MemoryBudget.partOfHeap(SHARE_OF_HEAP) : new MemoryBudget(bytes);
  }
}
