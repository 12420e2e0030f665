// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.channel.Channel;
import io.netty.channel.unix.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.synapsegateway.http.ReplyHead;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Turns;

/**
 * One worker's connections on one event loop: those that are idle wait here for the next request.
 *
 * <p>The one used last is taken first, so that what is not needed grows old and is closed. Confined
 * to one event loop.
 */
final class WorkerPool implements Dialler.Caller {
  private static final long SURPLUS_MILLIS = 10_000;
  private static final long MILLIS_BETWEEN_SURPLUS = 4;
  private static final long UNWANTED_MILLIS = 1;

  /** A connection has two of them for a moment, when it moves from junixsocket to Netty. */
  private static final int DESCRIPTORS_TO_DIAL = 2;

  /** Replies come nearly always whole, so few heads are in use at the same time. */
  private static final int MAX_HEADS = 16;

  private final Worker worker;
  private final Loop loop;
  private final Dialler dialler;
  private final ArrayDeque<WorkerConnection> idle = new ArrayDeque<>();
  private final ArrayDeque<ReplyHead> heads = new ArrayDeque<>();
  private final ByteBuffer probe = ByteBuffer.allocateDirect(1);
  private final long probeAddress = Buffer.memoryAddress(probe);
  private final ConnectQueue connectQueue = new ConnectQueue(this);

  // read from other threads
  private final AtomicInteger openCount = new AtomicInteger();
  private final AtomicInteger idleCount = new AtomicInteger();

  WorkerPool(Worker worker, Loop loop) {
    this(worker, loop, worker.dialler());
  }

  WorkerPool(Worker worker, Loop loop, Dialler dialler) {
    this.worker = worker;
    this.loop = loop;
    this.dialler = dialler;
  }

  Loop loop() {
    return loop;
  }

  /** Where requests wait for a connection, if they have to; those that enter get a new one. */
  ConnectQueue connectQueue() {
    return connectQueue;
  }

  /** Gives a connection to a request, after those that wait: an idle one, or else a new one. */
  void connect(ConnectQueue.Waiter waiter) {
    WorkerConnection connection = connectQueue.isEmpty() ? take() : null;
    if (connection == null) {
      connectQueue.enter(waiter);
    } else {
      waiter.connected(connection, true);
    }
  }

  /** An idle connection that is provably clean, or null if there is none. */
  WorkerConnection take() {
    WorkerConnection connection = idle.pollLast();
    while (connection != null && !(connection.isOpen() && connection.isSilent())) {
      connection.close();
      connection = idle.pollLast();
    }
    idleCount.setOpaque(idle.size());
    return connection;
  }

  /** How many connections are open; may be called from any thread. */
  int openCount() {
    return openCount.get();
  }

  /** How many of them are idle; may be called from any thread. */
  int idleCount() {
    return idleCount.getOpaque();
  }

  /** A head for a reply that begins to come. */
  ReplyHead takeHead() {
    ReplyHead head = heads.pollLast();
    return head == null ? new ReplyHead() : head;
  }

  /** Takes back a head that is not used any more. */
  void giveBack(ReplyHead head) {
    head.reset();
    if (heads.size() < MAX_HEADS) {
      heads.addLast(head);
    }
  }

  /** The address of a place for a byte that should not have come. */
  long probe() {
    return probeAddress;
  }

  /**
   * Begins to open one more connection; the queue takes it. If no descriptor is left, idle
   * connections of whichever workers make room.
   *
   * @param millis how long it may take at most
   */
  void open(long millis) {
    loop.turns().chargeTurn(Turns.CONNECTION);
    try {
      dial(millis, DESCRIPTORS_TO_DIAL);
    } catch (OutOfDescriptorsException e) {
      connectQueue.failed(e);
    }
  }

  private void dial(long millis, int mayClose) throws OutOfDescriptorsException {
    try {
      dialler.dial(loop, millis, this);
    } catch (OutOfDescriptorsException e) {
      if (mayClose == 0 || !worker.spareConnection(loop)) {
        throw e;
      }
      dial(millis, mayClose - 1);
    }
  }

  @Override
  public void connected(Channel channel) {
    WorkerConnection connection = new WorkerConnection(this, channel);
    openCount.incrementAndGet();
    channel.pipeline().addLast(connection);
    if (!channel.isRegistered()) {
      loop.eventLoop().register(channel);
    }
    connectQueue.connected(connection);
  }

  @Override
  public void busy() {
    connectQueue.busy();
  }

  @Override
  public void failed(IOException why) {
    connectQueue.failed(why);
  }

  /**
   * Takes a clean connection back; returns for how many milliseconds it may stay idle.
   *
   * @param options the options of the endpoint whose request it has carried
   */
  long release(WorkerConnection connection, WorkerConfiguration options) {
    long stay = worker.isUsed() ? idleMillis(options) : UNWANTED_MILLIS;
    idle.addLast(connection);
    idleCount.setOpaque(idle.size());
    if (!connectQueue.isEmpty() && worker.isUsed()) {
      // not from here, where the connection's reply has not been handed on yet
      loop.eventLoop().execute(connectQueue::offerIdle);
    }
    return stay;
  }

  /** Keeps a new connection whose waiter has left, for a while. */
  void keep(WorkerConnection connection) {
    if (!mayKeep(connection)) {
      connection.close();
      return;
    }
    idle.addLast(connection);
    idleCount.setOpaque(idle.size());
    connection.rest(worker.isUsed() ? SURPLUS_MILLIS : UNWANTED_MILLIS);
  }

  /**
   * For how many milliseconds the next idle connection may stay.
   *
   * <p>Connections above {@code keepalive} are closed after some idle seconds, because a new
   * connection costs this loop and the worker more than an idle one. They are closed one by one:
   * closing all at once would delay the requests of that moment.
   */
  private long idleMillis(WorkerConfiguration options) {
    int surplus = idle.size() - options.getKeepalive();
    return surplus < 0
        ? options.getIdleTimeout()
        : Math.min(SURPLUS_MILLIS + surplus * MILLIS_BETWEEN_SURPLUS, options.getIdleTimeout());
  }

  /** Forgets a connection that has closed. */
  void remove(WorkerConnection connection) {
    idle.remove(connection);
    idleCount.setOpaque(idle.size());
    openCount.decrementAndGet();
  }

  /** Closes the connection that has been idle for longest; false if there is none. */
  boolean closeOldest() {
    WorkerConnection oldest = idle.peekFirst();
    if (oldest != null) {
      oldest.close();
    }
    return oldest != null;
  }

  /** Whether a connection may serve another request: the worker's host has not moved away. */
  boolean mayKeep(WorkerConnection connection) {
    return worker.hasAtItsEnd(connection);
  }

  /** Closes the idle connections to where the host is no more; may be called from any thread. */
  void closeStale() {
    if (!loop.eventLoop().isShuttingDown()) {
      loop.eventLoop()
          .execute(
              () ->
                  List.copyOf(idle).stream()
                      .filter(connection -> !mayKeep(connection))
                      .forEach(WorkerConnection::close));
    }
  }

  /** Closes what is idle if the worker is still unused then; may be called from any thread. */
  void closeIfUnused() {
    if (!loop.eventLoop().isShuttingDown()) {
      loop.eventLoop()
          .execute(
              () -> {
                while (!worker.isUsed() && !idle.isEmpty()) {
                  idle.pollLast().close();
                }
              });
    }
  }
}
