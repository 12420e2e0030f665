package org.synapsegateway.net;

import io.netty.channel.EventLoop;
import java.util.Arrays;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deadlines of one event loop's connections, looked at together a few times a second.
 *
 * <p>A request moves its connection's deadline several times. Here each move is one store in the
 * connection; a scheduled task for each would be an allocation and a queue operation. The price is
 * precision: a deadline passes up to twice {@value #TICK_MILLIS} ms late, and never early. Confined
 * to one event loop.
 */
public final class Deadlines {
  static final int TICK_MILLIS = 100;

  private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);

  /** What has a deadline. */
  public abstract static class Holder {
    /** No deadline. */
    protected static final long NEVER = Long.MAX_VALUE;

    private int slot = -1;
    private long deadline = NEVER;

    /**
     * Sets the deadline this many milliseconds from now, replacing an earlier one; 0 means none.
     */
    protected final void expireIn(Deadlines deadlines, long millis) {
      deadline =
          millis <= 0 ? NEVER : deadlines.now + TimeUnit.MILLISECONDS.toNanos(millis + TICK_MILLIS);
    }

    /** Takes the deadline away. */
    protected final void expireNever() {
      deadline = NEVER;
    }

    /** Called once, on the event loop, when the deadline has passed. */
    protected abstract void expired();
  }

  private final EventLoop eventLoop;
  private Holder[] holders = new Holder[64];
  private int size;
  private long now = System.nanoTime();
  private Future<?> ticker;

  Deadlines(EventLoop eventLoop) {
    this.eventLoop = eventLoop;
  }

  /** Begins to watch a holder. */
  public void add(Holder holder) {
    if (size == holders.length) {
      holders = Arrays.copyOf(holders, size * 2);
    }
    holder.slot = size;
    holders[size++] = holder;
    if (ticker == null) {
      now = System.nanoTime();
      ticker =
          eventLoop.scheduleAtFixedRate(
              this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Ends to watch a holder; does nothing if it is not watched. */
  public void remove(Holder holder) {
    int slot = holder.slot;
    if (slot < 0) {
      return;
    }
    Holder last = holders[--size];
    holders[slot] = last;
    last.slot = slot;
    holders[size] = null;
    holder.slot = -1;
    if (size == 0) {
      ticker.cancel(false);
      ticker = null;
    }
  }

  /** How many holders are watched. */
  public int size() {
    return size;
  }

  private void tick() {
    now = System.nanoTime();
    // from the end, because an expired holder usually removes itself and the last one takes its
    // place
    for (int i = size - 1; i >= 0; i--) {
      if (i < size) {
        Holder holder = holders[i];
        if (holder.deadline != Holder.NEVER && now - holder.deadline >= 0) {
          holder.deadline = Holder.NEVER;
          expire(holder);
        }
      }
    }
  }

  /** One holder's accident must not end the deadlines of all others. */
  private static void expire(Holder holder) {
    try {
      holder.expired();
    } catch (RuntimeException e) {
      LOG.error("What a passed deadline brings about failed", e);
    }
  }
}
