package org.synapsegateway.http;

import org.synapsegateway.net.MemoryBudget;

/**
 * How much memory the copies of request bodies may take: each of them, and all together. Safe for
 * any thread.
 */
public final class ReplayMemory {
  /** The part of the heap that all copies may take together. */
  private static final int SHARE_OF_HEAP = 8;

  private final int mostOfOne;
  private final MemoryBudget budget;

  /**
   * @param mostOfOne the largest body that is copied, in bytes; 0 for none
   */
  public ReplayMemory(int mostOfOne) {
    this(mostOfOne, MemoryBudget.partOfHeap(SHARE_OF_HEAP));
  }

  ReplayMemory(int mostOfOne, MemoryBudget budget) {
    this.mostOfOne = mostOfOne;
    this.budget = budget;
  }

  /** The largest body that is copied, in bytes; 0 if none is. */
  public int mostOfOne() {
    return mostOfOne;
  }

  /** What all copies take together. */
  public MemoryBudget budget() {
    return budget;
  }
}
