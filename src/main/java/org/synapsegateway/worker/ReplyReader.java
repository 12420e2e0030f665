// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.BodyDecoder;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySplice;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.ReplyHead;
import org.synapsegateway.net.Deadline;
import org.synapsegateway.net.Inlet;
import org.synapsegateway.net.NativeSocket;
import org.synapsegateway.net.Turns;

/**
 * Reads the replies on one connection to a worker, one after another: interim replies, which it
 * forwards, the head of the final reply, and its body once a {@link BodySink} takes it.
 *
 * <p>The rest of a large body is spliced from socket to socket and does not pass through here.
 * Confined to one event loop.
 */
final class ReplyReader implements Inlet.Reader {
  private static final HeadLimits LIMITS = new HeadLimits(16 * 1024, 256 * 1024);

  private static final int CONTINUE = 100;

  /** The maximum size of all interim replies to one request together, in bytes. */
  private static final int MAX_INTERIM = 64 * 1024;

  /** How many bytes of a reply may wait here before reading stops. */
  private static final int MAX_UNREAD = 16 * 1024;

  /**
   * Replies up to this size count as small: 64 KiB with a head. Moving as much takes about as long
   * as the rest that a reply takes.
   */
  private static final int SMALL = 68 * 1024;

  /** Further parts of a reply that count as little. */
  private static final int LITTLE = 4 * 1024;

  private final WorkerConnection connection;
  private final WorkerPool pool;
  private final Inlet in;

  /** Null where there is no native transport. */
  private final @Nullable Socket socket;

  private final Deadline deadline;
  private final boolean isPlain;
  private final BodyDecoder decoder = new BodyDecoder(Failure.BAD_REPLY);

  /** Null until the reply's first byte comes: a long poll needs no memory for it. */
  private @Nullable ReplyHead head;

  /** Takes the body; null until one is given. */
  private @Nullable BodySink sink;

  private int interimBytes;

  /**
   * @param isPlain whether the connection is not encrypted, so that a body may be spliced
   */
  ReplyReader(
      WorkerConnection connection,
      WorkerPool pool,
      Channel channel,
      Deadline deadline,
      boolean isPlain) {
    this.connection = connection;
    this.pool = pool;
    this.in = new Inlet(channel, pool.loop(), this);
    this.socket = NativeSocket.of(channel);
    this.deadline = deadline;
    this.isPlain = isPlain;
    if (isPlain) {
      in.maySplice(pool.loop());
    }
  }

  /**
   * Whether nothing has come since the last reply: neither a byte, which would be taken for the
   * next reply, nor the end of the connection. Asks the socket, because the event loop may not have
   * read it yet.
   */
  boolean isSilent() {
    try {
      return socket == null || socket.recvAddress(pool.probe(), 0, 1) == 0;
    } catch (IOException e) {
      return false;
    }
  }

  // ---- input

  /** Takes what has been read. */
  void read(ByteBuf bytes) {
    in.read(bytes);
  }

  /** Reads a head or a part of a body; returns whether more can be read now. */
  @Override
  public boolean readOn(ByteBuf bytes) {
    try {
      if (connection.awaitsReply()) {
        return readHead(bytes);
      }
      return sink != null && !decoder.isDone() && readBody(bytes, sink);
    } catch (HttpException e) {
      connection.breakOff(e.failure(), e.getMessage());
      return false;
    }
  }

  /** Ends the reply if it is complete, or if the rest cannot come any more. */
  @Override
  public void haveRead(ByteBuf rest) {
    BodySink taker = sink;
    if (taker == null) {
      return;
    }
    boolean ended = connection.isInputEnded() && !rest.isReadable();
    if (decoder.isDone() || (ended && isDelimitedByClose())) {
      sink = null;
      connection.endReply(taker, rest.isReadable());
    } else if (ended) {
      connection.breakOff(Failure.WORKER_CLOSED, "it closed in the middle of a reply");
    }
  }

  @Override
  public void turnEnds() {
    if (sink != null) {
      sink.pausing();
    }
  }

  /** A reply does not wait for the pipelined requests of other clients. */
  @Override
  public Turns.Rank rank(ByteBuf rest, boolean hadShare) {
    WorkerCall call = connection.call();
    if (call != null && call.request().body().isFollowed()) {
      return Turns.Rank.MUCH;
    }
    int little = connection.awaitsReply() ? SMALL : LITTLE;
    return rest.readableBytes() <= little ? Turns.Rank.LITTLE : Turns.Rank.BODY;
  }

  @Override
  public int maxUnread() {
    return MAX_UNREAD;
  }

  @Override
  public void overflows() {
    connection.breakOff(
        Failure.WORKER_CLOSED, "it closed, and what it left behind is too much to keep");
  }

  // ---- heads

  /** Waits for the replies to a new request. */
  void begin() {
    in.splices(false);
    interimBytes = 0;
  }

  private boolean readHead(ByteBuf bytes) throws HttpException {
    ReplyHead begun = startedHead();
    boolean whole = begun.read(bytes, LIMITS);
    if (whole) {
      pool.loop().turns().charge(Turns.MESSAGE);
      headRead(begun);
    }
    return whole;
  }

  private ReplyHead startedHead() {
    if (head == null) {
      head = pool.takeHead();
      head.answers(connection.carried().request().head().method());
    }
    return head;
  }

  private void headRead(ReplyHead head) throws HttpException {
    boolean switched = head.isSwitch() && connection.carried().mayUpgrade();
    if (head.isInterim() && !switched) {
      interimRead(head);
      return;
    }
    if (switched) {
      if (head.first("upgrade") == null) {
        throw new HttpException(
            Failure.BAD_REPLY, "it switched protocols and does not say to which");
      }
      decoder.beginSwitched();
    } else {
      decoder.begin(head);
    }
    connection.answered(head);
    if (connection.isAnswered() && sink == null) {
      // the body waits in the socket until a later step of the route reads it
      in.pause();
    }
  }

  /**
   * Forwards an interim reply (RFC 9110 section 15.2). Interim replies do not extend the time-out
   * of the final reply, and their size is limited, so that they cannot fill the memory when a
   * client does not read.
   */
  private void interimRead(ReplyHead head) throws HttpException {
    if (head.isSwitch()) {
      throw new HttpException(Failure.BAD_REPLY, "it switched protocols unasked");
    }
    interimBytes += head.length();
    if (interimBytes > MAX_INTERIM) {
      throw new HttpException(
          Failure.BAD_REPLY, "its interim replies have more than " + MAX_INTERIM + " bytes");
    }
    if (head.status() == CONTINUE) {
      connection.writer().mayGoOn();
    }
    connection.carried().request().interimReply(head);
    head.reset();
  }

  /** Whether a head has begun to come. */
  boolean hasBegun() {
    return head != null && head.isStarted();
  }

  // ---- the body

  /** Begins to deliver the body. */
  void start(BodySink taker) {
    sink = taker;
    connection.awaitMore();
    in.begin();
  }

  /** Delivers no more until {@link #resume}, except what has been read already. */
  void pause() {
    in.pause();
    deadline.never();
  }

  /** Continues after {@link #pause}. */
  void resume() {
    connection.awaitMore();
    in.resume();
  }

  private boolean readBody(ByteBuf bytes, BodySink taker) throws HttpException {
    connection.awaitMore();
    pool.loop().turns().charge(decoder.decode(bytes, taker));
    if (!bytes.isReadable()) {
      splice();
    }
    return true;
  }

  private void splice() {
    if (isPlain && sink != null && socket != null && in.isOpen()) {
      long moved = BodySplice.some(decoder, socket, sink);
      in.splices(moved > 0 && !decoder.isDone());
      pool.loop().turns().charge(moved);
    }
  }

  // ---- the end

  /** Whether the end of the connection would be taken for that of the reply. */
  boolean isDelimitedByClose() {
    return decoder.isDelimitedByClose();
  }

  /** The head of the reply, to be given back; another one will be used for the next reply. */
  ReplyHead takeHead() {
    ReplyHead taken = Objects.requireNonNull(head, "no reply has begun");
    head = null;
    return taken;
  }

  /** Detaches and returns the sink of the body; null if there is none. */
  @Nullable BodySink takeSink() {
    BodySink taker = sink;
    sink = null;
    return taker;
  }

  /** The trailer fields of the body, as {@link BodySink#end} has them. */
  @Nullable String trailers() {
    return decoder.trailers();
  }

  /** Prepares for the next reply. */
  void goOn() {
    in.goOn();
  }

  /** Nothing more will come. */
  void inputEnds() {
    in.end();
  }

  /** Discards unread bytes, now and later. */
  void close() {
    in.close();
  }
}
