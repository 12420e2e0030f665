// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

/**
 * Remembers the streams that a client has opened recently. So a stream that has ended is
 * distinguished from one that was skipped, which may not be opened any more (RFC 9113 section
 * 5.1.1). Confined to one event loop.
 */
final class StreamIds {
  private int last = -1;

  /** Bit {@code i} is for the stream {@code last - 2 * i}. */
  private long bits;

  /** A client's next stream, whose number is higher than those before. */
  void open(int id) {
    int gap = (id - last) / 2;
    bits = gap < Long.SIZE ? bits << gap | 1 : 1;
    last = id;
  }

  /** Whether a stream has been opened; streams far in the past count as opened. */
  boolean wasOpened(int id) {
    int age = (last - id) / 2;
    return age >= Long.SIZE || (bits >>> age & 1) != 0;
  }
}
