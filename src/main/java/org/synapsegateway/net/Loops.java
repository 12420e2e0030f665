// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The gateway's event loops: native epoll where the machine has it, NIO elsewhere.
 *
 * <p>Safe for any thread.
 */
public final class Loops implements AutoCloseable {
  /** The part of the heap's size, a twelfth, that replies may take that wait. */
  private static final int REPLIES = 12;

  private final EventLoopGroup group;
  private final List<Loop> loops = new ArrayList<>();
  private final boolean nativeTransport;

  /**
   * @param size how many loops; 0 for one a processor
   */
  public Loops(int size) {
    int threads = size > 0 ? size : Runtime.getRuntime().availableProcessors();
    ThreadFactory names = new DefaultThreadFactory("gateway");
    nativeTransport = Epoll.isAvailable();
    group =
        nativeTransport
            ? new EpollEventLoopGroup(threads, names)
            : new NioEventLoopGroup(threads, names);
    SharedBudget replies = new SharedBudget(MemoryBudget.partOfHeap(REPLIES));
    for (EventExecutor executor : group) {
      loops.add(new Loop((EventLoop) executor, loops.size(), Backlog.ofOne(threads), replies));
    }
  }

  /**
   * Whether the loops are native epoll ones, which can carry a descriptor that junixsocket opened.
   */
  public boolean isNative() {
    return nativeTransport;
  }

  /** How many loops there are. */
  public int size() {
    return loops.size();
  }

  /** The group of all loops, for a bootstrap. */
  public EventLoopGroup group() {
    return group;
  }

  /** The loop that runs this event loop. */
  public Loop of(EventLoop eventLoop) {
    for (Loop loop : loops) {
      if (loop.eventLoop() == eventLoop) {
        return loop;
      }
    }
    throw new IllegalArgumentException("not one of the gateway's event loops: " + eventLoop);
  }

  /** All loops, by number. */
  public List<Loop> all() {
    return List.copyOf(loops);
  }

  /** Stops all loops and waits for their end, 10 s at most. */
  @Override
  public void close() {
    Future<?> end = group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    end.awaitUninterruptibly(10, TimeUnit.SECONDS);
  }
}
