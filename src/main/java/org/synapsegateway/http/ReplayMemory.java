package org.synapsegateway.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much memory the copies of request bodies may take: each of them, and all together. Safe for
 * any thread.
 */
public final class ReplayMemory {
  /** The part of the heap that all copies may take together. */
  private static final int SHARE_OF_HEAP = 8;

  private final int mostOfOne;
  private final long most;
  private final AtomicLong taken = new AtomicLong();

  /**
   * @param mostOfOne the largest body that is copied, in bytes; 0 for none
   */
  public ReplayMemory(int mostOfOne) {
    this(mostOfOne, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
  }

  ReplayMemory(int mostOfOne, long most) {
    this.mostOfOne = mostOfOne;
    this.most = most;
  }

  /** The largest body that is copied, in bytes; 0 if none is. */
  public int mostOfOne() {
    return mostOfOne;
  }

  /** Takes memory for so many more bytes, if there is any. */
  boolean take(int bytes) {
    if (taken.addAndGet(bytes) <= most) {
      return true;
    }
    giveBack(bytes);
    return false;
  }

  void giveBack(int bytes) {
    taken.addAndGet(-bytes);
  }

  /** The bytes of all copies at this moment. */
  public long taken() {
    return taken.get();
  }
}
