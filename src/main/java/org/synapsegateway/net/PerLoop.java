// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One thing for each event loop, made when it is first asked for.
 *
 * <p>Safe for any thread: what exists is found without a lock. Call {@link #of} on the loop itself.
 */
public final class PerLoop<T> {
  private final Function<Loop, T> make;
  private volatile T[] made;

  @SuppressWarnings("unchecked")
  public PerLoop(Function<Loop, T> make) {
    this.make = make;
    this.made = (T[]) new Object[0];
  }

  /** The object of a loop. */
  public T of(Loop loop) {
    T known = orNull(loop);
    return known == null ? add(loop) : known;
  }

  /** The object of a loop; null if it has none yet. */
  public @Nullable T orNull(Loop loop) {
    T[] now = made;
    return loop.number() < now.length ? now[loop.number()] : null;
  }

  /** The objects of all loops that have one. */
  public Stream<T> all() {
    return Arrays.stream(made).filter(Objects::nonNull);
  }

  /** Forgets the objects of all loops. */
  @SuppressWarnings("unchecked")
  public synchronized void clear() {
    made = (T[]) new Object[0];
  }

  private synchronized T add(Loop loop) {
    T[] grown = Arrays.copyOf(made, Math.max(made.length, loop.number() + 1));
    T added = make.apply(loop);
    grown[loop.number()] = added;
    made = grown;
    return added;
  }
}
