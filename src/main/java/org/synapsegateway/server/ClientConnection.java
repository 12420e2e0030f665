// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.unix.Socket;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.net.ChannelEnd;
import org.synapsegateway.net.CoalescingWriter;
import org.synapsegateway.net.Inlet;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.NativeSocket;
import org.synapsegateway.net.Seal;
import org.synapsegateway.net.SharedBudget;
import org.synapsegateway.net.Turns;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.tls.TlsHandler;

/**
 * One client's HTTP/1.1 connection: reads a request, has its stream carry it to the routes and
 * write the reply, and only then looks at the next request.
 *
 * <p>Bytes of later requests wait unread, so replies cannot change places. Here the parts meet:
 * what comes in and what has been sent, what is overdue, and in which order all of it ends.
 * Confined to one event loop.
 */
final class ClientConnection extends ClientHandler
    implements Inlet.Reader, CoalescingWriter.Writer {
  /** After this long the event loop has looked for input once more. */
  private static final long LAST_LOOK_MILLIS = 50;

  private enum State {
    /** It takes requests, one at a time. */
    OPEN,
    /** The last reply is being sent; further input is discarded. */
    ENDING,
    CLOSED
  }

  private final FrontDoor door;
  private final Channel channel;
  private final ConnectionLimits.Place place;
  private final @Nullable Seal seal;
  private final RequestDeadline deadline;
  private final Inlet in;
  private final CoalescingWriter out;
  private final RequestReader reader;
  private final Http1Stream stream;

  private State state = State.OPEN;

  /** Null while the connection is open. */
  private @Nullable ConnectionCloser closer;

  /**
   * @param seal encrypts what leaves; null if nothing does
   */
  ClientConnection(
      FrontDoor door,
      Gate gate,
      Channel channel,
      Loop loop,
      Client peer,
      ConnectionLimits.Place place,
      @Nullable Seal seal) {
    this.door = door;
    this.channel = channel;
    this.place = place;
    this.seal = seal;
    this.deadline = new RequestDeadline(loop);
    this.in = new Inlet(channel, loop, this);
    this.out = new CoalescingWriter(channel, loop, seal, this);
    Socket spliced = seal == null ? NativeSocket.of(channel) : null;
    SharedBudget.Share headMemory = door.headMemory().of(door.owner(peer, this));
    this.reader = new RequestReader(in, loop.turns(), headMemory, deadline, spliced);
    this.stream = new Http1Stream(door, gate, loop, peer, deadline, this, reader, out);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    deadline.watch();
    deadline.awaitHead();
    if (door.isClosing()) {
      endWhenIdle();
    }
  }

  // ---- input

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    in.read((ByteBuf) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reader.pausing();
  }

  @Override
  public void turnEnds() {
    reader.pausing();
  }

  /** Reads a head or a part of a body; returns whether more can be read now. */
  @Override
  public boolean readOn(ByteBuf bytes) {
    try {
      return switch (state) {
        case OPEN -> stream.isIdle() ? readHead(bytes) : reader.readBody(bytes);
        case ENDING -> {
          Objects.requireNonNull(closer).skip(bytes);
          yield false;
        }
        case CLOSED -> false;
      };
    } catch (HttpException e) {
      stream.refuse(e.failure());
      return true;
    }
  }

  private boolean readHead(ByteBuf bytes) throws HttpException {
    if (out.isFull()) {
      awaitTaking();
      return false;
    }
    if (!reader.isStarted()) {
      stream.renew();
    }
    boolean whole = reader.readHead(bytes, stream.frontRoute().headLimits());
    if (whole) {
      begin();
    }
    return whole;
  }

  /**
   * Stops reading from a client that pipelines requests and reads no replies, so that they do not
   * pile up.
   */
  private void awaitTaking() {
    in.pause();
    deadline.awaitTaking();
  }

  @Override
  public Turns.Rank rank(ByteBuf rest, boolean hadShare) {
    return reader.rank(rest, hadShare, stream.isIdle());
  }

  @Override
  public int maxUnread() {
    return stream.frontRoute().settings().bytes(Setting.PIPELINE_MAX);
  }

  @Override
  public void overflows() {
    close();
  }

  // ---- from one request to the next

  private void begin() {
    Failure refusal = place.admit();
    if (refusal == null) {
      stream.begin(reader);
    } else {
      door.refused(refusal);
      stream.refuse(refusal);
    }
  }

  /** A reply has been written, and the connection persists. */
  void beginNext() {
    out.flush();
    if (state == State.CLOSED) {
      return;
    }
    stream.awaitNext();
    reader.beginNext();
    deadline.awaitRequest();
    in.goOn();
    if (door.isClosing()) {
      endWhenIdle(); // its reply began too early to say so
    }
  }

  /** The client has taken what waited for it. */
  @Override
  public void writeOn() {
    if (stream.isReplying()) {
      stream.writeOn();
    } else if (stream.isIdle() && !in.isOpen()) {
      deadline.awaitRequest();
      in.resume();
    }
  }

  @Override
  public boolean isIdle() {
    return stream.hasReplied() && stream.isIdle() && !reader.isStarted() && in.isEmpty();
  }

  // ---- the end

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == CLOSING || event == TlsHandler.HTTP_1 && door.isClosing()) {
      endWhenIdle();
    }
  }

  /**
   * Ends a connection that waits for a request. While the door closes it is given a moment, because
   * a request may be on its way, which the client could not send again if it is a POST. A handshake
   * that has begun keeps its own deadline.
   */
  private void endWhenIdle() {
    if (!stream.isIdle() || reader.isStarted() || isHandshaking()) {
      return;
    }
    if (door.isClosing()) {
      deadline.awaitLastRequest();
    } else if (isIdle()) {
      close();
    }
  }

  private boolean isHandshaking() {
    return seal != null && seal.isHandshaking();
  }

  /** Sends what has been written, and reads no further request. */
  void end() {
    boolean mayStillSend = mayStillSend();
    state = State.ENDING;
    stream.end();
    reader.end();
    deadline.awaitTaking();
    closer = new ConnectionCloser(channel, deadline, door::isClosing, this::close);
    in.goOn();
    if (seal == null && !mayStillSend) {
      ChannelEnd.awaitEnd(channel);
    }
    closer.flush(out, mayStillSend);
  }

  /** Whether the client may be sending already: it did not ask for the end of the connection. */
  private boolean mayStillSend() {
    return stream.isIdle() || !reader.isWhole() || !in.isEmpty() || in.isReading() || isLeaving();
  }

  /** Whether it ends with its next reply because its client is to connect elsewhere. */
  boolean isLeaving() {
    return door.isEnding(this);
  }

  /** Leaves the connection to another version of HTTP, before anything has been read. */
  void giveWay() {
    state = State.CLOSED;
    deadline.forget();
    in.close();
  }

  /** Resets the connection, so that the client does not take a part of a reply for the whole. */
  void cut() {
    if (channel.isActive()) {
      out.breakOff();
    }
    close();
  }

  @Override
  void close() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      deadline.forget();
      in.close();
      out.discard();
      stream.close();
      reader.giveBackMemory();
      place.leave();
      if (seal == null) {
        ChannelEnd.close(channel);
      } else {
        channel.close();
      }
    }
  }

  /** Ends the connection, or answers for it, when its client has kept it waiting for too long. */
  private final class RequestDeadline extends ClientDeadline {
    /** Whether a last request is waited for, because the door closes. */
    private boolean awaitsLast;

    /** Whether the loop has looked for input since the time for a last request is over. */
    private boolean hasLooked;

    private RequestDeadline(Loop loop) {
      super(loop.deadlines());
    }

    @Override
    protected void expired() {
      stream.timedOut();
      if (isRequestAwaited()) {
        stream.refuse(Failure.REQUEST_TIMEOUT);
      } else if (stream.isReplying()) {
        cut();
      } else if (stream.isIdle() && door.isClosing()) {
        endUnlessAsked();
      } else {
        close();
      }
    }

    /** Waits for a request that may be on its way while the door closes. */
    private void awaitLastRequest() {
      awaitsLast = true;
      hasLooked = false;
      inFromNow(LAST_REQUEST_MILLIS);
    }

    /**
     * A client may have begun a handshake meanwhile, and a busy loop may have a request here that
     * waits for its turn, or has not looked for one.
     */
    private void endUnlessAsked() {
      if (isHandshaking()) {
        endUnlessBegun();
      } else if (hasLooked && in.isEmpty()) {
        end();
      } else {
        hasLooked = true;
        inFromNow(LAST_LOOK_MILLIS);
      }
    }

    /** A handshake has its whole time, but not twice. */
    private void endUnlessBegun() {
      if (awaitsLast) {
        awaitsLast = false;
        awaitHead();
      } else {
        close();
      }
    }

    /** Whether a part of a request has come, and it is waited for the rest. */
    private boolean isRequestAwaited() {
      return stream.isIdle() ? reader.isStarted() : stream.isRouting() && !reader.isWhole();
    }
  }
}
