// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.Line;
import org.synapsegateway.http.ReplyHead;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.net.Holding;

/**
 * One stream of a connection (RFC 9113 section 5): carries one request and its reply, and after a
 * clean end those of a later stream.
 *
 * <p>Confined to one event loop.
 */
public final class FrameStream implements Incoming.Window, Outgoing.Owner {
  /**
   * The least number of taken bytes that counts as progress: a client must not keep a stream open a
   * byte at a time (CVE-2019-9511).
   */
  private static final int WORTH_TELLING = 1024;

  private final Frames frames;
  private final Incoming body = new Incoming(this);
  private final Outgoing reply;

  private int id;

  @SuppressWarnings("NullAway.Init") // begin() sets it, before the first field
  private RequestHead head;

  @SuppressWarnings("NullAway.Init") // ownedBy() sets it, before anything comes
  private StreamOwner owner;

  @SuppressWarnings("NullAway.Init") // read() sets it, before a body or a reply
  private Http2Stream stream;

  /** The memory of a large head. */
  private final Holding headMemory;

  private final BodyLength length = new BodyLength();

  /** The bytes that the client has taken since the owner was last told. */
  private int takenUntold;

  /** How many bytes of the body the client may send ahead. */
  private final Windows.Window window = new Windows.Window();

  /** The bytes of the body that have been taken since the window had its present size. */
  private int flowed;

  /** Whether the head says that there is no body, but the end of the stream is missing. */
  private boolean awaitsEnd;

  private boolean answered;

  /** Whether the head was refused, so that the reply earns no credit. */
  private boolean refused;

  private boolean malformed;
  private boolean ended;
  private boolean closed;

  FrameStream(Frames frames) {
    this.frames = frames;
    this.reply = frames.reply(this);
    this.headMemory = new Holding(frames.headMemory());
  }

  /** Begins as a new stream of its connection. */
  void begin(int stream) {
    id = stream;
    head = frames.spareHeads().take();
    body.renew();
    reply.begin(stream);
    takenUntold = 0;
    window.begin();
    flowed = 0;
    awaitsEnd = false;
    answered = false;
    refused = false;
    malformed = false;
    ended = false;
    closed = false;
    length.declare(-1);
  }

  /** Has an owner answer the request, the same as before if there was one. */
  void ownedBy(ConnectionOwner of) {
    owner = of.begins(this, owner);
  }

  /** How much of the request's body the client may send. */
  Windows.Window window() {
    return window;
  }

  /** The reply's body. */
  Outgoing reply() {
    return reply;
  }

  // ---- input

  /** The request's head, as far as it has been received. */
  public RequestHead head() {
    return head;
  }

  /** The request's body. */
  public BodySource body() {
    return body;
  }

  /** Whether the request is complete. */
  public boolean isWhole() {
    return body.isWhole();
  }

  /** Detaches and returns the sink of the request's body; null if there is none. */
  public @Nullable BodySink takeBodySink() {
    return body.takeSink();
  }

  /** Reads the head from its section. */
  void read(Http2Stream of, RequestSection section, boolean bodiless) {
    stream = of;
    Failure fault = fault(section, bodiless);
    Failure refusal = owner.enter();
    if (closed) {
      return;
    }
    markWhole(bodiless, null);
    if (refusal != null) {
      turnAway(refusal);
    } else if (fault != null) {
      refuse(fault);
    } else if (!headMemory.hold(head.excess())) {
      turnAway(Failure.OVERLOADED); // a connection may have a hundred large heads
    } else {
      begin(bodiless);
    }
  }

  /** What is wrong with the head; null if nothing is. */
  private static @Nullable Failure fault(RequestSection section, boolean bodiless) {
    try {
      section.end(bodiless);
      return null;
    } catch (HttpException e) {
      return e.failure();
    }
  }

  private void begin(boolean bodiless) {
    length.declare(head.contentLength());
    if (!bodiless && length.isReached()) {
      awaitsEnd = true;
      owner.awaitsBody(true);
    } else {
      owner.begin();
    }
  }

  /** Refuses a request for its own fault, which is charged even if the reply never leaves. */
  private void refuse(Failure failure) {
    refused = true;
    malformed = failure == Failure.BAD_REQUEST;
    turnAway(failure);
    if (malformed) {
      frames.pay(Credit.RESET);
    }
  }

  /** Has the owner answer a request that never begins. A large head need not wait for that. */
  private void turnAway(Failure failure) {
    body.cancel();
    owner.refuse(failure);
    if (!SpareHeads.mayKeep(head)) {
      head = frames.spareHeads().take();
      headMemory.release();
    }
  }

  /** Begins a request without a body, whose stream has ended only now. */
  private void beginAtLast(@Nullable String trailers) {
    awaitsEnd = false;
    body.end(trailers);
    owner.awaitsBody(false);
    owner.begin();
  }

  private void markWhole(boolean whole, @Nullable String trailers) {
    if (whole) {
      body.end(trailers);
    }
  }

  /**
   * Takes a part of the body.
   *
   * @param size how much of the window it uses, with its padding
   */
  void data(ByteBuf part, int size, boolean last) {
    if (!length.takes(part.readableBytes(), last)) {
      breakOff();
      giveBack(size);
      return;
    }
    if (awaitsEnd && last) {
      giveBack(size);
      beginAtLast(null);
      return;
    }
    boolean isWanted = body.data(part, size, length.isReached());
    if (isWanted) {
      frames.credit().earnBody(part.readableBytes());
    } else if (!refused) {
      frames.credit().earnUnwantedBody(part.readableBytes());
    }
    markWhole(last && !closed, null);
  }

  /** Takes the trailers, which end the request. */
  void trailers(TrailerSection section) {
    String trailers;
    try {
      trailers = section.end();
    } catch (HttpException e) {
      breakOff();
      return;
    }
    if (!length.takes(0, true)) {
      breakOff();
    } else if (awaitsEnd) {
      beginAtLast(trailers);
    } else {
      body.end(trailers);
    }
  }

  /** The request is malformed after its head, which a worker may have got already. */
  private void breakOff() {
    if (awaitsEnd) {
      awaitsEnd = false;
      refuse(Failure.BAD_REQUEST);
      return;
    }
    frames.pay(Credit.RESET);
    owner.giveUp(Failure.BAD_REQUEST);
    if (!closed) {
      reset(Http2Error.PROTOCOL_ERROR);
    }
  }

  /** All input has been passed on: a good moment to flush. */
  void pausing() {
    body.pausing();
  }

  /** Once the client has been answered, its window is not raised any more. */
  @Override
  public void giveBack(int bytes) {
    if (!closed && !ended) {
      frames.windows().consumeBytes(stream, bytes);
      widen(bytes);
    }
  }

  /**
   * Raises the window of a body that flows, which it does once a quarter of a window has been
   * taken: a full frame of the first one. The sooner a client hears of it, the less it waits.
   */
  private void widen(int bytes) {
    flowed += bytes;
    if (flowed >= window.size() / 4 && body.flows()) {
      flowed = 0;
      frames.windows().raise(stream, window, length.missing());
    }
  }

  @Override
  public void awaitsMore(boolean whether) {
    if (!closed && !ended) {
      owner.awaitsBody(whether);
    }
  }

  // ---- output

  /**
   * Sends a head.
   *
   * @param fields fields that the route set; null for none
   * @param extra a field line to add if the reply has none of this name; null for none
   */
  public void sendHead(
      ReplyHead reply, @Nullable Map<String, Object> fields, @Nullable Line extra) {
    if (!isOver()) {
      answered |= !reply.isInterim();
      frames.sendHead(stream, new ReplyBlock(reply, fields, extra));
    }
  }

  /** Whether the head of the reply has been sent. */
  boolean isAnswered() {
    return answered;
  }

  /** Whether all of the reply has left. */
  public boolean hasEnded() {
    return ended;
  }

  /** Sends a part of the body, and releases it. */
  public void sendData(ByteBuf bytes) {
    if (isOver() || !bytes.isReadable()) {
      bytes.release();
      return;
    }
    if (!reply.send(bytes)) {
      reset(Http2Error.ENHANCE_YOUR_CALM);
      flush(); // its source has nothing to flush for any more
    }
  }

  @Override
  public void taken(int bytes) {
    if (!refused) {
      frames.credit().earnBody(bytes);
    }
    takenUntold += bytes;
    if (takenUntold >= WORTH_TELLING) {
      takenUntold = 0;
      owner.taken();
    }
  }

  /** Whether the client takes no more at this moment. */
  public boolean isFull() {
    return !isOver() && reply.isFull();
  }

  /**
   * Sends the end of the reply.
   *
   * @param trailers as a body's sink gets them; null for none
   */
  public void sendEnd(@Nullable String trailers) {
    if (!isOver()) {
      reply.end(trailers == null ? null : new TrailerBlock(trailers));
    }
  }

  @Override
  public void sentEnd() {
    frames.closeLocal(stream);
    afterEnd();
    if (closed && !refused && SpareHeads.mayKeep(head)) {
      frames.giveBack(this); // never with a large head, which nobody counts any more
      frames.spareHeads().giveBack(head); // a request is valid until its reply has been sent
    }
  }

  /**
   * A client that is answered before it has sent its whole request need not continue, which a reset
   * tells it (section 8.1). The owner resets the stream later, because curl before 8.0 discards a
   * reply if a reset follows at once. The stream of a malformed request is reset now (section
   * 8.1.1).
   */
  private void afterEnd() {
    if (ended) {
      return;
    }
    ended = true;
    if (malformed) {
      frames.reset(id, Http2Error.PROTOCOL_ERROR);
      return;
    }
    if (!refused) {
      frames.credit().earn(Credit.ANSWER);
    }
    if (!body.isWhole() && !closed) {
      owner.answeredEarly();
    }
  }

  /** Resets the stream, so that a part of a reply is not taken for the whole. */
  public void reset(Http2Error why) {
    if (!closed) {
      ended = true;
      reply.discard();
      frames.reset(id, why);
    }
  }

  /** Whether nothing of the reply may follow; a reset stream may be told only later of its end. */
  private boolean isOver() {
    return closed || ended;
  }

  /** Sends what has been written, at the end of the turn of the loop. */
  @Override
  public void flush() {
    frames.out().flushLater();
  }

  @Override
  public void writeOn() {
    if (!closed && !ended) {
      owner.writeOn();
    }
  }

  /** The stream is closed. */
  void gone() {
    if (!closed) {
      closed = true;
      reply.discard();
      frames.windows().closed(window);
      headMemory.release();
      owner.gone();
      body.cancel();
    }
  }
}
