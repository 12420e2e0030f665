// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.net.InetAddress;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The addresses that did not answer a connect in time. Such a connect delays a request by a second,
 * while a refused one takes no time. So each silent address is skipped for 1, 2, 4 and then always
 * 10 s; after that time, one request tries it for all others. Safe for any thread.
 */
final class SilentAddresses {
  private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(10);

  /**
   * For how long an address is skipped.
   *
   * @param tried whether a request tries it at this moment
   */
  private record Pause(long nanos, long end, boolean tried) {}

  private final LongSupplier clock;
  private final Map<InetAddress, Pause> pauses = new ConcurrentHashMap<>();

  /**
   * @param clock returns nanoseconds since any fixed time
   */
  SilentAddresses(LongSupplier clock) {
    this.clock = clock;
  }

  /** Whether an address may be tried now; if so, the caller must report the outcome. */
  boolean mayTry(InetAddress address) {
    Pause pause = pauses.get(address);
    return pause == null
        || !pause.tried
            && clock.getAsLong() - pause.end >= 0
            && pauses.replace(address, pause, new Pause(pause.nanos, pause.end, true));
  }

  /** It gave no answer in time. */
  void silent(InetAddress address) {
    pauses.compute(
        address,
        (key, pause) -> {
          if (pause != null && !pause.tried) {
            return pause; // several connects may have begun before the first one failed; one of
            // them counts
          }
          long nanos = pause == null ? FIRST_NANOS : Math.min(2 * pause.nanos, MAX_NANOS);
          return new Pause(nanos, clock.getAsLong() + nanos, false);
        });
  }

  /** It answered, even if it refused. */
  void answered(InetAddress address) {
    pauses.remove(address);
  }

  /** The caller did not wait for the answer. */
  void left(InetAddress address) {
    pauses.computeIfPresent(address, (key, pause) -> new Pause(pause.nanos, pause.end, false));
  }

  /** Forgets all others. */
  void retain(Collection<InetAddress> addresses) {
    pauses.keySet().retainAll(addresses);
  }
}
