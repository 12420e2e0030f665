// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Reads from one channel: delivers bytes as fast as the reader wants them and as the channel's turn
 * allows, and keeps the rest, which is seldom more than one read.
 *
 * <p>While the reader is paused, nothing is read from the channel; while only the turn is awaited,
 * little is. Confined to one event loop.
 */
public final class Inlet {
  /**
   * The number of waiting bytes at which reading stops until the turn comes. Below it reading
   * continues, because turns come soon and stopping takes two system calls.
   */
  private static final int MAX_WAITING = 4 * 1024;

  /** Consumes the bytes that come in. */
  public interface Reader {
    /** Consumes some of these bytes; returns whether it can consume more of them now. */
    boolean readOn(ByteBuf in);

    /**
     * The rank of its next turn.
     *
     * @param rest the bytes that wait
     * @param hadShare whether it has just used up a share of a turn
     */
    Turns.Rank rank(ByteBuf rest, boolean hadShare);

    /** The reader has consumed what it can for now; this is the rest. */
    default void haveRead(ByteBuf rest) {}

    /** A turn is over: a good moment to flush. */
    void turnEnds();

    /** The number of waiting bytes at which reading stops. */
    int maxUnread();

    /** More has come than can be kept, and the channel must be closed. */
    void overflows();
  }

  private final Channel channel;
  private final Backlog backlog;
  private final Turns turns;
  private final Reader reader;

  private @Nullable ByteBuf unread;

  /** The memory to which bytes that wait have been copied; null if there is none. */
  private @Nullable ByteBuf copied;

  /** What the turn runs; null before the first wait, as most connections never wait. */
  private @Nullable Runnable turn;

  private int reckoned;
  private boolean reading;
  private boolean paused;
  private boolean awaitsTurn;
  private boolean ended;
  private boolean closed;
  private boolean spliced;
  private boolean hadQueuedRead; // since reading was switched off

  public Inlet(Channel channel, Loop loop, Reader reader) {
    this.channel = channel;
    this.backlog = loop.backlog();
    this.turns = loop.turns();
    this.reader = reader;
    prepare(channel, loop);
  }

  /**
   * Makes a channel read into the shared memory of its loop; has no effect on a channel that has
   * been read from.
   */
  public static void prepare(Channel channel, Loop loop) {
    channel.config().setRecvByteBufAllocator(loop.readBuffer());
  }

  /** Prepares for bodies that are spliced, in place of {@link #prepare}. */
  public void maySplice(Loop loop) {
    LoopReadBuffer buffer = loop.readBuffer();
    channel.config().setRecvByteBufAllocator(() -> buffer.newHandle(this));
  }

  /** Reads little at a time, or no longer, because what comes is spliced for the most part. */
  public void splices(boolean now) {
    spliced = now;
  }

  boolean isSpliced() {
    return spliced;
  }

  /** Takes what has been read, and delivers as much as possible. */
  public void read(ByteBuf in) {
    if (closed) {
      in.release();
      return;
    }
    if (isTooMuch()) {
      in.release();
      reader.overflows();
      return;
    }
    int come = in.readableBytes();
    unread = unread == null ? in : merged(unread, in);
    turns.begin(reader.rank(unread, false));
    turns.charge(come);
    handOn();
  }

  private ByteBuf merged(ByteBuf before, ByteBuf in) {
    copied = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(channel.alloc(), before, in);
    return copied;
  }

  /**
   * Whether there is no room for more. After reading is switched off, Netty's epoll transport may
   * run one read that it had queued. Once the peer has ended its output, it reads all there is.
   */
  private boolean isTooMuch() {
    boolean full =
        backlog.isHigh() && !channel.config().isAutoRead() && reckoned > reader.maxUnread();
    boolean isTooMuch = full && hadQueuedRead;
    hadQueuedRead |= full;
    return isTooMuch;
  }

  /** Continues, even after a pause, with what has been read already. */
  public void goOn() {
    paused = false;
    handOn();
  }

  /**
   * Continues for a reader that begins only now: within the current turn if there is one, else as a
   * turn of its own.
   */
  public void begin() {
    boolean withinTurn = reading;
    goOn();
    if (!withinTurn) {
      reader.turnEnds();
    }
  }

  /** Delivers nothing until {@link #resume} or {@link #goOn}. */
  public void pause() {
    paused = true;
    regulate();
  }

  /** Continues when it is this channel's turn. */
  public void resume() {
    paused = false;
    if (unread == null) {
      regulate();
    } else {
      awaitTurn(unread, false);
    }
  }

  /** The input has ended, so the rest does not wait for its turn. */
  public void end() {
    ended = true;
    handOn();
  }

  /** Whether nothing waits here. */
  public boolean isEmpty() {
    return unread == null;
  }

  /** Whether bytes are being delivered at this moment. */
  public boolean isReading() {
    return reading;
  }

  /** Whether the channel is read from. */
  public boolean isOpen() {
    return !paused && !awaitsTurn;
  }

  /** Discards unread bytes, now and later. */
  public void close() {
    closed = true;
    take().release();
    copied = null;
  }

  private void handOn() {
    if (reading) {
      return;
    }
    if (awaitsTurn && !ended) {
      reckon();
      regulate();
      return;
    }
    // taken out of the field first, because the reader may close the channel
    ByteBuf in = take();
    reading = true;
    boolean begun = false;
    try {
      while (!closed && !paused && in.isReadable() && isItsTurn(in, begun) && reader.readOn(in)) {
        begun = true; // continue with the next message, or the next part of this one
      }
      reader.haveRead(in);
    } finally {
      reading = false;
      keep(in);
      regulate();
    }
  }

  private boolean isItsTurn(ByteBuf in, boolean begun) {
    if (ended || turns.mayGoOn()) {
      return true;
    }
    awaitTurn(in, begun && turns.isShareUsedUp());
    return false;
  }

  private void awaitTurn(ByteBuf rest, boolean hadShare) {
    if (!awaitsTurn) {
      awaitsTurn = true;
      if (turn == null) {
        turn = this::haveTurn;
      }
      turns.await(reader.rank(rest, hadShare), turn);
    }
    regulate();
  }

  private void haveTurn() {
    awaitsTurn = false;
    if (!closed) {
      handOn();
      reader.turnEnds();
    }
  }

  private ByteBuf take() {
    ByteBuf taken = unread == null ? Unpooled.EMPTY_BUFFER : unread;
    unread = null;
    reckon();
    return taken;
  }

  private void keep(ByteBuf in) {
    if (closed || !in.isReadable()) {
      in.release();
      copied = null;
      return;
    }
    if (!isCopied(in)) {
      copied = LoopReadBuffer.kept(in);
    }
    unread = copied;
    reckon();
  }

  /** Whether these bytes are in memory of their own, and not in much more than they need. */
  @SuppressWarnings("ReferenceEquality")
  private boolean isCopied(ByteBuf in) {
    return in == copied && in.readableBytes() >= in.capacity() / 2;
  }

  private void reckon() {
    int now = unread == null ? 0 : unread.readableBytes();
    if (now != reckoned) {
      backlog.remove(reckoned);
      reckoned = now;
      backlog.add(reckoned);
    }
  }

  private int maxUnread() {
    if (!awaitsTurn) {
      return reader.maxUnread();
    }
    return backlog.isHigh() ? 0 : Math.min(MAX_WAITING, reader.maxUnread());
  }

  private void regulate() {
    if (reading || closed) {
      return;
    }
    boolean wanted = !paused && reckoned <= maxUnread();
    if (channel.config().isAutoRead() != wanted) {
      channel.config().setAutoRead(wanted);
      hadQueuedRead = false;
    }
  }
}
