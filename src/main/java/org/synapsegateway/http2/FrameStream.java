package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Map;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HeadWriter;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.ReplyHead;
import org.synapsegateway.http.RequestHead;

/**
 * One stream of a connection (RFC 9113 section 5): a request comes on it, and its reply goes.
 *
 * <p>Confined to one event loop.
 */
public final class FrameStream implements Incoming.Window {
  /** Who answers the request. */
  public interface Owner {
    /** The head has come, and is a request's. */
    void begin();

    /** What has come is no request, which is to be answered. */
    void refuse(Failure failure);

    /** The request will never be whole, and is to be given up; the stream ends. */
    void giveUp(Failure failure);

    /** The client takes more of the reply, after {@link #isFull} was so. */
    void writeOn();

    /** Whether more of the request's body is waited for at this moment. */
    void awaitsBody(boolean whether);

    /** The stream is closed, whether all has been sent or not. */
    void gone();
  }

  private final Frames frames;
  private final int id;
  private final RequestHead head = new RequestHead();
  private final Incoming body = new Incoming(this);
  private Owner owner;

  /** Null until Netty has made it. */
  private Http2Stream stream;

  /** The bytes of the body that are still to come, as declared; negative if that is not known. */
  private long missing = -1;

  private boolean begun;
  private boolean malformed;
  private boolean ended;
  private boolean closed;

  FrameStream(Frames frames, int id) {
    this.frames = frames;
    this.id = id;
  }

  void owner(Owner of) {
    owner = of;
  }

  // ---- what comes

  /** The request's head, as far as it has come. */
  public RequestHead head() {
    return head;
  }

  /** The request's body. */
  public BodySource body() {
    return body;
  }

  /** Whether the request has come whole. */
  public boolean isWhole() {
    return body.isWhole();
  }

  /** Who takes the request's body, and hears no more of it; null if nobody does. */
  public BodySink takeBodySink() {
    return body.takeSink();
  }

  /** The head has come; it is read from its section. */
  void begin(Http2Stream of, RequestSection section, boolean bodiless) {
    stream = of;
    try {
      section.end(bodiless);
    } catch (HttpException e) {
      malformed = e.failure() == Failure.BAD_REQUEST;
      body.cancel();
      markWhole(bodiless, null);
      owner.refuse(e.failure());
      return;
    }
    begun = true;
    missing = head.contentLength();
    markWhole(bodiless, null);
    owner.begin();
  }

  private void markWhole(boolean whole, String trailers) {
    if (whole) {
      body.end(trailers);
    }
  }

  /**
   * A part of the body has come.
   *
   * @param size what it takes of the window
   */
  void data(ByteBuf part, int size, boolean last) {
    if (!isAsDeclared(part.readableBytes(), last)) {
      breakOff();
      giveBack(size);
      return;
    }
    body.data(part, size);
    markWhole(last && !closed, null);
  }

  /** The trailers have come, and with them the end. */
  void trailers(TrailerSection section) {
    String trailers;
    try {
      trailers = section.end();
    } catch (HttpException e) {
      breakOff();
      return;
    }
    if (isAsDeclared(0, true)) {
      body.end(trailers);
    } else {
      breakOff();
    }
  }

  /** Whether the body is as long as the head says (section 8.1.1), as far as can be told yet. */
  private boolean isAsDeclared(int more, boolean last) {
    if (!begun || missing < 0) {
      return true;
    }
    if (more > missing) {
      return false;
    }
    missing -= more;
    return !last || missing == 0;
  }

  /** The request is malformed behind its head, which a worker may have already. */
  private void breakOff() {
    begun = false;
    owner.giveUp(Failure.BAD_REQUEST);
    if (!closed) {
      reset(Http2Error.PROTOCOL_ERROR);
    }
  }

  /** All that has come has been handed on: a good moment to flush. */
  void pausing() {
    body.pausing();
  }

  @Override
  public void giveBack(int bytes) {
    if (!closed) {
      frames.giveBack(stream, bytes);
    }
  }

  @Override
  public void awaitsMore(boolean whether) {
    if (!closed) {
      owner.awaitsBody(whether);
    }
  }

  // ---- what goes

  /**
   * Sends a head.
   *
   * @param fields fields that the route set; null for none
   * @param extra a line for a reply that says nothing of the kind itself; null for none
   */
  public void sendHead(ReplyHead reply, Map<String, Object> fields, HeadWriter.Line extra) {
    if (!closed) {
      frames.sendHeaders(id, new ReplyBlock(reply, fields, extra), false);
    }
  }

  /** Sends a part of the body, which is owned here. */
  public void sendData(ByteBuf bytes) {
    if (closed || !bytes.isReadable()) {
      bytes.release();
      return;
    }
    frames.sendData(stream, bytes, false, FrameStream::nothing);
  }

  private static void nothing() {
    // another part follows
  }

  /** Whether the client takes no more at this moment. */
  public boolean isFull() {
    return !closed && !frames.isWritable(stream);
  }

  /**
   * Sends the end of the reply.
   *
   * @param trailers as a body's sink gets them; null for none
   */
  public void sendEnd(String trailers) {
    if (closed) {
      return;
    }
    if (trailers == null) {
      frames.sendData(stream, Unpooled.EMPTY_BUFFER, true, this::sentEnd);
    } else {
      frames.sendHeaders(id, new TrailerBlock(trailers), true).addListener(sent -> afterEnd());
    }
  }

  private void sentEnd() {
    frames.closeLocal(stream);
    afterEnd();
  }

  /**
   * A client that is answered before it has sent all need not go on (section 8.1); one that is
   * malformed is told so (section 8.1.1).
   */
  private void afterEnd() {
    if (ended) {
      return;
    }
    ended = true;
    if (malformed) {
      frames.reset(id, Http2Error.PROTOCOL_ERROR);
    } else if (!body.isWhole() && !closed) {
      frames.reset(id, Http2Error.NO_ERROR);
    }
  }

  /** Ends the stream, so that nobody takes a part of a reply for the whole. */
  public void reset(Http2Error why) {
    if (!closed) {
      ended = true;
      frames.reset(id, why);
    }
  }

  /** Sends what has been written. */
  public void flush() {
    frames.flushNow();
  }

  void writeOn() {
    if (!closed && !ended) {
      owner.writeOn();
    }
  }

  /** The stream is closed. */
  void gone() {
    if (!closed) {
      closed = true;
      owner.gone();
      body.cancel();
    }
  }
}
