// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import io.netty.channel.SingleThreadEventLoop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shares one event loop out between its connections, so that neither one of them with much to do
 * nor thousands with a little each keep the others waiting.
 *
 * <p>All work has a cost, in bytes moved. What has just come is done at once while the turn has
 * something left for its {@link Rank} and nobody of that rank waits; else it waits in the queue of
 * its rank, where each has a small share of the next turns. Each rank has its own part of a turn,
 * so a small request waits for few turns, however much the others want. Confined to one event loop.
 */
public final class Turns {
  /** The cost of a request or of a reply, beside its bytes. */
  public static final int MESSAGE = 256 * 1024;

  /** The cost of a byte of a head: each is looked at, some of them several times. */
  public static final int BYTE_OF_HEAD = 32;

  /** The cost of a new connection to a worker. */
  public static final int CONNECTION = 8 * MESSAGE;

  /** The most of a rank in one turn, of what has just come and again of what waits. */
  static final int MOST = 16 * MESSAGE;

  /** The most of what has just come on one connection. */
  static final int MAX_SHARE = 4 * MESSAGE;

  private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

  /** What a connection has a turn for; the first come first. */
  public enum Rank {
    /**
     * A message that is small as far as it is there. A turn has room for what a busy loop finds at
     * one look, so that nothing waits while the load is small.
     */
    LITTLE(2 * MESSAGE, 16 * MOST),
    /**
     * A body, with its head or without, or a large reply: it is moved, and mostly not looked at.
     */
    BODY(2 * MESSAGE, MOST),
    /** A large head, or what follows after a share is used up. */
    MUCH(MESSAGE, MOST);

    /** The share of a waiting connection in a turn: one message and a small body. */
    private final int share;

    /** What all may do in a turn. */
    private final int most;

    Rank(int share, int most) {
      this.share = share;
      this.most = most;
    }
  }

  /** Who waits with one rank, and what the turn has left for it. */
  private static final class Lane {
    private final Rank rank;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private long left;

    Lane(Rank rank) {
      this.rank = rank;
      begin();
    }

    private void begin() {
      left = rank.most;
    }

    private boolean isHalfSpent() {
      return left <= rank.most / 2;
    }
  }

  private final SingleThreadEventLoop eventLoop;
  private final Lane little = new Lane(Rank.LITTLE);
  private final Lane body = new Lane(Rank.BODY);
  private final Lane much = new Lane(Rank.MUCH);
  private final Lane[] lanes = {little, body, much};
  private final Runnable renewal = this::renew;
  private Lane lane = little;
  private long share = MAX_SHARE;
  private boolean scheduled;
  private boolean renewing;

  Turns(SingleThreadEventLoop eventLoop) {
    this.eventLoop = eventLoop;
  }

  private Lane lane(Rank rank) {
    return switch (rank) {
      case LITTLE -> little;
      case BODY -> body;
      case MUCH -> much;
    };
  }

  /** Begins the share of a connection on which something has come. */
  void begin(Rank rank) {
    lane = lane(rank);
    share = lane.waiting.isEmpty() ? Math.min(lane.left, MAX_SHARE) : 0;
  }

  /** Charges the current connection for its work. */
  public void charge(long cost) {
    share -= cost;
    chargeTurn(cost);
  }

  /** Reckons a cost that is nothing of the share, as it would put off what follows from it. */
  public void chargeTurn(long cost) {
    lane.left -= cost;
    if (lane.left <= 0) {
      schedule();
    } else if (!renewing && lane.isHalfSpent()) {
      renewing = true;
      eventLoop.executeAfterEventLoopIteration(renewal);
    }
  }

  /**
   * What has come at one look of the loop is one turn's, so the next look finds at least half of a
   * turn; to renew it each time would be a task for each request of a loop with little to do.
   */
  private void renew() {
    renewing = false;
    for (Lane each : lanes) {
      if (each.waiting.isEmpty()) {
        each.begin();
      }
    }
  }

  /** Whether the current connection has used up its share; if not, the turn is over. */
  boolean isShareUsedUp() {
    return share <= 0;
  }

  /** Whether the current connection may do more now. */
  boolean mayGoOn() {
    return share > 0 && lane.left > 0;
  }

  /** Whether much of what comes now has to wait. */
  boolean isOver() {
    if (!much.waiting.isEmpty()) {
      return true;
    }
    for (Lane each : lanes) { // asked at each read
      if (each.left <= 0) {
        return true;
      }
    }
    return false;
  }

  /** Continues a connection in a later turn. */
  public void await(Rank rank, Runnable connection) {
    lane(rank).waiting.add(connection);
    schedule();
  }

  /** How many connections wait. */
  public int waiting() {
    int waiting = 0;
    for (Lane each : lanes) {
      waiting += each.waiting.size();
    }
    return waiting;
  }

  /**
   * As a scheduled task, for Netty runs one that was only added before the loop looks for input.
   */
  private void schedule() {
    if (!scheduled) {
      scheduled = true;
      eventLoop.schedule(this::next, 0, TimeUnit.NANOSECONDS);
    }
  }

  private void next() {
    scheduled = false;
    try {
      for (Lane each : lanes) {
        workOff(each);
      }
    } finally {
      for (Lane each : lanes) {
        each.begin();
      }
      if (waiting() > 0) {
        schedule();
      }
    }
  }

  private void workOff(Lane next) {
    lane = next;
    next.begin();
    for (int i = next.waiting.size(); i > 0 && next.left > 0; i--) {
      lane = next;
      share = waiting() == 1 ? next.left : Math.min(next.left, next.rank.share);
      run(next.waiting.remove());
    }
  }

  /** An exception of one connection must not stop the turns of the others. */
  private static void run(Runnable connection) {
    try {
      connection.run();
    } catch (RuntimeException e) {
      LOG.error("A connection's turn failed", e);
    }
  }
}
