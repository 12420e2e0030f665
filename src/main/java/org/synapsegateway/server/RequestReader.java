// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.unix.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.BodyDecoder;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.BodySplice;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.net.Holding;
import org.synapsegateway.net.Inlet;
import org.synapsegateway.net.SharedBudget;
import org.synapsegateway.net.Turns;

/**
 * Reads the requests of one HTTP/1.1 connection, one after the other: a head, within its limits and
 * the memory for large heads, and then a body, at the pace of its sink.
 *
 * <p>Reckons what that costs, so that the connections of a loop take turns. Confined to one event
 * loop.
 */
final class RequestReader implements BodySource {
  /** Nearly every head is smaller. */
  private static final int SMALL_HEAD = 4 * 1024;

  private static final ByteBuf END_OF_HEAD =
      Unpooled.unreleasableBuffer(Unpooled.copiedBuffer("\r\n\r\n", StandardCharsets.US_ASCII));

  /** What a byte of a body may cost, on the average, that comes in ordinary chunks. */
  private static final int FRAMED = 4;

  /** As much framing as costs a message. */
  private static final int FRAMING_AT_ONCE = 8 * 1024;

  private final Inlet in;
  private final Turns turns;

  /** The memory of a large head. */
  private final Holding headMemory;

  private final ClientDeadline deadline;

  /** Null if no body can be spliced: without a native transport, or with TLS. */
  private final @Nullable Socket socket;

  private final RequestHead head = new RequestHead();
  private final BodyDecoder decoder = new BodyDecoder(Failure.BAD_REQUEST);

  /** Whether the head must be whole by the deadline, which its first byte has set. */
  private boolean headTimed;

  private @Nullable BodySink sink;
  private boolean dropped;

  /** Whether this request came with the one before, and so has waited. */
  private boolean pipelines;

  /**
   * Whether the last part of the body was mostly framing; true before the first one if it may be.
   */
  private boolean costly;

  /**
   * @param socket where large bodies are spliced from; null if they cannot be
   */
  RequestReader(
      Inlet in,
      Turns turns,
      SharedBudget.Share headMemory,
      ClientDeadline deadline,
      @Nullable Socket socket) {
    this.in = in;
    this.turns = turns;
    this.headMemory = new Holding(headMemory);
    this.deadline = deadline;
    this.socket = socket;
  }

  /** The head as far as it has been read; that of the request under way if there is one. */
  RequestHead head() {
    return head;
  }

  /** Whether something of a request has been read since the one before. */
  boolean isStarted() {
    return head.isStarted();
  }

  /** Whether the request has come whole. */
  boolean isWhole() {
    return decoder.isDone();
  }

  // ---- the head

  /** Reads some of a head; returns whether it is whole, and then its body is next. */
  boolean readHead(ByteBuf bytes, HeadLimits limits) throws HttpException {
    int before = bytes.readableBytes();
    boolean whole;
    try {
      whole = head.read(bytes, limits);
    } finally {
      turns.charge((long) (before - bytes.readableBytes()) * Turns.BYTE_OF_HEAD);
    }
    reckonHead();
    if (whole) {
      turns.charge(Turns.MESSAGE);
      beginBody();
    } else {
      timeHead();
    }
    return whole;
  }

  /** Thousands of clients may each send a large head slowly. */
  private void reckonHead() throws HttpException {
    if (!headMemory.hold(head.excess())) {
      throw new HttpException(Failure.OVERLOADED, "too many large heads at once");
    }
  }

  private void timeHead() {
    if (head.isStarted() && !headTimed) {
      deadline.awaitHead();
      headTimed = true;
    }
  }

  // ---- the body, on its way to a worker

  private void beginBody() {
    deadline.beginRequest();
    decoder.begin(head);
    dropped = false;
    costly = head.isChunked();
  }

  /** Reads a part of a body; returns whether more of it can be read now. */
  boolean readBody(ByteBuf bytes) throws HttpException {
    if (decoder.isDone()) {
      return false;
    }
    if (dropped) {
      bytes.skipBytes(bytes.readableBytes());
    }
    if (dropped || sink == null) {
      return false;
    }
    awaitBody();
    decodeStep(bytes, sink);
    if (!bytes.isReadable()) {
      splice();
    }
    BodySink taker = sink;
    if (decoder.isDone() && taker != null) {
      sink = null;
      deadline.awaitNoBody();
      taker.end(decoder.trailers());
    }
    return true;
  }

  /**
   * Decodes the bytes at hand, or only a few where they may be mostly framing, so that the turn can
   * end in between.
   */
  private void decodeStep(ByteBuf bytes, BodySink taker) throws HttpException {
    int end = bytes.writerIndex();
    int step = costly ? Math.min(bytes.readableBytes(), FRAMING_AT_ONCE) : bytes.readableBytes();
    bytes.writerIndex(bytes.readerIndex() + step);
    int before = bytes.readerIndex();
    long cost;
    try {
      cost = decoder.decode(bytes, taker);
    } finally {
      bytes.writerIndex(end);
    }
    turns.charge(cost);
    costly = cost > (long) (bytes.readerIndex() - before) * FRAMED;
  }

  private void splice() {
    if (sink != null && socket != null && in.isOpen()) {
      turns.charge(BodySplice.some(decoder, socket, sink));
    }
  }

  @Override
  public void start(BodySink taker) {
    if (decoder.isDone()) {
      taker.end(decoder.trailers());
      return;
    }
    sink = taker;
    awaitBody();
    in.begin();
  }

  /** Forwards all bytes after the request, until the connection ends. */
  void switchTo(BodySink taker) {
    decoder.beginSwitched();
    start(taker);
  }

  private void awaitBody() {
    if (!decoder.isDelimitedByClose()) { // in another protocol a client may be silent
      deadline.awaitBody();
    }
  }

  @Override
  public boolean isFollowed() {
    return decoder.isDone() && !in.isEmpty();
  }

  @Override
  public void pause() {
    if (!decoder.isDone()) {
      in.pause();
      deadline.awaitNoBody();
    }
  }

  @Override
  public void resume() {
    if (!decoder.isDone() && sink != null) {
      awaitBody();
      in.resume();
    }
  }

  /** Discards the rest of the body; neither its end nor another request is read. */
  @Override
  public void cancel() {
    sink = null;
    if (!decoder.isDone()) {
      dropped = true;
      in.resume();
    }
  }

  /** All that has come has been handed on: a good moment to flush. */
  void pausing() {
    if (sink != null) {
      sink.pausing();
    }
  }

  // ---- the end of a request

  /** Detaches and returns the sink of the body; null if there is none. */
  @Nullable BodySink takeSink() {
    BodySink taker = sink;
    sink = null;
    return taker;
  }

  /** Is ready for another request, of which something may wait already. */
  void beginNext() {
    forgetHead();
    headTimed = false;
    pipelines = !in.isEmpty();
  }

  /** Stops reading: neither another request nor the rest of this one. */
  void end() {
    sink = null;
    forgetHead();
  }

  private void forgetHead() {
    head.reset();
    giveBackMemory();
  }

  /** Returns the memory of the head, which may still be read. */
  void giveBackMemory() {
    headMemory.release();
  }

  /**
   * A small request does not wait for clients that send more, pipeline, or have large heads. A body
   * does not wait for the latter either, unless it is mostly framing.
   *
   * @param rest what waits to be read
   * @param hadShare whether it has just used up a share of a turn
   * @param awaitsHead whether a head is next
   */
  Turns.Rank rank(ByteBuf rest, boolean hadShare, boolean awaitsHead) {
    if (hadShare || pipelines) {
      return Turns.Rank.MUCH;
    }
    if (!awaitsHead) {
      return costly ? Turns.Rank.MUCH : Turns.Rank.BODY;
    }
    if (head.isStarted()) {
      return Turns.Rank.MUCH;
    }
    if (rest.readableBytes() <= SMALL_HEAD) {
      return Turns.Rank.LITTLE;
    }
    ByteBuf beginning = rest.slice(rest.readerIndex(), SMALL_HEAD);
    return ByteBufUtil.indexOf(END_OF_HEAD, beginning) >= 0 ? Turns.Rank.BODY : Turns.Rank.MUCH;
  }
}
