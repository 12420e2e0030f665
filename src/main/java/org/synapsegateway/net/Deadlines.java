// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import io.netty.channel.EventLoop;
import java.util.Arrays;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deadlines of one event loop's connections, checked together a few times a second.
 *
 * <p>A request moves its connection's deadline several times. Here a move is one store to memory; a
 * scheduled task would cost an allocation and a queue operation for each move. The price is
 * precision, see {@link Deadline}. Confined to one event loop.
 */
public final class Deadlines {
  static final int TICK_MILLIS = 100;

  private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);

  private final EventLoop eventLoop;
  private Deadline[] watched = new Deadline[64];
  private int size;
  private long now = System.nanoTime();
  private @Nullable Future<?> ticker; // null while none is watched

  Deadlines(EventLoop eventLoop) {
    this.eventLoop = eventLoop;
  }

  /** The time of the last check, by {@link System#nanoTime()}: at most one tick ago. */
  long now() {
    return now;
  }

  void add(Deadline deadline) {
    if (size == watched.length) {
      watched = Arrays.copyOf(watched, size * 2);
    }
    deadline.slot = size;
    watched[size++] = deadline;
    if (ticker == null) {
      now = System.nanoTime();
      ticker =
          eventLoop.scheduleAtFixedRate(
              this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  void remove(Deadline deadline) {
    int slot = deadline.slot;
    if (slot < 0) {
      return;
    }
    Deadline last = watched[--size];
    watched[slot] = last;
    last.slot = slot;
    watched[size] = null;
    deadline.slot = -1;
    if (size == 0 && ticker != null) {
      ticker.cancel(false);
      ticker = null;
    }
  }

  /** How many are watched. */
  public int size() {
    return size;
  }

  private void tick() {
    now = System.nanoTime();
    // from the end, because an expired one usually removes itself, and the last one then takes
    // its place
    for (int i = size - 1; i >= 0; i--) {
      if (i < size) {
        Deadline each = watched[i];
        if (each.nanos != Deadline.NEVER && now - each.nanos >= 0) {
          each.nanos = Deadline.NEVER;
          expire(each);
        }
      }
    }
  }

  /** An exception of one holder must not stop the deadlines of the others. */
  private static void expire(Deadline deadline) {
    try {
      deadline.expired();
    } catch (RuntimeException e) {
      LOG.error("The handler of a deadline failed", e);
    }
  }
}
