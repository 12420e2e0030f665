// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.Socket;
import java.util.Map;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.ExchangeHelper;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.exchange.Continuation;
import org.synapsegateway.exchange.HttpMessage;
import org.synapsegateway.exchange.UnreadBodies;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HeadWriter;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.ReplyHead;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.request.Reply;
import org.synapsegateway.request.Request;
import org.synapsegateway.request.RequestCopy;
import org.synapsegateway.request.RequestLife;
import org.synapsegateway.request.Timeout;

/**
 * One request to one worker: obtains a connection, sends the request, and ends when the head of the
 * reply has come or cannot come any more. After that it is the source of the reply's body, once.
 *
 * <p>A connection from the pool may have died while it was idle. If so, and if the worker cannot
 * have acted on the request, the call continues on a new connection. Confined to one event loop.
 */
final class WorkerCall extends WorkerTurn
    implements BodySink, BodySource, RequestLife.Carrier, ConnectQueue.Waiter {
  private final @Nullable Map<String, Object> fields;
  private final Exchange exchange;
  private final AsyncCallback callback;

  private @Nullable WorkerConnection connection;
  private boolean reused;
  private boolean redialled;
  private long bodyBytes;
  private boolean done;
  private boolean answered;
  private boolean taken;

  /** What a copied body takes of the memory for such bodies, in bytes. */
  private int copied;

  /**
   * @param fields fields that the route has set or removed; null for none
   */
  WorkerCall(
      WorkerEndpoint endpoint,
      Request request,
      @Nullable Map<String, Object> fields,
      Exchange exchange,
      AsyncCallback callback) {
    super(endpoint, request);
    this.fields = fields;
    this.exchange = exchange;
    this.callback = callback;
  }

  /** How long the reply may take to begin. */
  long replyMillis() {
    return endpoint.replyMillis(request);
  }

  /** Whether the head of the reply has come. */
  boolean isAnswered() {
    return answered;
  }

  /** Begins with a copied request, whose body has been copied already or cannot be had. */
  void startCopy(RequestCopy copy) {
    try {
      reserve(copy.takeBody().length);
    } catch (HttpException e) {
      done = true;
      exchange.setException(e);
      Continuation.goOn(exchange, callback);
      return;
    }
    start();
  }

  private void reserve(int bytes) throws HttpException {
    if (!endpoint.replayBudget().budget().take(bytes)) {
      throw new HttpException(Failure.OVERLOADED, "no memory is left for copies of bodies");
    }
    copied = bytes;
  }

  /** The head of the reply has come, or cannot come any more. */
  private void finish() {
    done = true;
    endpoint.replayBudget().budget().giveBack(copied);
    copied = 0;
  }

  void start() {
    if (request.isAbandoned()) {
      fail(Failure.CLIENT_GONE, "the client is gone", false);
      return;
    }
    if (!request.hasGroup()) {
      request.reachedGroup(ExchangeHelper.getRouteId(exchange));
    }
    request.sentTo(endpoint.destination(request.group()));
    if (request.head().contentLength() > endpoint.bodyMaxBytes()) {
      fail(Failure.BODY_TOO_LARGE, "a body of " + request.head().contentLength() + " bytes", false);
      return;
    }
    if (!endpoint.headLimit().allows(request.head(), fields != null, this::writeHead)) {
      fail(Failure.HEAD_TOO_LARGE, "a head larger than it takes", false);
      return;
    }
    if (!request.body().canStart()) {
      if (request.isReplied()) {
        fail(Failure.ROUTE_FAILED, UnreadBodies.sent(exchange), false);
        return;
      }
      fail(
          Failure.WORKER_CLOSED,
          "the request's body has been sent before and was not kept, so it cannot be sent again",
          false);
      return;
    }
    if (isCopied()) {
      request.body().keep(endpoint.replayBudget());
    }
    request.carriedBy(this);
    takeTurn();
  }

  /**
   * Whether the body is to be copied: there is one, it is small enough, and a second try may need
   * it.
   */
  private boolean isCopied() {
    RequestHead head = request.head();
    return head.hasBody()
        && head.contentLength() <= endpoint.replayBudget().maxOfOne()
        && endpoint.isRepeatable(request);
  }

  /** Writes the request's head as the worker gets it. */
  void writeHead(ByteBuf to) {
    HeadWriter.request(
        to, request.head(), request.client(), fields, request.idField(), request.id(), upgrade());
  }

  /** The protocols that may take over; null if none may. */
  private @Nullable String upgrade() {
    return options().isUpgrade() ? request.head().upgrade() : null;
  }

  /** Whether the worker may switch protocols, as the client asked. */
  boolean mayUpgrade() {
    return upgrade() != null;
  }

  @Override
  boolean isDone() {
    return done;
  }

  @Override
  void connect() {
    pool().connect(this);
  }

  private WorkerPool pool() {
    return endpoint.worker().pool(request.loop());
  }

  @Override
  public void connected(WorkerConnection to, boolean hasServed) {
    reused = hasServed && !redialled;
    request.trace().connected(hasServed);
    send(to);
  }

  @Override
  public void failed(Failure failure, String detail) {
    if (failure == Failure.WORKER_BUSY) {
      request.trace().timedOut(Timeout.WORKER_CONNECT);
    }
    // without descriptors no other worker can be asked either
    fail(failure, detail, failure != Failure.OVERLOADED && request.body().canStart());
  }

  @Override
  public long holdMillis() {
    // a request that other workers can serve does not wait for this one's process
    return request.hurries() ? 0 : options().getHold();
  }

  @Override
  public long connectMillis() {
    return options().getConnectTimeout();
  }

  @Override
  public long backlogMillis() {
    return options().backlogTimeout();
  }

  private void send(WorkerConnection to) {
    connection = to;
    to.begin(this);
    if (mayBeSentAgain()) {
      startBody(to);
    } else {
      // writing to what the peer has closed fails at once, before the body is touched: over TCP
      // once the gateway's host knows
      to.writer().send().addListener(sent -> headSent(to, sent.isSuccess()));
    }
  }

  /** Whether the whole request could be sent to two workers without harm. */
  private boolean mayBeSentAgain() {
    RequestHead head = request.head();
    return head.hasBody()
        ? head.contentLength() >= 0 && isCopied()
        : endpoint.isRepeatable(request);
  }

  private void headSent(WorkerConnection on, boolean success) {
    if (done || connection != on) {
      return;
    }
    if (success) {
      startBody(on);
    } else if (reused) {
      redial();
    } else {
      fail(Failure.WORKER_CLOSED, "it closed the connection before the request", true);
    }
  }

  /** Connects anew, because the connection had died while it was idle. */
  private void redial() {
    leaveConnection();
    redialled = true;
    pool().connectQueue().enter(this);
  }

  private void leaveConnection() {
    WorkerConnection left = connection;
    connection = null;
    if (left != null) {
      left.abandon();
    }
    request.body().detach();
  }

  private void startBody(WorkerConnection on) {
    bodyBytes = 0;
    request.trace().bodyBegins();
    on.writer().awaitBody(this);
    request.body().start(this);
  }

  @Override
  public void data(ByteBuf bytes) {
    bodyBytes += bytes.readableBytes();
    request.trace().bodyPart(bytes);
    if (connection == null) {
      bytes.release();
    } else if (bodyBytes > endpoint.bodyMaxBytes()) {
      bytes.release();
      connection.breakOff(Failure.BODY_TOO_LARGE, "the body has grown too large");
    } else {
      connection.writer().data(bytes);
    }
  }

  @Override
  public long splice(Socket from, long most) {
    long moved = connection == null ? 0 : connection.writer().splice(from, most);
    bodyBytes += moved;
    request.trace().bodyPassed(moved);
    return moved;
  }

  @Override
  public void pausing() {
    if (connection != null) {
      connection.writer().flush();
    }
  }

  @Override
  public void end(@Nullable String trailers) {
    if (connection != null) {
      connection.writer().end(trailers);
    }
  }

  @Override
  public void abort(Failure failure) {
    // the client's side has failed and reports that itself; the worker must not take the request
    // for complete
    fail(failure, "the request's body broke off", false);
  }

  /** The connection has closed before the head of a reply came. */
  void connectionLost(WorkerConnection lost, Failure failure, String detail, boolean replyBegun) {
    if (done || connection != lost) {
      return;
    }
    boolean harmless =
        failure == Failure.WORKER_CLOSED
            && !replyBegun
            && request.body().canStart()
            && endpoint.isRepeatable(request);
    if (harmless && reused) {
      redial();
    } else {
      fail(failure, detail, harmless);
    }
  }

  /** The head of the final reply has come. */
  void replied(WorkerConnection from, ReplyHead head) {
    finish();
    answered = true;
    request.body().forget();
    Reply.Tunnel tunnel = head.isSwitch() ? client -> new Tunnel(this, from, client) : null;
    Reply reply = new Reply(head, this, endpoint.getServer(), tunnel);
    request.obtained(reply);
    HttpMessage.answer(exchange, request, reply);
    Continuation.goOn(exchange, callback);
  }

  // ---- the reply's body, until it has come whole: then the connection serves others

  /**
   * The connection on which the reply comes; null if the reply is complete or has been given up.
   */
  private @Nullable WorkerConnection replying() {
    return connection != null && connection.carries(this) ? connection : null;
  }

  @Override
  public boolean canStart() {
    return replying() != null && !taken;
  }

  @Override
  public void start(BodySink sink) {
    WorkerConnection from = replying();
    if (from != null && !taken) {
      taken = true;
      from.reader().start(sink);
    } else {
      sink.abort(Failure.WORKER_CLOSED);
    }
  }

  @Override
  public void pause() {
    WorkerConnection from = replying();
    if (from != null) {
      from.reader().pause();
    }
  }

  @Override
  public void resume() {
    WorkerConnection from = replying();
    if (from != null) {
      from.reader().resume();
    }
  }

  @Override
  public void cancel() {
    WorkerConnection from = replying();
    if (from != null) {
      from.abandon();
    }
  }

  @Override
  public void abandoned() {
    fail(Failure.CLIENT_GONE, "the client is gone", false);
  }

  @Override
  void fail(Failure failure, String detail, boolean mayTryNext) {
    if (done) {
      return;
    }
    finish();
    request.trace().waitsNoLonger();
    leaveConnection();
    pool().connectQueue().leave(this);
    endTurn();
    exchange.setException(
        new WorkerException(failure, endpoint.getServer() + ": " + detail, mayTryNext));
    Continuation.goOn(exchange, callback);
  }
}
