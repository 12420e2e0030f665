// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.NotYetConnectedException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.ReplyHead;
import org.synapsegateway.net.Deadline;
import org.synapsegateway.net.Deadlines;
import org.synapsegateway.request.Timeout;
import org.synapsegateway.tls.TlsHandler;

/**
 * One connection to a worker: carries one request and its reply at a time, and returns to the pool
 * if it is provably clean.
 *
 * <p>Clean means: the request was sent whole, the reply came whole, no byte followed it, no write
 * failed, and the worker did not announce that it closes. Everything else closes the connection.
 * Confined to one event loop.
 */
final class WorkerConnection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerConnection.class);

  private enum State {
    IDLE,
    /** A request is being written or has been, and the head of its reply is awaited. */
    HEAD,
    /** The head of the reply has come, and its body is next. */
    BODY,
    CLOSED
  }

  private final WorkerPool pool;
  private final Channel channel;

  /** Null if the connection has no TLS. */
  private final TlsHandler seal;

  private final Deadline deadline;
  private final RequestWriter writer;
  private final ReplyReader reader;

  private State state = State.IDLE;
  private @Nullable WorkerCall call;
  private boolean inputEnded;
  private boolean broken;

  WorkerConnection(WorkerPool pool, Channel channel) {
    this.pool = pool;
    this.channel = channel;
    this.deadline = new ReplyDeadline(pool.loop().deadlines());
    this.seal = channel.pipeline().get(TlsHandler.class);
    this.writer = new RequestWriter(this, channel, pool.loop(), seal, deadline);
    this.reader = new ReplyReader(this, pool, channel, deadline, seal == null);
    // a failed write must not discard a reply that waits to be read
    channel.config().setAutoClose(false);
  }

  boolean isOpen() {
    return state != State.CLOSED && channel.isActive();
  }

  /**
   * Whether the worker has sent nothing since the last reply, so that the connection is still
   * clean.
   */
  boolean isSilent() {
    return reader.isSilent();
  }

  /** Where its peer is; null if it is closed. */
  @Nullable SocketAddress peer() {
    return channel.remoteAddress();
  }

  /** The request that it carries; null if it carries none. */
  @Nullable WorkerCall call() {
    return call;
  }

  /** The request that it carries; the caller knows that there is one. */
  WorkerCall carried() {
    return Objects.requireNonNull(call, "the connection carries no request");
  }

  /** Whether it still carries this call. */
  @SuppressWarnings("ReferenceEquality")
  boolean carries(WorkerCall of) {
    return call == of;
  }

  /** Whether it carries a request whose reply has not begun. */
  boolean awaitsReply() {
    return state == State.HEAD;
  }

  /** Closes after this time in milliseconds, unless it carries a request by then. */
  void rest(long millis) {
    deadline.in(millis);
  }

  // ---- the request

  /** Begins a request: writes its head, and flushes nothing yet. */
  void begin(WorkerCall next) {
    call = next;
    state = State.HEAD;
    reader.begin();
    writer.begin(next);
  }

  /** Where the rest of the request is written to. */
  RequestWriter writer() {
    return writer;
  }

  // ---- the reply

  /** The reader of its replies. */
  ReplyReader reader() {
    return reader;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (state == State.IDLE || state == State.CLOSED) {
      // no request is open, so these bytes must not be taken for the next reply
      bytes.release();
      close();
      return;
    }
    reader.read(bytes);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reader.turnEnds();
  }

  /** The head of the final reply has come. */
  void answered(ReplyHead head) {
    state = State.BODY;
    awaitMore();
    carried().replied(this, head);
  }

  /** Waits for the next part of the reply's body. */
  void awaitMore() {
    if (state == State.BODY) {
      deadline.in(carried().options().getReadTimeout());
    }
  }

  /** Whether the head of the reply has come, and not yet the end. */
  boolean isAnswered() {
    return state == State.BODY;
  }

  /** Whether nothing more will come. */
  boolean isInputEnded() {
    return inputEnded;
  }

  // ---- the end of an exchange, or of the connection

  /**
   * The reply has come whole.
   *
   * @param taker takes the end of the reply's body
   * @param moreCame whether bytes followed it
   */
  void endReply(BodySink taker, boolean moreCame) {
    ReplyHead head = reader.takeHead();
    WorkerCall answered = carried();
    call = null;
    answered.leave();
    boolean sent = writer.isWhole() && !broken;
    boolean clean = sent && head.isKeepAlive() && !inputEnded && !moreCame;
    if (clean && pool.mayKeep(this)) {
      state = State.IDLE;
      reader.goOn();
      deadline.in(pool.release(this, answered.options()));
    } else {
      if (!writer.isWhole()) {
        answered.request().body().cancel();
      }
      close();
    }
    taker.end(reader.trailers());
    pool.giveBack(head);
  }

  /** Closes the connection in the middle of an exchange; its call is not notified. */
  void abandon() {
    WorkerCall left = call;
    call = null;
    reader.takeSink();
    close();
    if (left != null && left.isAnswered()) {
      left.leave();
    }
  }

  /**
   * Closes the connection in the middle of an exchange, and notifies its call or the sink of its
   * reply.
   */
  void breakOff(Failure failure, String detail) {
    WorkerCall lost = call;
    BodySink taker = reader.takeSink();
    boolean answered = state == State.BODY;
    boolean begun = answered || reader.hasBegun();
    call = null;
    close();
    if (lost != null && answered) {
      lost.leave();
      if (taker != null) {
        taker.abort(failure);
      }
    } else if (lost != null) {
      lost.connectionLost(this, failure, detail, begun);
    }
  }

  void close() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      deadline.forget();
      pool.remove(this);
      reader.close();
      writer.discard();
      channel.close();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    deadline.watch();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    inputEnded = true;
    if (seal != null && !seal.isEndTold() && state == State.BODY && reader.isDelimitedByClose()) {
      // somebody on the network could have cut the connection (RFC 9112 section 9.8)
      breakOff(
          Failure.WORKER_CLOSED, "it closed without close_notify, so its reply may lack a part");
      return;
    }
    reader.inputEnds();
    if (state == State.IDLE) {
      close();
    } else if (state == State.HEAD) {
      breakOff(Failure.WORKER_CLOSED, "it closed the connection before its reply");
    } else if (ctx.executor().isShuttingDown()) {
      // a step that has held the reply cannot have it read any more
      breakOff(Failure.WORKER_CLOSED, "the gateway has ended");
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    broken = true;
    // a failed write is followed by the end of the input, which ends the exchange; but if the end
    // of the connection delimits the body, a reset must not be taken for that end
    boolean endMatters = state == State.BODY && reader.isDelimitedByClose();
    // the worker has ended before it accepted, so that the channel never became active
    boolean neverAccepted = cause instanceof NotYetConnectedException;
    if (!(cause instanceof IOException) && !neverAccepted) {
      LOG.error("A worker's connection failed", cause);
    }
    if (endMatters || !(cause instanceof IOException)) {
      breakOff(Failure.WORKER_CLOSED, cause.toString());
    }
  }

  /** Ends the connection when the worker has been silent for too long. */
  private final class ReplyDeadline extends Deadline {
    private ReplyDeadline(Deadlines deadlines) {
      super(deadlines);
    }

    @Override
    protected void expired() {
      if (state == State.IDLE) {
        close();
      } else {
        carried().request().trace().timedOut(overdue());
        breakOff(Failure.WORKER_TIMEOUT, "it did not answer in time");
      }
    }

    private Timeout overdue() {
      if (state == State.BODY) {
        return Timeout.WORKER_READ;
      }
      return writer.isWhole() ? Timeout.WORKER_REPLY : Timeout.WORKER_SEND;
    }
  }
}
