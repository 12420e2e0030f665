// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.metrics;

import java.util.concurrent.atomic.AtomicLongArray;
import org.synapsegateway.identity.KeyKind;
import org.synapsegateway.request.Timeout;

/**
 * What one event loop has counted of one destination.
 *
 * <p>Only its loop writes, so to count is an ordinary addition, without the atomic operations and
 * the search by tags that a meter of Micrometer takes; any thread may read.
 */
// enums index cells, which are no map because a map's values are objects
@SuppressWarnings("EnumOrdinal")
final class LoopCounters {
  /** What is counted or summed up, a cell each. */
  enum Sum {
    SENT,
    LEFT,
    POLLS_SENT,
    POLLS_LEFT,
    RETRIES,
    FALLBACKS,
    SPILLS,
    WAITS,
    WAIT_NANOS,
    NEW_CONNECTIONS,
    KEPT_CONNECTIONS,
    NEW_CLIENTS,
    KEPT_CLIENTS,
    NEW_HTTP2_CLIENTS,
    KEPT_HTTP2_CLIENTS,
    REQUEST_BYTES,
    REPLY_BYTES,
    UNRECOGNIZED
  }

  private static final int KEYS = Sum.values().length;
  private static final int TIMEOUTS = KEYS + KeyKind.values().length;
  private static final int OUTCOMES = TIMEOUTS + Timeout.values().length;
  private static final int[] HISTOGRAMS = new int[Histogram.values().length];
  private static final int SIZE;

  static {
    int at = OUTCOMES + 2 * Outcome.COUNT;
    for (Histogram histogram : Histogram.values()) {
      HISTOGRAMS[histogram.ordinal()] = at;
      at += 1 + histogram.size();
    }
    SIZE = at;
  }

  /** The cell of a sum. */
  static int cell(Sum sum) {
    return sum.ordinal();
  }

  static int cell(KeyKind kind) {
    return KEYS + kind.ordinal();
  }

  static int cell(Timeout timeout) {
    return TIMEOUTS + timeout.ordinal();
  }

  /** The cell of an {@link Outcome} of requests that only read, or of those that may write. */
  static int cell(boolean reads, int outcome) {
    return OUTCOMES + (reads ? 0 : Outcome.COUNT) + outcome;
  }

  /** The cell of the sum of all durations, in nanoseconds; those of the buckets follow. */
  static int cell(Histogram histogram) {
    return HISTOGRAMS[histogram.ordinal()];
  }

  private final AtomicLongArray cells = new AtomicLongArray(SIZE);
  private final Users users = new Users();

  // ---- on the loop

  void count(Sum sum) {
    add(sum.ordinal(), 1);
  }

  void add(Sum sum, long amount) {
    if (amount != 0) {
      add(sum.ordinal(), amount);
    }
  }

  void count(int cell) {
    add(cell, 1);
  }

  void add(Histogram histogram, long nanos) {
    int cell = cell(histogram);
    add(cell, nanos);
    add(cell + 1 + histogram.bucket(nanos), 1);
  }

  private void add(int cell, long amount) {
    cells.setOpaque(cell, cells.getPlain(cell) + amount);
  }

  // ---- from any thread

  long get(int cell) {
    return cells.getOpaque(cell);
  }

  Users users() {
    return users;
  }
}
