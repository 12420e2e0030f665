// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The compressors of one event loop, each with 128 KiB: a few are kept for reuse, and the number in
 * use is limited. Confined to that loop.
 */
final class Deflaters {
  /** How many bodies a loop compresses at once; others go as they are. */
  static final int MAX = 32;

  private static final int KEPT = 4;

  private final Deque<FastDeflater> idle = new ArrayDeque<>();
  private int used;

  /** Null until something is compressed, which it may never be. */
  private @Nullable BlockWriter writer;

  /** One for a body of its own; null if too many are in use. */
  @Nullable FastDeflater take() {
    if (used == MAX) {
      return null;
    }
    used++;
    if (writer == null) {
      writer = new BlockWriter();
    }
    FastDeflater deflater = idle.poll();
    return deflater == null ? new FastDeflater(writer) : deflater;
  }

  /** Takes one back. */
  void giveBack(FastDeflater deflater) {
    used--;
    if (idle.size() < KEPT) {
      deflater.reset();
      idle.push(deflater);
    }
  }

  /** How many are in use. */
  int used() {
    return used;
  }
}
