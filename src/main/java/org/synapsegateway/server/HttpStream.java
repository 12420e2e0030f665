// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.Line;
import org.synapsegateway.http.ReplyHead;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.net.Loop;
import org.synapsegateway.request.FailureReply;
import org.synapsegateway.request.Reply;
import org.synapsegateway.request.Request;
import org.synapsegateway.request.RequestRecord;
import org.synapsegateway.request.Timeout;
import org.synapsegateway.request.Trace;

/**
 * One request and its reply as the routes see them, whatever version of HTTP carries them.
 *
 * <p>What all versions share is here: a request enters where the routes of the moment begin, is
 * answered by them or by the gateway itself, and ends once, and so does its trace. How it is read
 * and how its reply is written is the version's own. A stream may carry one request after another,
 * as that of an HTTP/1.1 connection does. Confined to one event loop.
 */
abstract class HttpStream implements Consumer<ReplyHead> {
  private enum State {
    /** It waits for a request. */
    IDLE,
    /** The routes work on the request. */
    ROUTING,
    /** The reply is being written. */
    REPLYING,
    /** It carries nothing any more. */
    ENDED
  }

  private final FrontDoor door;
  private final Loop loop;
  private final Client peer;
  private final Gate gate;

  /** By when the client has to do something. */
  final ClientDeadline deadline;

  private State state = State.IDLE;
  private FrontRoute frontRoute;
  private @Nullable Client lastClient;
  private @Nullable Request request;
  private boolean hasReplied;

  HttpStream(FrontDoor door, Gate gate, Loop loop, Client peer, ClientDeadline deadline) {
    this.door = door;
    this.gate = gate;
    this.loop = loop;
    this.peer = peer;
    this.deadline = deadline;
    renew();
  }

  // ---- what the routes ask for

  /** The head that the client sent. */
  abstract RequestHead head();

  /** Whether the client of this request still waits for its reply. */
  final boolean isWaiting(Request of) {
    return request == of && state == State.ROUTING;
  }

  /**
   * Writes a worker's reply, or one that a route has made.
   *
   * @param fields fields that the route has set or removed; null for none
   */
  final void reply(Reply reply, @Nullable Map<String, Object> fields) {
    if (reply.worker() == null) {
      trace().replied(reply.head().status());
    } else {
      trace().replied(reply.head());
    }
    beginReply();
    Packing packing = frontRoute.packing();
    if (!packing.concerns(reply, fields, head(), gate.listener().https())) {
      writeReply(reply, fields);
      return;
    }
    Packing.Packed packed = packing.pack(reply, fields, head(), door.deflaters(loop), loop.turns());
    writeReply(packed.reply(), packed.fields());
  }

  /** Answers the request with the gateway's own words. */
  final void fail(Failure failure) {
    note(trace(), failure);
    if (failure == Failure.FORBIDDEN && lastClient != null) {
      door.clientWatch().isRefused(lastClient, frontRoute);
    }
    beginReply();
    writeFailure(failure);
  }

  private void beginReply() {
    state = State.REPLYING;
    deadline.beginReply();
  }

  /** Sends the head of an interim reply (RFC 9110 section 15.2) while the routes work. */
  @Override
  public abstract void accept(ReplyHead interim);

  // ---- what a version of HTTP does

  /** Writes a reply, and then calls {@link #endReply}. */
  abstract void writeReply(Reply reply, @Nullable Map<String, Object> fields);

  /** Writes the gateway's own reply, and then calls {@link #endReply}. */
  abstract void writeFailure(Failure failure);

  /** Detaches and returns the sink of the request's body; null if there is none. */
  abstract @Nullable BodySink takeBodySink();

  /** Cancels the body of the reply that is being written, if one is. */
  abstract void dropReply();

  // ---- from the request's head to its end

  /** Takes the current routes, so that an idle connection does not keep the previous ones. */
  final void renew() {
    frontRoute = door.frontRoute();
    deadline.use(frontRoute.timeouts());
  }

  /** The routes that the request comes to. */
  final FrontRoute frontRoute() {
    return frontRoute;
  }

  /** Sends a request, whose head has come, through the routes. */
  final void begin(BodySource body) {
    state = State.ROUTING;
    enter();
    long begun = System.nanoTime();
    request = new Request(head(), client(begun), loop, body, this, trace(begun));
    request.cameTo(gate.name());
    frontRoute.identify(request, peer, begun << 8 | loop.number());
    if (frontRoute.isCrowded()) {
      fail(Failure.OVERLOADED);
    } else if (!PlainHttp.answers(gate.listener(), frontRoute, this, request)) {
      RouteInvocation.begin(frontRoute, this, request);
    }
  }

  /** Routes may be replaced between two requests, and never within one. */
  private void enter() {
    do {
      renew();
    } while (!frontRoute.enter());
  }

  private Client client(long begun) {
    lastClient = frontRoute.forwarded().client(head(), peer, lastClient);
    door.clientWatch().asks(lastClient, peer, frontRoute, begun);
    return lastClient;
  }

  private Trace trace(long begun) {
    Trace trace = new RequestRecord(door.observer(), loop, hasReplied, begun);
    trace.cameTo(gate.name());
    return trace;
  }

  /** A line that every reply here has unless it has one of this name; null for none. */
  final @Nullable Line strictTransport() {
    return gate.isStrict() ? frontRoute.strictTransport() : null;
  }

  /** Takes what becomes of the request that is carried. */
  final Trace trace() {
    return Objects.requireNonNull(request).trace();
  }

  /** Whether a request is carried. */
  final boolean hasRequest() {
    return request != null;
  }

  /** Whether it waits for a request. */
  final boolean isIdle() {
    return state == State.IDLE;
  }

  /** Whether the routes work on a request. */
  final boolean isRouting() {
    return state == State.ROUTING;
  }

  /** Whether a reply is being written. */
  final boolean isReplying() {
    return state == State.REPLYING;
  }

  /** Whether it carries nothing any more. */
  final boolean isEnded() {
    return state == State.ENDED;
  }

  /**
   * Its connection has carried a request before.
   *
   * @param client who sent that; null if it is not known
   */
  final void followsAnother(@Nullable Client client) {
    hasReplied = true;
    lastClient = client;
  }

  /** Who sent the last request; null for none. */
  final @Nullable Client lastClient() {
    return lastClient;
  }

  /** Whether it has carried a request. */
  final boolean hasReplied() {
    return hasReplied;
  }

  /** Ends and records what is no valid request, or will never be whole, before its reply. */
  final void turnAway(Failure failure) {
    if (request != null) {
      note(trace(), failure);
      abandon(request, failure);
      return;
    }
    Trace trace = trace(System.nanoTime());
    note(trace, failure);
    if (failure == Failure.REQUEST_TIMEOUT) {
      trace.timedOut(Timeout.CLIENT_HEAD);
    }
    trace.end(head(), peer);
  }

  private void note(Trace trace, Failure failure) {
    trace.failed(failure);
    trace.replied(FailureReply.status(failure, head()));
  }

  /** A time-out of the client has expired. */
  final void timedOut() {
    if (request != null) {
      trace().timedOut(isReplying() ? Timeout.CLIENT_SEND : Timeout.CLIENT_BODY);
    }
  }

  /** The reply is whole, and with it the request. */
  final void endReply() {
    hasReplied = true;
    endRequest();
  }

  /** Waits for another request. */
  final void awaitNext() {
    state = State.IDLE;
    renew();
  }

  /** Carries no more requests, now that the last one has ended. */
  final void end() {
    state = State.ENDED;
  }

  /** Ends the request, because the connection has closed. */
  final void close() {
    boolean waited = isRouting();
    state = State.ENDED;
    if (waited && request != null) {
      abandon(request, Failure.CLIENT_GONE);
    }
    dropReply();
    if (request != null) {
      trace().failed(Failure.CLIENT_GONE);
    }
    endRequest();
  }

  /** Ends a request that needs no answer any more, and notifies the worker's call. */
  private void abandon(Request lost, Failure failure) {
    lost.trace().failed(failure);
    endRequest();
    BodySink taker = takeBodySink();
    lost.abandon();
    if (taker != null) {
      taker.abort(failure);
    }
  }

  private void endRequest() {
    if (request != null) {
      Request ended = request;
      request = null;
      frontRoute.leave();
      ended.body().drop();
      ended.trace().end(head(), ended.client());
    }
  }
}
