// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.http.HeadWriter;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.ReplyHead;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.http2.FrameStream;
import org.synapsegateway.http2.StreamOwner;
import org.synapsegateway.net.Loop;
import org.synapsegateway.request.FailureReply;
import org.synapsegateway.request.Reply;

/**
 * One stream of an HTTP/2 connection: carries one request to the routes and writes its reply, at
 * the pace of the client; after a clean end those of a later stream. Confined to one event loop.
 */
final class Http2Stream extends HttpStream implements BodySink, StreamOwner {
  private static final HeadLimits OWN_WORDS = new HeadLimits(1024, 8 * 1024);
  private static final int SWITCHING_PROTOCOLS = 101;

  /** How long a client may take to hear that it is answered, and to stop sending. */
  private static final long MAX_DEAF_MILLIS = 1_000;

  private final Http2Connection connection;
  private final FrameStream frames;

  /** Where the body of the reply comes from; null if none does. */
  private @Nullable BodySource source;

  private boolean watched;

  /** Whether it waits for the client to take more of the reply. */
  private boolean stalls;

  /** Null before the request begins. */
  private ConnectionLimits.@Nullable Place place;

  Http2Stream(
      FrontDoor door,
      Gate gate,
      Loop loop,
      Client peer,
      Http2Connection connection,
      FrameStream frames) {
    this(door, gate, loop, peer, connection, frames, new StreamDeadline(loop));
  }

  private Http2Stream(
      FrontDoor door,
      Gate gate,
      Loop loop,
      Client peer,
      Http2Connection connection,
      FrameStream frames,
      StreamDeadline deadline) {
    super(door, gate, loop, peer, deadline);
    deadline.stream = this;
    this.connection = connection;
    this.frames = frames;
  }

  /** Waits for the request of a later stream. */
  void beginAgain() {
    awaitNext();
    source = null;
    watched = false;
    stalls = false;
    place = null;
    deadline.beginRequest();
  }

  @Override
  RequestHead head() {
    return frames.head();
  }

  @Override
  @Nullable BodySink takeBodySink() {
    return frames.takeBodySink();
  }

  // ---- what comes

  @Override
  public @Nullable Failure enter() {
    place = connection.enter();
    if (!place.mayAsk()) {
      frames.reset(Http2Error.REFUSED_STREAM);
    }
    return place.refusal();
  }

  @Override
  public void begin() {
    begin(frames.body());
    connection.cameFrom(lastClient());
  }

  @Override
  public void refuse(Failure failure) {
    turnAway(failure);
    deadline.beginReply();
    writeWhole(failure);
  }

  @Override
  public void giveUp(Failure failure) {
    if (isRouting()) {
      turnAway(failure);
    }
  }

  @Override
  public void awaitsBody(boolean whether) {
    if (whether) {
      watch();
      deadline.awaitBody();
    } else {
      deadline.awaitNoBody();
    }
  }

  /** Most streams keep nobody waiting, so that nobody looks after them. */
  private void watch() {
    if (!watched) {
      watched = true;
      deadline.watch();
    }
  }

  // ---- heads, and replies of the gateway's own

  @Override
  public void accept(ReplyHead interim) {
    // RFC 9113 section 8.6: there is no switching of protocols
    if (isRouting() && interim.status() != SWITCHING_PROTOCOLS) {
      frames.sendHead(interim, null, null);
      frames.flush();
    }
  }

  @Override
  void writeReply(Reply reply, @Nullable Map<String, Object> fields) {
    frames.sendHead(reply.head(), fields, strictTransport());
    if (isEnded()) {
      reply.body().cancel();
      return;
    }
    source = reply.body();
    source.start(this);
  }

  @Override
  void writeFailure(Failure failure) {
    writeWhole(failure);
  }

  private void writeWhole(Failure failure) {
    ByteBuf text = Unpooled.buffer(512);
    FailureReply.write(text, failure, head(), HeadWriter.Connection.PERSISTS, strictTransport());
    frames.sendHead(read(text), null, null);
    frames.sendData(text);
    finish(null);
  }

  /** Takes the head of what the gateway says of its own. */
  private ReplyHead read(ByteBuf text) {
    ReplyHead made = new ReplyHead();
    made.answers(head().method());
    try {
      made.read(text, OWN_WORDS);
    } catch (HttpException e) {
      throw new IllegalStateException(e);
    }
    return made;
  }

  // ---- the body of a reply

  @Override
  public void data(ByteBuf bytes) {
    if (!isReplying()) {
      bytes.release();
      return;
    }
    trace().replyPart(bytes);
    frames.sendData(bytes);
    if (frames.isFull() && source != null) {
      awaitTaking();
      source.pause();
    }
  }

  private void awaitTaking() {
    watch();
    stalls = true;
    deadline.awaitTaking();
  }

  @Override
  public void taken() {
    if (stalls) {
      deadline.awaitTaking();
    }
  }

  @Override
  public void writeOn() {
    if (source != null) {
      stalls = false;
      deadline.never();
      source.resume();
    }
  }

  @Override
  public void pausing() {
    if (hasRequest()) {
      trace().replyPauses();
    }
    frames.flush();
  }

  @Override
  public void end(@Nullable String trailers) {
    if (isReplying()) {
      finish(trailers);
    }
  }

  @Override
  public void abort(Failure failure) {
    trace().failed(failure);
    source = null;
    frames.reset(Http2Error.INTERNAL_ERROR);
    frames.flush();
  }

  /** Ends the request, and after it the stream, which would else fail the request. */
  private void finish(@Nullable String trailers) {
    source = null;
    if (isEnded()) {
      return;
    }
    endReply();
    frames.sendEnd(trailers);
    if (!isEnded() && !frames.hasEnded()) {
      awaitTaking();
    }
    frames.flush();
  }

  @Override
  public void answeredEarly() {
    watch();
    stalls = false;
    deadline.in(MAX_DEAF_MILLIS);
  }

  @Override
  void dropReply() {
    BodySource cancelled = source;
    source = null;
    if (cancelled != null) {
      cancelled.cancel();
    }
  }

  // ---- the end

  @Override
  public void gone() {
    deadline.forget();
    close();
    connection.ended(place);
  }

  private void overdue() {
    if (frames.hasEnded()) {
      frames.reset(Http2Error.NO_ERROR);
      frames.flush();
      return;
    }
    timedOut();
    if (isRouting() && hasRequest() && !frames.isWhole()) {
      refuse(Failure.REQUEST_TIMEOUT); // once: it may not leave either
    } else {
      frames.reset(Http2Error.CANCEL);
      frames.flush();
    }
  }

  /** Ends the stream, or answers for it, when its client has kept it waiting for too long. */
  private static final class StreamDeadline extends ClientDeadline {
    @SuppressWarnings("NullAway.Init") // the stream sets itself, before the first wait
    private Http2Stream stream;

    private StreamDeadline(Loop loop) {
      super(loop.deadlines());
    }

    @Override
    protected void expired() {
      stream.overdue();
    }
  }
}
