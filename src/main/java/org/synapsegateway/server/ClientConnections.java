// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The open connections of clients. Safe for any thread. */
final class ClientConnections {
  /** How many idle connections end at once to make room, and how long it is until the next do. */
  private static final int MAX_ROOM = 64;

  private static final long PAUSE_OF_ROOM_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final ChannelGroup open =
      new DefaultChannelGroup("clients", GlobalEventExecutor.INSTANCE);

  private final AtomicLong madeRoom = new AtomicLong(System.nanoTime() - PAUSE_OF_ROOM_NANOS);

  void add(Channel channel) {
    open.add(channel);
  }

  int count() {
    return open.size();
  }

  /** How many wait for another request. */
  long idle() {
    return open.stream().filter(ClientConnections::isIdle).count();
  }

  private static boolean isIdle(Channel channel) {
    return channel.pipeline().last() instanceof ClientEnd end && end.isIdle();
  }

  /** Ends some connections that only wait for another request, now and then. */
  void makeRoom() {
    long now = System.nanoTime();
    long last = madeRoom.get();
    if (now - last < PAUSE_OF_ROOM_NANOS || !madeRoom.compareAndSet(last, now)) {
      return;
    }
    open.stream().filter(ClientConnections::isIdle).limit(MAX_ROOM).forEach(this::tell);
  }

  /** Tells each that the door closes. */
  void tellClosing() {
    open.forEach(this::tell);
  }

  private void tell(Channel connection) {
    connection.pipeline().fireUserEventTriggered(ClientEnd.CLOSING);
  }

  /** Waits until those that are open now have ended. */
  void awaitEnd() {
    open.newCloseFuture().awaitUninterruptibly();
  }

  /** As {@link #awaitEnd()}, for so long at most; returns whether they have. */
  boolean awaitEnd(long timeoutMillis) {
    return open.newCloseFuture().awaitUninterruptibly(timeoutMillis);
  }

  /** Cuts all that are open. */
  void cut() {
    open.close().awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
