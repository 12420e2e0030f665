package org.synapsegateway.worker;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.http.BodyDecoder;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodyWriter;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.ReplyHead;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.http.Timeout;
import org.synapsegateway.net.Deadlines;
import org.synapsegateway.net.Inlet;
import org.synapsegateway.net.Outlet;
import org.synapsegateway.net.Turns;

/**
 * One connection to a worker: writes a request, reads its reply, and goes back to the pool if it is
 * provably clean.
 *
 * <p>Clean means: the request went out whole, the reply came whole, not a byte came behind it, and
 * the worker did not say that it closes. Everything else closes the connection. Confined to one
 * event loop.
 */
final class WorkerConnection extends ChannelInboundHandlerAdapter implements Inlet.Reader {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerConnection.class);
  private static final HeadLimits LIMITS = new HeadLimits(16 * 1024, 256 * 1024);

  /** What may wait here of a reply before no more of it is read. */
  private static final int MAX_UNREAD = 16 * 1024;

  /** Most replies to what is asked often are smaller. */
  private static final int LITTLE = 4 * 1024;

  private static final int MIN_SPLICED = 64 * 1024;

  /** Bytes spliced in a turn, before other connections have theirs. */
  private static final int MAX_SPLICED = 1024 * 1024;

  /** The bytes of all interim replies to one request. */
  private static final int MAX_INTERIM = 64 * 1024;

  private enum State {
    IDLE,
    HEAD,
    BODY,
    CLOSED
  }

  private final WorkerPool pool;
  private final Channel channel;

  /** Null where there is no native transport. */
  private final Socket socket;

  private final Inlet in;
  private final Outlet out;
  private final BodyWriter writer;
  private final BodyDecoder decoder = new BodyDecoder(Failure.BAD_REPLY);
  private final Deadline deadline = new Deadline();

  private State state = State.IDLE;
  private WorkerCall call;

  /** Null until its first byte comes, which takes long if it answers a long poll. */
  private ReplyHead head;

  private BodySink sink;
  private boolean inputEnded;
  private boolean requestSent;
  private int interimBytes;

  WorkerConnection(WorkerPool pool, Channel channel) {
    this.pool = pool;
    this.channel = channel;
    this.socket = channel instanceof EpollDomainSocketChannel epoll ? (Socket) epoll.fd() : null;
    this.in = new Inlet(channel, pool.loop(), this);
    this.out = new Outlet(channel, pool.loop(), this::sendOn);
    this.writer = new BodyWriter(out);
    // a write that fails must not throw away a reply that is already waiting to be read
    channel.config().setAutoClose(false);
  }

  boolean isOpen() {
    return state != State.CLOSED && channel.isActive();
  }

  /**
   * Whether nothing has come since the last reply: no byte, which would be taken for the next
   * reply, and no end. The event loop may not have got round to it yet.
   */
  boolean isSilent() {
    try {
      return socket == null || socket.recvAddress(pool.probe(), 0, 1) == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Begins a request: writes its head, and flushes nothing yet. */
  void begin(WorkerCall next) {
    call = next;
    state = State.HEAD;
    requestSent = false;
    interimBytes = 0;
    RequestHead request = next.request().head();
    writer.begin(request.isChunked());
    ByteBuf bytes = out.buffer(request.length() + 256);
    next.writeHead(bytes);
    out.write(bytes);
    deadline.in(next.options().getSendTimeout());
  }

  /** From now on the client is waited for, unless it waits for the worker's 100 (Continue). */
  void awaitBody() {
    if (!call.request().head().expectsContinue()) {
      deadline.never();
    }
  }

  /**
   * Writes a part of the request's body.
   *
   * <p>Either the worker is waited for, to take it, or the client, which has a deadline of its own.
   */
  void send(ByteBuf bytes) {
    writer.data(bytes);
    if (out.isFull()) {
      out.flush();
    }
    boolean taken = !out.isFull();
    if (state == State.HEAD && taken) {
      deadline.never();
    } else if (state == State.HEAD) {
      deadline.in(call.options().getSendTimeout());
    }
    if (!taken && call != null) {
      call.request().body().pause();
    }
  }

  void flush() {
    out.flush();
  }

  /** Sends what has been written; the future tells whether the socket has taken it. */
  ChannelFuture send() {
    ChannelPromise sent = channel.newPromise();
    out.flush(sent);
    return sent;
  }

  /** Ends the request; from now on the reply is waited for. */
  void endRequest(String trailers) {
    writer.end(trailers);
    requestSent = true;
    out.flush();
    if (state == State.HEAD) {
      deadline.in(call.replyMillis());
    }
  }

  /** Closes the connection in the middle of an exchange; its call hears no more of it. */
  void abandon() {
    WorkerCall left = call;
    call = null;
    sink = null;
    close();
    if (left != null && left.isAnswered()) {
      left.leave();
    }
  }

  void close() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      deadline.forget();
      pool.remove(this);
      in.close();
      out.discard();
      channel.close();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    deadline.watch();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (state == State.IDLE || state == State.CLOSED) {
      // nothing was asked for: not a byte of it may be taken for the next reply
      bytes.release();
      close();
      return;
    }
    in.read(bytes);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    turnEnds();
  }

  @Override
  public void turnEnds() {
    if (sink != null) {
      sink.pausing();
    }
  }

  /** Reads a head or a part of a body; returns whether more can be read now. */
  @Override
  public boolean readOn(ByteBuf bytes) {
    try {
      if (state == State.HEAD) {
        return readHead(bytes);
      }
      return state == State.BODY && sink != null && !decoder.isDone() && readBody(bytes);
    } catch (HttpException e) {
      breakOff(e.failure(), e.getMessage());
      return false;
    }
  }

  /** A reply does not stand behind what clients pile up, except if its own client does so. */
  @Override
  public Turns.Rank rank(ByteBuf rest, boolean hadShare) {
    if (call != null && call.request().body().isFollowed()) {
      return Turns.Rank.MUCH;
    }
    return rest.readableBytes() <= LITTLE ? Turns.Rank.LITTLE : Turns.Rank.BODY;
  }

  @Override
  public int maxUnread() {
    return MAX_UNREAD;
  }

  @Override
  public void overflows() {
    breakOff(Failure.WORKER_CLOSED, "it closed, and what it left behind is too much to keep");
  }

  private boolean readHead(ByteBuf bytes) throws HttpException {
    boolean whole = startedHead().read(bytes, LIMITS);
    if (whole) {
      pool.loop().turns().charge(Turns.MESSAGE);
      headRead();
    }
    return whole;
  }

  private ReplyHead startedHead() {
    if (head == null) {
      head = pool.takeHead();
      head.answers(call.request().head().method());
    }
    return head;
  }

  private void headRead() throws HttpException {
    if (head.isInterim()) {
      interimRead();
      return;
    }
    state = State.BODY;
    decoder.begin(head);
    deadline.in(call.options().getReadTimeout());
    WorkerCall answered = call;
    answered.replied(head);
    if (state == State.BODY && sink == null) {
      // a later step of the route takes its time; the body waits in the socket
      in.pause();
    }
  }

  /**
   * RFC 9110 section 15.2: interim replies are handed on, however many; but they neither put off
   * the time-out of the final one nor may they fill the memory for a client that does not read.
   */
  private void interimRead() throws HttpException {
    if (head.status() == 101) {
      throw new HttpException(Failure.BAD_REPLY, "it switched protocols unasked");
    }
    interimBytes += head.length();
    if (interimBytes > MAX_INTERIM) {
      throw new HttpException(
          Failure.BAD_REPLY, "its interim replies have more than " + MAX_INTERIM + " bytes");
    }
    call.request().interimReply(head);
    head.reset();
  }

  private boolean readBody(ByteBuf bytes) throws HttpException {
    deadline.in(call.options().getReadTimeout());
    pool.loop().turns().charge(decoder.decode(bytes, sink));
    if (!bytes.isReadable()) {
      splice();
    }
    return true;
  }

  /** Ends the reply if it is complete or cannot be any more. */
  @Override
  public void haveRead(ByteBuf rest) {
    if (state != State.BODY || sink == null) {
      return;
    }
    boolean ended = inputEnded && !rest.isReadable();
    if (decoder.isDone() || (ended && decoder.isDelimitedByClose())) {
      endReply(rest.isReadable());
    } else if (ended) {
      breakOff(Failure.WORKER_CLOSED, "it closed in the middle of a reply");
    }
  }

  /** What is left of a large body need not come up here, if the client takes it as it comes. */
  private void splice() {
    long most = Math.min(decoder.left(), MAX_SPLICED);
    if (most >= MIN_SPLICED && state == State.BODY && socket != null && in.isOpen()) {
      long moved = sink.splice(socket, most);
      decoder.passed(moved);
      pool.loop().turns().charge(moved);
    }
  }

  private void endReply(boolean moreCame) {
    BodySink end = sink;
    WorkerCall answered = call;
    ReplyHead ended = head;
    sink = null;
    call = null;
    head = null;
    answered.leave();
    if (requestSent && ended.isKeepAlive() && !inputEnded && !moreCame) {
      state = State.IDLE;
      in.goOn();
      deadline.in(pool.release(this, answered.options()));
    } else {
      if (!requestSent) {
        answered.request().body().cancel();
      }
      close();
    }
    end.end(decoder.trailers());
    pool.giveBack(ended);
  }

  /** Closes the connection in the middle of an exchange, and tells who takes part in it. */
  void breakOff(Failure failure, String detail) {
    WorkerCall lost = call;
    BodySink cut = sink;
    boolean headCame = state == State.BODY;
    boolean replyBegun = headCame || (head != null && head.isStarted());
    call = null;
    sink = null;
    close();
    if (headCame) {
      lost.leave();
      if (cut != null) {
        cut.abort(failure);
      }
    } else if (lost != null) {
      lost.connectionLost(this, failure, detail, replyBegun);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    inputEnded = true;
    in.end();
    if (state == State.IDLE) {
      close();
    } else if (state == State.HEAD) {
      breakOff(Failure.WORKER_CLOSED, "it closed the connection before its reply");
    }
  }

  /** The worker has taken what waited for it. */
  private void sendOn() {
    if (call != null && !requestSent) {
      if (state == State.HEAD) {
        deadline.never();
      }
      call.request().body().resume();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // a failed write is followed by the end of the input, which tells the rest; but where the end
    // of
    // the input ends a body, a reset must not be taken for it
    boolean endMatters = state == State.BODY && decoder.isDelimitedByClose();
    // the worker has ended before it accepted, so that the channel never became active
    boolean neverAccepted = cause instanceof NotYetConnectedException;
    if (!(cause instanceof IOException) && !neverAccepted) {
      LOG.error("A worker's connection failed", cause);
    }
    if (endMatters || !(cause instanceof IOException)) {
      breakOff(Failure.WORKER_CLOSED, cause.toString());
    }
  }

  /** Whether it still carries this call. */
  @SuppressWarnings("ReferenceEquality")
  boolean carries(WorkerCall of) {
    return call == of;
  }

  void start(BodySink to) {
    sink = to;
    if (state == State.CLOSED) {
      sink = null;
      to.abort(Failure.WORKER_CLOSED);
      return;
    }
    boolean reading = in.isReading();
    awaitMore();
    in.goOn();
    if (!reading) {
      turnEnds();
    }
  }

  void pause() {
    in.pause();
    deadline.never();
  }

  void resume() {
    awaitMore();
    in.resume();
  }

  private void awaitMore() {
    if (state == State.BODY) {
      deadline.in(call.options().getReadTimeout());
    }
  }

  /** Ends the connection when the worker has been silent for too long. */
  private final class Deadline extends Deadlines.Holder {
    private void watch() {
      pool.loop().deadlines().add(this);
    }

    private void in(long millis) {
      expireIn(pool.loop().deadlines(), millis);
    }

    private void never() {
      expireNever();
    }

    private void forget() {
      pool.loop().deadlines().remove(this);
    }

    private Timeout overdue() {
      if (state == State.BODY) {
        return Timeout.WORKER_READ;
      }
      return requestSent ? Timeout.WORKER_REPLY : Timeout.WORKER_SEND;
    }

    @Override
    protected void expired() {
      if (state == State.IDLE) {
        close();
      } else {
        call.request().trace().timedOut(overdue());
        breakOff(Failure.WORKER_TIMEOUT, "it did not answer in time");
      }
    }
  }
}
