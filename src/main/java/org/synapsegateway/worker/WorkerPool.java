package org.synapsegateway.worker;

import io.netty.channel.Channel;
import java.io.IOException;
import java.util.ArrayDeque;
import org.synapsegateway.net.Loop;

/**
 * One worker's connections on one event loop: those that are idle wait here for the next request.
 *
 * <p>The one used last is taken first, so that what is not needed grows old and is closed. Confined
 * to one event loop.
 */
final class WorkerPool {
  private static final long SURPLUS_MILLIS = 1_000;

  private final WorkerEndpoint worker;
  private final Loop loop;
  private final UnixDialler dialler;
  private final ArrayDeque<WorkerConnection> idle = new ArrayDeque<>();

  WorkerPool(WorkerEndpoint worker, Loop loop) {
    this.worker = worker;
    this.loop = loop;
    this.dialler = UnixDialler.of(worker.path());
  }

  WorkerEndpoint worker() {
    return worker;
  }

  Loop loop() {
    return loop;
  }

  /** An idle connection, or null if there is none. */
  WorkerConnection take() {
    WorkerConnection connection = idle.pollLast();
    while (connection != null && !connection.isOpen()) {
      connection = idle.pollLast();
    }
    return connection;
  }

  /**
   * A new connection, or null if the worker's backlog is full.
   *
   * @throws IOException if nobody listens on the socket
   */
  WorkerConnection open() throws IOException {
    Channel channel = dialler.dial();
    if (channel == null) {
      return null;
    }
    WorkerConnection connection = new WorkerConnection(this, channel);
    channel.pipeline().addLast(connection);
    loop.eventLoop().register(channel);
    return connection;
  }

  /**
   * Takes a clean connection back; returns for how many milliseconds it may stay idle.
   *
   * <p>What is more than {@code keepalive} goes soon, but not at once: under load it is wanted
   * again within the second, and a new connection costs the worker more than an idle one.
   */
  long release(WorkerConnection connection) {
    boolean surplus = idle.size() >= worker.getKeepalive();
    idle.addLast(connection);
    return surplus ? Math.min(SURPLUS_MILLIS, worker.getIdleTimeout()) : worker.getIdleTimeout();
  }

  /** Forgets a connection that has closed. */
  void remove(WorkerConnection connection) {
    idle.remove(connection);
  }

  /** Closes what is idle; may be called from any thread. */
  void closeIdle() {
    if (!loop.eventLoop().isShuttingDown()) {
      loop.eventLoop()
          .execute(
              () -> {
                while (!idle.isEmpty()) {
                  idle.pollLast().close();
                }
              });
    }
  }
}
