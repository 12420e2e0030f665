// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

/**
 * Counts the bytes that wait on one event loop: for a slow peer, or for their turn.
 *
 * <p>While there are many, each connection reads little at a time, and only after everything that
 * it has written has been sent; and the less room is left, the less it reads. So slow peers cannot
 * use up the shared memory, however many they are. Confined to one event loop.
 */
public final class Backlog {
  /**
   * The bytes of all loops are many from this part of the heap's size on; direct buffers together
   * may be as large as the heap.
   */
  private static final int PART = 8;

  /** How many times as many may wait: three eighths of the heap, as not all memory is counted. */
  private static final int MOST = 3;

  /** One read takes at most this part of the room that is left. */
  private static final int PARTS_OF_ROOM = 512;

  private final long high;
  private long bytes;

  /**
   * @param high how many bytes are many
   */
  public Backlog(long high) {
    this.high = high;
  }

  /** The backlog of one event loop, of this number of loops. */
  static Backlog ofOne(int loops) {
    return new Backlog(Runtime.getRuntime().maxMemory() / PART / loops);
  }

  void add(long more) {
    bytes += more;
  }

  void remove(long gone) {
    bytes -= gone;
  }

  boolean isHigh() {
    return bytes > high;
  }

  /**
   * How many bytes a connection may read while many wait: a power of two.
   *
   * @param least how many it may always read
   * @param most how many are enough
   */
  int readSize(int least, int most) {
    long part = (high * MOST - bytes) / PARTS_OF_ROOM;
    return part <= least ? least : (int) Math.min(most, Long.highestOneBit(part));
  }

  /** The bytes that wait at this moment. */
  public long bytes() {
    return bytes;
  }
}
