// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

/**
 * The bytes that wait on one event loop: for a peer that does not take them, or for their turn.
 *
 * <p>While there are many, connections read little at a time and wait until all that they have
 * written is gone, so that thousands of slow peers cannot take the memory that all share. Confined
 * to one event loop.
 */
public final class Backlog {
  /** The part of the heap's size that all loops' bytes may reach; Java's buffers may take all. */
  private static final int PART = 8;

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

  /** The bytes that wait at this moment. */
  public long bytes() {
    return bytes;
  }
}
