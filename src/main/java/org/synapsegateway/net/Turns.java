package org.synapsegateway.net;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shares one event loop out between its connections, so that neither one of them with much to do
 * nor thousands with a little each keep the others waiting.
 *
 * <p>All work has a cost, in bytes moved. A turn of the loop has a limit for what has just come;
 * beyond it a connection waits in a queue, where each has a small share of the next turns. Who has
 * had a share and wants more, or brings much at once, waits behind the others, so who asks for one
 * small thing waits for few turns, however much the others want. Confined to one event loop.
 */
public final class Turns {
  /** The cost of a request or of a reply, beside its bytes. */
  public static final int MESSAGE = 256 * 1024;

  /** The most in one turn of each kind: what has just come, who wants little, and the others. */
  static final int MOST = 32 * MESSAGE;

  /** The most of what has just come on one connection. */
  static final int MOST_OF_ONE = 4 * MESSAGE;

  /**
   * Who has brought more than this at once waits as if it had had a share: most requests are less.
   */
  static final int LITTLE = 4 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

  private final EventLoop eventLoop;
  private final Queue<Runnable> light = new ArrayDeque<>();
  private final Queue<Runnable> heavy = new ArrayDeque<>();
  private long left = MOST;
  private long share = MOST_OF_ONE;
  private long spent;
  private boolean scheduled;

  Turns(EventLoop eventLoop) {
    this.eventLoop = eventLoop;
  }

  /** Begins the share of a connection on which something has come. */
  void begin() {
    begin(MOST_OF_ONE);
  }

  private void begin(long most) {
    share = Math.min(left, most);
    spent = 0;
  }

  /** Reckons the cost of what the connection whose share it is has done. */
  public void charge(long cost) {
    share -= cost;
    spent += cost;
    left -= cost;
    if (left <= 0) {
      schedule();
    }
  }

  /** Whether the connection whose share it is may do one more thing now. */
  boolean mayGoOn() {
    return share > 0 && left > 0;
  }

  /** Whether nothing more is done in this turn of what has just come. */
  boolean isOver() {
    return left <= 0;
  }

  /** Has the connection whose share it is go on in a later turn. */
  void await(Runnable connection) {
    (spent <= LITTLE ? light : heavy).add(connection);
    schedule();
  }

  /** How many connections wait. */
  public int waiting() {
    return light.size() + heavy.size();
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
      workOff(light);
      workOff(heavy);
    } finally {
      left = MOST;
      if (waiting() > 0) {
        schedule();
      }
    }
  }

  private void workOff(Queue<Runnable> waiting) {
    left = MOST;
    for (int i = waiting.size(); i > 0 && left > 0; i--) {
      begin(waiting() == 1 ? MOST : MESSAGE);
      run(waiting.remove());
    }
  }

  /** One connection's accident must not end the turns of all others. */
  private static void run(Runnable connection) {
    try {
      connection.run();
    } catch (RuntimeException e) {
      LOG.error("A connection's turn failed", e);
    }
  }
}
