package org.synapsegateway.server;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The heap that request heads of more than ordinary size may take, all of them together.
 *
 * <p>A head may have 80 KiB, and thousands of clients may send one slowly; without a sum they would
 * fill the heap. A quarter of it is room for hundreds of such heads at once. Safe for any thread.
 */
final class HeadMemory {
  private final long most;
  private final AtomicLong taken = new AtomicLong();

  HeadMemory(long most) {
    this.most = most;
  }

  /** A quarter of the heap. */
  static HeadMemory ofHeap() {
    return new HeadMemory(Runtime.getRuntime().maxMemory() / 4);
  }

  /**
   * Makes a share larger or smaller.
   *
   * @param before the bytes that were taken before
   * @param now the bytes that are needed now
   * @return false if there is no room for more; then the share stays as it was
   */
  boolean resize(int before, int now) {
    int more = now - before;
    if (taken.addAndGet(more) <= most || more <= 0) {
      return true;
    }
    taken.addAndGet(-more);
    return false;
  }

  /** How many bytes are taken. */
  long taken() {
    return taken.get();
  }
}
