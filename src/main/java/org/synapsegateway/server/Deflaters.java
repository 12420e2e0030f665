// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * The compressors of one event loop, each with 256 KiB outside the heap: a few are kept for reuse,
 * and the number in use is limited. Confined to that loop.
 */
final class Deflaters {
  /** How many bodies a loop compresses at once; others go as they are. */
  static final int MAX = 32;

  private static final int KEPT = 4;

  private final Deque<Deflater> idle = new ArrayDeque<>();
  private int used;

  /** One for a body of its own; null if too many are in use. */
  @Nullable Deflater take() {
    if (used == MAX) {
      return null;
    }
    used++;
    Deflater deflater = idle.poll();
    // the head and the end of a gzip file are written elsewhere, so that no more is copied
    return deflater == null ? new Deflater(Deflater.BEST_SPEED, true) : deflater;
  }

  /** Takes one back. */
  void giveBack(Deflater deflater) {
    used--;
    if (idle.size() < KEPT) {
      deflater.reset();
      idle.push(deflater);
    } else {
      deflater.end();
    }
  }

  /** How many are in use. */
  int used() {
    return used;
  }
}
