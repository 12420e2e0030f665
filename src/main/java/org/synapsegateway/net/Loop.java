// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * One event loop with its number and the deadlines of its connections.
 *
 * <p>A client connection and the worker connections that serve it share a loop, so all that hangs
 * on a loop is used without locks.
 */
public final class Loop {
  private static final FastThreadLocal<Loop> CURRENT = new FastThreadLocal<>();

  private final EventLoop eventLoop;
  private final int number;
  private final Deadlines deadlines;
  private final LoopWriteBuffer writeBuffer;
  private final Backlog backlog;
  private final Turns turns;
  private final HandshakeLimiter starts;
  private final SharedBudget replyMemory;
  private final LoopReadBuffer readBuffer;
  private volatile @Nullable Thread thread;
  private volatile @Nullable String step;

  Loop(EventLoop eventLoop, int number, Backlog backlog, SharedBudget replyMemory) {
    this.eventLoop = eventLoop;
    this.number = number;
    this.deadlines = new Deadlines(eventLoop);
    this.backlog = backlog;
    this.replyMemory = replyMemory;
    this.writeBuffer =
        new LoopWriteBuffer(((SingleThreadEventLoop) eventLoop)::executeAfterEventLoopIteration);
    this.turns = new Turns((SingleThreadEventLoop) eventLoop);
    this.starts = new HandshakeLimiter(eventLoop);
    this.readBuffer = new LoopReadBuffer(backlog, replyMemory, turns);
    eventLoop.execute(this::open);
    eventLoop.terminationFuture().addListener(ended -> free());
  }

  private void open() {
    CURRENT.set(this);
    thread = Thread.currentThread();
    writeBuffer.open();
  }

  /** The loop whose thread this is called on; null on any other thread. */
  public static @Nullable Loop current() {
    return CURRENT.get();
  }

  /** The event loop that runs everything of this loop. */
  public EventLoop eventLoop() {
    return eventLoop;
  }

  /** This loop's number, from 0, below {@link Loops#size()}. */
  public int number() {
    return number;
  }

  /** The thread that runs this loop; null until it has begun. */
  public @Nullable Thread thread() {
    return thread;
  }

  /** The step of an admin's own that this loop runs now; null if it runs none. */
  public @Nullable String step() {
    return step;
  }

  /** Sets the step that this loop runs from now on; null for none. Confined to the loop. */
  public void enter(@Nullable String now) {
    step = now;
  }

  private void free() {
    writeBuffer.free();
    readBuffer.free();
  }

  /** The memory that this loop's connections read into. Confined to the loop. */
  LoopReadBuffer readBuffer() {
    return readBuffer;
  }

  /** The memory that this loop's connections decrypt into. Confined to the loop. */
  public ByteBuf plaintext() {
    return readBuffer.plaintext();
  }

  /** The memory that this loop's connections encrypt into: the same buffer at each call, empty. */
  public ByteBuf sealed() {
    return writeBuffer.sealed();
  }

  /** The memory in which this loop's connections gather small writes. Confined to the loop. */
  LoopWriteBuffer writeBuffer() {
    return writeBuffer;
  }

  /** Counts the bytes that wait in this loop's connections. Confined to the loop. */
  public Backlog backlog() {
    return backlog;
  }

  /**
   * The memory of all loops for replies of HTTP/2 that wait: a connection of HTTP/1.1 has one at a
   * time only.
   */
  public SharedBudget replyMemory() {
    return replyMemory;
  }

  /** How this loop's connections take turns. Confined to the loop. */
  public Turns turns() {
    return turns;
  }

  /** How this loop's handshakes begin. Confined to the loop. */
  public HandshakeLimiter starts() {
    return starts;
  }

  /** The deadlines of this loop's connections. Confined to the loop. */
  public Deadlines deadlines() {
    return deadlines;
  }
}
