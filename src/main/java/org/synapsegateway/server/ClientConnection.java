package org.synapsegateway.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.http.BodyDecoder;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.BodyWriter;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.FailureReply;
import org.synapsegateway.http.HeadWriter;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.Reply;
import org.synapsegateway.http.ReplyHead;
import org.synapsegateway.http.Request;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.http.Timeout;
import org.synapsegateway.http.Trace;
import org.synapsegateway.net.Deadlines;
import org.synapsegateway.net.Inlet;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Outlet;
import org.synapsegateway.net.Turns;
import org.synapsegateway.settings.Setting;

/**
 * One client's connection: reads a request, lets the routes find its worker, writes the reply, and
 * only then looks at the next request.
 *
 * <p>Bytes of later requests wait unread, so replies cannot change places. Confined to one event
 * loop.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter
    implements Inlet.Reader, BodySource, BodySink {
  /** Tells a connection to end if it is idle; while the door closes, also when it will be. */
  static final Object CLOSING = new Object();

  private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

  /** How long a client that lingers may be silent, and how long it may send: as nginx has it. */
  private static final long LINGER_SILENT_MILLIS = 5_000;

  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** What a byte of a head costs, in bytes moved: each is looked at, some of them several times. */
  private static final int COST_OF_HEAD = 32;

  /** Nearly every head is smaller. */
  private static final int SMALL_HEAD = 4 * 1024;

  private static final ByteBuf END_OF_HEAD =
      Unpooled.unreleasableBuffer(Unpooled.copiedBuffer("\r\n\r\n", StandardCharsets.US_ASCII));

  /** What a byte of a body may cost, on the average, that comes in ordinary chunks. */
  private static final int FRAMED = 4;

  /** As much framing as costs a message. */
  private static final int FRAMING_AT_ONCE = 8 * 1024;

  private static final long LAST_REQUEST_MILLIS = 1_000;

  private enum State {
    /** Waiting for the head of a request, or reading it. */
    HEAD,
    /** The routes work on a request. */
    ROUTING,
    /** The reply is being written. */
    REPLYING,
    /** The last reply is being flushed. */
    FLUSHING,
    /**
     * The last reply is out; what the client still sends is thrown away so that it can read the
     * reply.
     */
    LINGERING,
    CLOSED
  }

  private final FrontDoor door;
  private final Channel channel;
  private final Loop loop;
  private final Inlet in;
  private final Outlet out;
  private final Client peer;
  private final ConnectionLimits.Place place;
  private final RequestHead head = new RequestHead();
  private final BodyDecoder decoder = new BodyDecoder(Failure.BAD_REQUEST);
  private final BodyWriter writer;
  private final Deadline deadline = new Deadline();

  private State state = State.HEAD;
  private int headExcess;
  private Client lastClient;
  private Entrance entrance;
  private Request request;
  private BodySink bodySink;
  private boolean bodyDropped;
  private BodySource replyBody;

  /** Whether more came behind the request before, so that this one has waited. */
  private boolean pipelines;

  /**
   * Whether the last part of the body was mostly framing; true before the first one if it may be.
   */
  private boolean costly;

  private boolean closeAfterReply;
  private boolean hasReplied;
  private long lingersSince;

  ClientConnection(
      FrontDoor door, Channel channel, Loop loop, Client peer, ConnectionLimits.Place place) {
    this.door = door;
    this.channel = channel;
    this.loop = loop;
    this.peer = peer;
    this.place = place;
    this.entrance = door.entrance();
    this.in = new Inlet(channel, loop, this);
    this.out = new Outlet(channel, loop, this::writeOn);
    this.writer = new BodyWriter(out);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    loop.deadlines().add(deadline);
    deadline.in(Setting.CLIENT_HEAD_TIMEOUT);
    if (door.isClosing()) {
      endWhenIdle();
    }
  }

  // ---- reading

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    in.read((ByteBuf) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    pausingBody();
  }

  @Override
  public void turnEnds() {
    pausingBody();
  }

  private void pausingBody() {
    if (bodySink != null) {
      bodySink.pausing();
    }
  }

  /** Reads a head or a part of a body; returns whether more can be read now. */
  @Override
  public boolean readOn(ByteBuf bytes) {
    try {
      return switch (state) {
        case HEAD -> readHead(bytes);
        case FLUSHING, LINGERING -> linger(bytes);
        default -> readBody(bytes);
      };
    } catch (HttpException e) {
      refuse(e.failure());
      return true;
    }
  }

  private boolean readBody(ByteBuf bytes) throws HttpException {
    if (decoder.isDone() || (bodySink == null && !bodyDropped)) {
      return false;
    }
    if (bodyDropped) {
      bytes.skipBytes(bytes.readableBytes());
      return false;
    }
    deadline.in(Setting.CLIENT_BODY_TIMEOUT);
    decodeStep(bytes);
    if (decoder.isDone() && bodySink != null) {
      endBody();
    }
    return true;
  }

  /**
   * Decodes what is there, or little of it where it is mostly framing or may be, so that a turn can
   * end in between.
   */
  private void decodeStep(ByteBuf bytes) throws HttpException {
    int end = bytes.writerIndex();
    int step = costly ? Math.min(bytes.readableBytes(), FRAMING_AT_ONCE) : bytes.readableBytes();
    bytes.writerIndex(bytes.readerIndex() + step);
    int before = bytes.readerIndex();
    long cost;
    try {
      cost = decoder.decode(bytes, bodySink);
    } finally {
      bytes.writerIndex(end);
    }
    loop.turns().charge(cost);
    costly = cost > (long) (bytes.readerIndex() - before) * FRAMED;
  }

  private boolean readHead(ByteBuf bytes) throws HttpException {
    if (out.isFull()) {
      awaitReader();
      return false;
    }
    if (!head.isStarted()) {
      entrance = door.entrance();
    }
    int before = bytes.readableBytes();
    boolean whole;
    try {
      whole = head.read(bytes, entrance.headLimits());
    } finally {
      loop.turns().charge((long) (before - bytes.readableBytes()) * COST_OF_HEAD);
    }
    reckonHead();
    if (whole) {
      loop.turns().charge(Turns.MESSAGE);
      begin();
    } else {
      deadlineOfHead();
    }
    return whole;
  }

  /** Who asks on and on and reads no reply gets no further ones, which would pile up here. */
  private void awaitReader() {
    in.pause();
    deadline.in(Setting.CLIENT_SEND_TIMEOUT);
  }

  /** Thousands of clients may each send a large head slowly. */
  private void reckonHead() throws HttpException {
    int excess = head.excess();
    if (excess > headExcess && !door.headMemory().take(excess - headExcess)) {
      throw new HttpException(Failure.OVERLOADED, "too many large heads at once");
    }
    if (excess < headExcess) {
      door.headMemory().giveBack(headExcess - excess);
    }
    headExcess = excess;
  }

  private void deadlineOfHead() {
    if (head.isStarted() && !deadline.ofHead) {
      deadline.in(Setting.CLIENT_HEAD_TIMEOUT);
      deadline.ofHead = true;
    }
  }

  /**
   * Skips what still comes, however much: a client that sends its whole body before it reads would
   * get a reset instead of the reply.
   */
  private boolean linger(ByteBuf bytes) {
    bytes.skipBytes(bytes.readableBytes());
    if (state == State.LINGERING && !door.isClosing()) {
      if (System.nanoTime() - lingersSince > LINGER_NANOS) {
        close();
      } else {
        deadline.in(LINGER_SILENT_MILLIS);
      }
    }
    return false;
  }

  /**
   * Who asks for one small thing does not wait for those who bring more, pipeline, or have large
   * heads; nor does a body wait for the latter, unless it is mostly framing.
   */
  @Override
  public Turns.Rank rank(ByteBuf rest, boolean hadShare) {
    if (hadShare || pipelines) {
      return Turns.Rank.MUCH;
    }
    if (state != State.HEAD) {
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

  @Override
  public int maxUnread() {
    return entrance.settings().bytes(Setting.PIPELINE_MAX);
  }

  @Override
  public void overflows() {
    close();
  }

  // ---- routing

  private void begin() {
    state = State.ROUTING;
    deadline.never();
    decoder.begin(head);
    bodyDropped = false;
    costly = head.isChunked();
    closeAfterReply = !head.isKeepAlive();
    if (!place.admit()) {
      door.refused(place.refusal());
      refuse(place.refusal());
      return;
    }
    enter();
    Trace trace = new Trace(door.observer(), loop, hasReplied);
    entrance.identify(trace, head, peer);
    request = new Request(head, client(), loop, this, this::interimReply, trace);
    if (entrance.isCrowded()) {
      fail(Failure.OVERLOADED);
    } else {
      new Journey(entrance, this, request).begin();
    }
  }

  /** Routes may be replaced between two requests, and never within one. */
  private void enter() {
    do {
      entrance = door.entrance();
    } while (!entrance.enter());
  }

  private Client client() {
    lastClient = entrance.forwarded().client(head, peer, lastClient);
    door.clientWatch().asks(lastClient, peer, entrance);
    return lastClient;
  }

  /**
   * Whether it has served and waits for another request; off the event loop only likely, so what
   * follows from it is decided there again.
   */
  boolean isIdle() {
    return hasReplied && state == State.HEAD && !head.isStarted() && in.isEmpty();
  }

  /** Whether the client of this request still waits for its reply. */
  boolean isWaiting(Request of) {
    return request == of && state == State.ROUTING;
  }

  // ---- the request's body, on its way to a worker

  @Override
  public void start(BodySink sink) {
    if (decoder.isDone()) {
      sink.end(decoder.trailers());
      return;
    }
    bodySink = sink;
    deadline.in(Setting.CLIENT_BODY_TIMEOUT);
    boolean reading = in.isReading();
    in.goOn();
    if (!reading) {
      pausingBody();
    }
  }

  @Override
  public boolean isFollowed() {
    return decoder.isDone() && !in.isEmpty();
  }

  private void endBody() {
    BodySink sink = bodySink;
    bodySink = null;
    deadline.never();
    sink.end(decoder.trailers());
  }

  @Override
  public void pause() {
    if (!decoder.isDone()) {
      in.pause();
      deadline.never();
    }
  }

  @Override
  public void resume() {
    if (!decoder.isDone() && bodySink != null) {
      deadline.in(Setting.CLIENT_BODY_TIMEOUT);
      in.resume();
    }
  }

  @Override
  public void cancel() {
    dropBody();
  }

  private void dropBody() {
    bodySink = null;
    if (!decoder.isDone()) {
      bodyDropped = true;
      closeAfterReply = true;
      in.resume();
    }
  }

  // ---- the reply

  private void interimReply(ReplyHead interim) {
    // RFC 9110 section 15.2: an HTTP/1.0 client does not know interim replies
    if (state == State.ROUTING && head.minorVersion() > 0) {
      ByteBuf bytes = out.buffer(interim.length());
      HeadWriter.reply(bytes, interim, false, HeadWriter.Connection.PERSISTS, null);
      out.write(bytes);
      out.flush();
    }
  }

  /** Writes a worker's reply, or one that a route has made. */
  void reply(Reply reply, Map<String, Object> fields) {
    ReplyHead replied = reply.head();
    if (reply.worker() == null) {
      request.trace().replied(replied.status());
    } else {
      request.trace().replied(replied);
    }
    boolean framedByClose = !replied.isBodiless() && replied.contentLength() < 0;
    boolean chunked = framedByClose && head.minorVersion() > 0;
    closeAfterReply |= door.isClosing() || !decoder.isDone() || (framedByClose && !chunked);
    state = State.REPLYING;
    ByteBuf bytes = out.buffer(replied.length() + 64);
    HeadWriter.reply(bytes, replied, chunked, connection(), fields);
    out.write(bytes);
    if (state == State.CLOSED) {
      reply.body().cancel();
      return;
    }
    writer.begin(chunked);
    replyBody = reply.body();
    replyBody.start(this);
  }

  /** The head that the client sent. */
  RequestHead head() {
    return head;
  }

  /** Answers a request with the gateway's own words. */
  void fail(Failure failure) {
    note(request.trace(), failure);
    if (failure == Failure.FORBIDDEN) {
      door.clientWatch().isRefused(request.client(), entrance);
    }
    closeAfterReply |= door.isClosing() || !decoder.isDone();
    state = State.REPLYING;
    writeFailure(failure);
    endReply();
  }

  /** What a reply must say about this connection. */
  HeadWriter.Connection connection() {
    if (closeAfterReply || door.isClosing() || !decoder.isDone()) {
      return HeadWriter.Connection.CLOSE;
    }
    return head.minorVersion() == 0
        ? HeadWriter.Connection.KEEP_ALIVE
        : HeadWriter.Connection.PERSISTS;
  }

  /** Answers what is not valid HTTP, and takes nothing more from this client. */
  private void refuse(Failure failure) {
    closeAfterReply = true;
    if (request == null) {
      noteRefusal(failure);
    }
    if (state == State.ROUTING) {
      if (request != null) {
        note(request.trace(), failure);
      }
      abandonRequest(failure);
    }
    if (state == State.REPLYING) {
      // the reply has begun, so there is no other way to say it
      cut();
    } else {
      writeFailure(failure);
      endReply();
    }
  }

  /** Of what has not become a request there is a trace nevertheless. */
  private void noteRefusal(Failure failure) {
    Trace trace = new Trace(door.observer(), loop, hasReplied);
    note(trace, failure);
    if (failure == Failure.REQUEST_TIMEOUT) {
      trace.timedOut(Timeout.CLIENT_HEAD);
    }
    trace.end(head, peer);
  }

  private void note(Trace trace, Failure failure) {
    trace.failed(failure);
    trace.replied(FailureReply.status(failure, head));
  }

  private void writeFailure(Failure failure) {
    ByteBuf bytes = out.buffer(512);
    FailureReply.write(bytes, failure, head, connection());
    out.write(bytes);
  }

  @Override
  public void data(ByteBuf bytes) {
    if (state != State.REPLYING) {
      bytes.release();
      return;
    }
    request.trace().replyPart(bytes);
    writer.data(bytes);
    pauseReply();
  }

  private void pauseReply() {
    if (out.isFull()) {
      out.flush();
      if (out.isFull() && replyBody != null) {
        deadline.in(Setting.CLIENT_SEND_TIMEOUT);
        replyBody.pause();
      }
    }
  }

  @Override
  public long splice(Socket from, long most) {
    if (state != State.REPLYING || !writer.isPlain()) {
      return 0;
    }
    try {
      long moved = out.splice(from, most);
      if (state == State.REPLYING) {
        request.trace().replyPassed(moved);
        pauseReply();
      }
      return moved;
    } catch (IOException e) {
      LOG.debug("A reply breaks off", e);
      cut();
      return 0;
    }
  }

  @Override
  public void pausing() {
    if (request != null) {
      request.trace().replyPauses();
    }
    out.flush();
  }

  @Override
  public void end(String trailers) {
    if (state == State.REPLYING) {
      writer.end(trailers);
      endReply();
    }
  }

  @Override
  public void abort(Failure failure) {
    request.trace().failed(failure);
    replyBody = null;
    cut();
  }

  /** The client has taken what waited for it. */
  private void writeOn() {
    if (state == State.REPLYING && replyBody != null) {
      deadline.never();
      replyBody.resume();
    } else if (state == State.HEAD && !in.isOpen()) {
      deadline.in(Setting.CLIENT_IDLE_TIMEOUT);
      in.resume();
    }
  }

  /** Whoever writes may find that the client is gone, and the connection closed. */
  private void endReply() {
    if (state == State.CLOSED) {
      return;
    }
    replyBody = null;
    hasReplied = true;
    endRequest();
    if (closeAfterReply) {
      flushAndClose();
      return;
    }
    out.flush();
    if (state == State.CLOSED) {
      return;
    }
    state = State.HEAD;
    // routes that are left are not held by a connection that only waits
    entrance = door.entrance();
    head.reset();
    forgetHead();
    beginNext();
    if (door.isClosing()) {
      endWhenIdle(); // its reply began too early to say so
    }
  }

  private void beginNext() {
    deadline.in(Setting.CLIENT_IDLE_TIMEOUT);
    deadline.ofHead = false;
    pipelines = !in.isEmpty();
    in.goOn();
  }

  private void forgetHead() {
    if (headExcess > 0) {
      door.headMemory().giveBack(headExcess);
      headExcess = 0;
    }
  }

  // ---- the end

  private void flushAndClose() {
    // who did not ask for the end of the connection may be sending its next request already
    boolean mayStillSend =
        state == State.HEAD
            || !decoder.isDone()
            || !in.isEmpty()
            || in.isReading()
            || door.isClosing();
    state = State.FLUSHING;
    head.reset();
    forgetHead();
    bodySink = null;
    deadline.in(Setting.CLIENT_SEND_TIMEOUT);
    in.goOn();
    ChannelPromise sent = channel.newPromise();
    out.flush(sent);
    sent.addListener(
        (ChannelFutureListener)
            flushed -> {
              if (mayStillSend && flushed.isSuccess()) {
                beginLingering();
              } else {
                close();
              }
            });
  }

  /**
   * Closing with unread input would reset the connection, and the client might never see its reply.
   */
  private void beginLingering() {
    if (state == State.FLUSHING) {
      state = State.LINGERING;
      lingersSince = System.nanoTime();
      deadline.in(door.isClosing() ? LINGER_SILENT_MILLIS / 5 : LINGER_SILENT_MILLIS);
      ((DuplexChannel) channel).shutdownOutput();
    }
  }

  /** Ends the connection so that nobody takes a part of a reply for the whole. */
  private void cut() {
    if (channel.isActive()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    close();
  }

  private void close() {
    if (state != State.CLOSED) {
      State was = state;
      state = State.CLOSED;
      loop.deadlines().remove(deadline);
      in.close();
      out.discard();
      if (was == State.ROUTING) {
        abandonRequest(Failure.CLIENT_GONE);
      }
      BodySource reply = replyBody;
      replyBody = null;
      if (reply != null) {
        reply.cancel();
      }
      if (request != null) {
        request.trace().failed(Failure.CLIENT_GONE);
      }
      endRequest();
      forgetHead();
      place.leave();
      channel.close();
    }
  }

  private void endRequest() {
    if (request != null) {
      Request ended = request;
      request = null;
      entrance.leave();
      ended.body().drop();
      ended.trace().end(head, ended.client());
    }
  }

  private void abandonRequest(Failure failure) {
    Request lost = request;
    if (lost != null) {
      lost.trace().failed(failure);
    }
    endRequest();
    BodySink sink = bodySink;
    bodySink = null;
    if (lost != null) {
      lost.abandon();
    }
    if (sink != null) {
      sink.abort(failure);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.error("A client's connection failed", cause);
    }
    close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == CLOSING) {
      endWhenIdle();
    }
  }

  /**
   * Ends a connection that waits for a request. While the door closes it is given a moment, because
   * a request may be on its way, which the client could not send again if it is a POST.
   */
  private void endWhenIdle() {
    if (state != State.HEAD || head.isStarted()) {
      return;
    }
    if (door.isClosing()) {
      deadline.in(LAST_REQUEST_MILLIS);
    } else if (isIdle()) {
      close();
    }
  }

  /**
   * Ends the connection, or answers for it, when its client has been silent or deaf for too long.
   */
  private final class Deadline extends Deadlines.Holder {
    private boolean ofHead;

    private void in(Setting setting) {
      expireIn(loop.deadlines(), entrance.settings().millis(setting));
    }

    private void in(long millis) {
      expireIn(loop.deadlines(), millis);
    }

    private void never() {
      expireNever();
    }

    @Override
    protected void expired() {
      boolean heardOf = state == State.HEAD && head.isStarted();
      if (request != null) {
        request
            .trace()
            .timedOut(state == State.REPLYING ? Timeout.CLIENT_SEND : Timeout.CLIENT_BODY);
      }
      if (heardOf || (state == State.ROUTING && !decoder.isDone())) {
        refuse(Failure.REQUEST_TIMEOUT);
      } else if (state == State.REPLYING) {
        cut();
      } else if (state == State.HEAD && door.isClosing()) {
        flushAndClose();
      } else {
        close();
      }
    }
  }
}
