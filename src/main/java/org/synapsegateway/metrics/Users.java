// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.metrics;

import com.dynatrace.hash4j.distinctcount.UltraLogLog;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.net.Bits;

/**
 * Estimates the number of distinct users in the last hour or two, without storing them.
 *
 * <p>UltraLogLog, the successor of HyperLogLog: 1 KiB gives a standard error of 2.5 %. One thread
 * adds, any other may read: what it misses is what has just been added.
 */
final class Users {
  private static final long WINDOW = TimeUnit.HOURS.toNanos(1);
  private static final int PRECISION = 10;

  private static final class Window {
    private final long begun;
    private final UltraLogLog sketch = UltraLogLog.create(PRECISION);
    private volatile @Nullable Window before;

    Window(long begun, @Nullable Window before) {
      this.begun = begun;
      this.before = before;
    }
  }

  private volatile @Nullable Window window;

  /**
   * A user has been here.
   *
   * @param hash any hash of the user
   * @param now a time of {@link System#nanoTime()}
   */
  void add(int hash, long now) {
    Window current = window;
    if (current == null || now - current.begun >= WINDOW) {
      if (current != null) {
        current.before = null;
      }
      current = new Window(now, current);
      window = current;
    }
    current.sketch.add(spread(hash));
  }

  /** Adds those of the last hour or two to a sketch. */
  void addTo(UltraLogLog sum, long now) {
    for (Window each = window; each != null; each = each.before) {
      if (now - each.begun < 2 * WINDOW) {
        sum.add(UltraLogLog.wrap(each.sketch.getState().clone()));
      }
    }
  }

  static UltraLogLog nobody() {
    return UltraLogLog.create(PRECISION);
  }

  /** The sketch needs bits that do not depend on each other; those of a ring's CRC-32 do. */
  private static long spread(int hash) {
    return Bits.scatter((hash & 0xffffffffL) * 0x9e3779b97f4a7c15L);
  }
}
