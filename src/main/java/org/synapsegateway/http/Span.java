// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

/**
 * A range of a head's bytes in one {@code long}, so that what a request is known by can be found
 * without making a string of it.
 */
public final class Span {
  /** No bytes. */
  public static final long EMPTY = 0;

  private Span() {}

  /** The range {@code [start, end)}. */
  public static long of(int start, int end) {
    return end <= start ? EMPTY : (long) start << 32 | end;
  }

  /** The first byte's index. */
  public static int start(long span) {
    return (int) (span >>> 32);
  }

  /** The index after the last byte. */
  public static int end(long span) {
    return (int) span;
  }
}
