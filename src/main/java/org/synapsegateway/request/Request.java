// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.ReplyHead;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.http.RequestIdField;
import org.synapsegateway.identity.LongPoll;
import org.synapsegateway.net.Loop;

/**
 * A request on its way through the routes: its head, who sent it, and its body still to come.
 *
 * <p>It is the body of the Camel message from the front route to the worker, so a route may ask it,
 * for instance {@code ${body.method}} or {@code ${body.field('User-Agent')}}. Confined to one event
 * loop, and valid until its reply has been sent; a {@link #copy} outlives it.
 */
public class Request extends RequestLife {
  private RequestHead head;
  private final Client client;
  private final Loop loop;
  private RequestBody body;
  private Trace trace;
  private final Consumer<ReplyHead> interimReplies;
  private @Nullable Object matches;
  private int fairnessKey;
  private boolean hurries;
  private boolean rewritten;
  private boolean own;
  private String listener = "";
  private @Nullable RequestIdField idField;
  private @Nullable String id;
  private @Nullable String group;
  private boolean sent;
  private int heldMillis;

  /** A request that no client has sent, and that is not observed. */
  public Request(
      RequestHead head,
      Client client,
      Loop loop,
      BodySource body,
      Consumer<ReplyHead> interimReplies) {
    this(head, client, loop, body, interimReplies, Trace.unobserved(loop));
  }

  /**
   * @param interimReplies takes the heads of interim replies (1xx), for the client
   * @param trace takes what becomes of the request
   */
  public Request(
      RequestHead head,
      Client client,
      Loop loop,
      BodySource body,
      Consumer<ReplyHead> interimReplies,
      Trace trace) {
    this.head = head;
    this.client = client;
    this.loop = loop;
    this.body = RequestBody.of(head, body);
    this.interimReplies = interimReplies;
    this.trace = trace;
  }

  /** Says that a route has made it, and no client has sent it. */
  public Request own() {
    own = true;
    return this;
  }

  /** Whether a route has made it, and no client has sent it. */
  public boolean isOwn() {
    return own;
  }

  /** The head as it was sent. */
  public RequestHead head() {
    return head;
  }

  /** Says to which listener its client has come. */
  public void cameTo(String name) {
    listener = name;
  }

  /**
   * The listener that its client has come to, as {@code gateway.listen} has it, without properties;
   * the empty text if no client has sent it.
   */
  public String listener() {
    return listener;
  }

  /** The client. */
  public Client client() {
    return client;
  }

  /** The event loop that carries this request. */
  public Loop loop() {
    return loop;
  }

  /** The body as a stream, which may be sent again while it is small and no worker has replied. */
  public RequestBody body() {
    return body;
  }

  /** Takes what becomes of it. */
  public Trace trace() {
    return trace;
  }

  final void trace(Trace of) {
    trace = of;
  }

  /**
   * Sets the id, which is sent to its worker.
   *
   * @param believed whether an id that it brings counts
   * @param unique a number that no other request of this process has
   */
  public void identify(RequestIdField field, boolean believed, long unique) {
    idField = field;
    String given = field.id(head, believed, unique);
    id = given;
    trace.identified(given);
  }

  /** The field that carries the id to the worker; null if none does. */
  public @Nullable RequestIdField idField() {
    return idField;
  }

  /** The id; null if it has none. */
  public @Nullable String id() {
    return id;
  }

  /** Whether it has come to a group's route. */
  public boolean hasGroup() {
    return group != null;
  }

  /** The route that the choices have led to; {@link Destinations#NOWHERE} if none. */
  public String group() {
    return group == null ? Destinations.NOWHERE : group;
  }

  /** Notes the group's route that it has reached, null for none; the first counts. */
  public void reachedGroup(@Nullable String route) {
    if (group == null) {
      group = route;
    }
  }

  /** Notes that it is sent to a worker, maybe not the first one. */
  public void sentTo(Destination worker) {
    if (hasEnded()) {
      return; // a route continued after the end
    }
    if (!sent) {
      sent = true;
      heldMillis = (int) LongPoll.heldMillis(head);
    }
    trace.sentTo(worker, heldMillis > 0 && LongPoll.goesOn(head));
  }

  /**
   * For how long it asks the worker to hold it, in milliseconds; 0 if it is no long poll, and
   * before it was sent.
   */
  public int heldMillis() {
    return heldMillis;
  }

  /**
   * The method as it was sent.
   *
   * @throws IllegalStateException if the request has ended: its bytes may be those of another one
   */
  public String method() {
    return present().method();
  }

  /** The path as it was sent, undecoded, without the query. */
  public String path() {
    return present().path();
  }

  /** The query as it was sent, undecoded; null if there is none. */
  public @Nullable String query() {
    return present().query();
  }

  /** The value of the first field with this name, or null. */
  public @Nullable String field(String name) {
    return present().first(name.toLowerCase(Locale.ROOT));
  }

  /**
   * The head, for steps of a route, which may come too late.
   *
   * @throws IllegalStateException if the request has ended
   */
  public RequestHead present() {
    if (hasEnded()) {
      throw new IllegalStateException(
          "this request has ended; keep what is needed of it in properties or variables");
    }
    return head;
  }

  /** A request with the same head at this moment, for an exchange that goes a way of its own. */
  public RequestCopy copy() {
    return new RequestCopy(this);
  }

  /** The request that this one is a copy of; itself if it is none. */
  public Request origin() {
    return this;
  }

  /** Replaces the head: a route has changed the target. */
  public void rewrite(RequestHead to) {
    head = to;
    matches = null;
    rewritten = true;
  }

  /** Whether a route has changed the target. */
  public boolean isRewritten() {
    return rewritten;
  }

  /**
   * Replaces the body. What the client still sends is thrown away.
   *
   * @throws HttpException if the request cannot have a body
   */
  public void replaceBody(byte[] bytes) throws HttpException {
    if (!body.is(bytes)) {
      body.drop();
      head = head.withBody(bytes.length);
      body = new ReplayableBody(bytes);
    }
  }

  /** Whether the body is just this array. */
  public boolean hasBody(byte[] bytes) {
    return body.is(bytes);
  }

  /** What routing found out about this request's path, so that it is read once; null at first. */
  public @Nullable Object matches() {
    return matches;
  }

  /** Keeps what routing found out. */
  public void matches(@Nullable Object matches) {
    this.matches = matches;
  }

  /**
   * Hands on the head of an interim reply (RFC 9110 section 15.2), which is valid for this call
   * only.
   */
  public void interimReply(ReplyHead interim) {
    interimReplies.accept(interim);
  }

  /**
   * Tells a waiting client to send the body (RFC 9110 section 10.1.1), because a step of the route
   * reads it and no worker will say so.
   */
  public void expectBody() {
    if (head.expectsContinue()) {
      interimReplies.accept(ReplyHead.goOn());
    }
  }

  /**
   * The key by which requests that wait for one worker take turns, so that users do; 0 at first.
   */
  public int fairnessKey() {
    return fairnessKey;
  }

  /** Sets the key by which waiting requests take turns: a hash of the key of the balancer. */
  public void fairnessKey(int key) {
    fairnessKey = key;
  }

  /** Whether it does not wait for a worker that is away, because another one can serve it. */
  public boolean hurries() {
    return hurries;
  }

  /** Sets whether it waits for a worker that is away; it does at first. */
  public void hurry(boolean whetherOthersServe) {
    hurries = whetherOthersServe;
  }

  @Override
  public String toString() {
    return hasEnded() ? "a request that has ended" : head.method() + " " + head.path();
  }
}
