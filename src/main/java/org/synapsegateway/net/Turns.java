// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import io.netty.channel.SingleThreadEventLoop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shares one event loop between its connections, so that neither one connection with much work nor
 * thousands with a little each delay the others.
 *
 * <p>All work has a cost, expressed in bytes moved. New input is processed at once if its {@link
 * Rank} has budget left in this turn and no connection of that rank waits. Otherwise the connection
 * waits in the queue of its rank, and gets a small share of the next turns. Each rank has a budget
 * of its own in each turn, so a small request waits for few turns, however much work the others
 * have. Confined to one event loop.
 */
public final class Turns {
  /** The cost of a request or of a reply, beside its bytes. */
  public static final int MESSAGE = 256 * 1024;

  /**
   * The cost of a byte of a head, which is more than moving it: each is parsed, some several times.
   */
  public static final int BYTE_OF_HEAD = 32;

  /** The cost of a new connection to a worker. */
  public static final int CONNECTION = 8 * MESSAGE;

  /**
   * The budget of a rank in one turn: once for new input, and once more for connections that wait.
   */
  static final int MAX = 16 * MESSAGE;

  private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

  /** The kind of work for which a connection needs a turn, in the order of precedence. */
  public enum Rank {
    /**
     * A message of which only little has come. Half the budget covers one from each of about 500
     * connections, so that nothing waits under ordinary load: to wait costs a copy, and all that
     * comes meanwhile waits too.
     */
    LITTLE(10 * MESSAGE, 2 * MESSAGE, 64 * MAX),
    /** A body, with its head or without, or a large reply: bytes that are moved and not parsed. */
    BODY(4 * MESSAGE, 2 * MESSAGE, MAX),
    /**
     * Further requests of a connection of HTTP/2, which carries as many as HTTP/1.1 does on several
     * connections. Those that are served together have their replies sent together; browsers ask
     * for about ten things at once.
     */
    STREAMS(10 * MESSAGE, 10 * MESSAGE, 4 * MAX),
    /** A large head, or further work of a connection that has used up its share. */
    MUCH(4 * MESSAGE, MESSAGE, MAX);

    /** The maximum for new input of one connection. */
    private final int atOnce;

    /** The share of a waiting connection in a turn: one message and a small body. */
    private final int share;

    /** The budget of the rank in a turn. */
    private final int most;

    Rank(int atOnce, int share, int most) {
      this.atOnce = atOnce;
      this.share = share;
      this.most = most;
    }
  }

  /** The connections that wait with one rank, and the rank's budget in this turn. */
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
  private final Lane streams = new Lane(Rank.STREAMS);
  private final Lane much = new Lane(Rank.MUCH);
  private final Lane[] lanes = {little, body, streams, much};
  private final Runnable renewal = this::renew;
  private Lane lane = little;
  private long share = Rank.LITTLE.atOnce;
  private boolean scheduled;
  private boolean renewing;

  Turns(SingleThreadEventLoop eventLoop) {
    this.eventLoop = eventLoop;
  }

  private Lane lane(Rank rank) {
    return switch (rank) {
      case LITTLE -> little;
      case BODY -> body;
      case STREAMS -> streams;
      case MUCH -> much;
    };
  }

  /** Begins the share of a connection that has new input. */
  void begin(Rank rank) {
    lane = lane(rank);
    share = lane.waiting.isEmpty() ? Math.min(lane.left, lane.rank.atOnce) : 0;
  }

  /** Charges the current connection for its work. */
  public void charge(long cost) {
    share -= cost;
    chargeTurn(cost);
  }

  /**
   * Charges the turn for a cost, but not the connection's share, so that the connection's work is
   * not delayed by it.
   */
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
   * Renews the budget at half. All input that the loop finds at one poll belongs to one turn, so
   * each poll begins with at least half a turn. To renew the budget at each poll would take a task
   * for each request of an idle loop.
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

  /** Whether most new input has to wait. */
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
   * As a scheduled task: Netty would run a submitted task before the loop looks for input again.
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
