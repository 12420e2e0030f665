package org.synapsegateway.http;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.synapsegateway.net.Loop;

/**
 * A request on its way through the routes: its head, who sent it, and its body still to come.
 *
 * <p>It is the body of the Camel message from the front route to the worker, so a route may ask it,
 * for instance {@code ${body.method}} or {@code ${body.field('User-Agent')}}. Confined to one event
 * loop, and valid until its reply has been sent; a {@link #copy} outlives it.
 */
public class Request {
  /** Works on a request, and hears of it if its client goes away. */
  public interface Carrier {
    /** Nobody waits for the reply any more. */
    void abandoned();
  }

  private RequestHead head;
  private final Client client;
  private final Loop loop;
  private RequestBody body;
  private Trace trace;
  private final Consumer<ReplyHead> interimReplies;
  private Object matches;
  private int fairnessKey;
  private boolean hurries;
  private Carrier carrier;
  private Consumer<Throwable> whenFallen;
  private boolean abandoned;
  private boolean rewritten;
  private boolean own;
  private Reply reply;
  private Companions companions;

  /** What a route has set for workers that have not replied; null for nothing. */
  private volatile Map<String, Object> unanswered;

  private volatile boolean ended;
  private String listener = "";

  /** A request that no client has sent, and that nobody observes. */
  public Request(
      RequestHead head,
      Client client,
      Loop loop,
      BodySource body,
      Consumer<ReplyHead> interimReplies) {
    this(head, client, loop, body, interimReplies, new Trace(Trace.Observer.NOBODY, loop, false));
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

  /** Who asks. */
  public Client client() {
    return client;
  }

  /** The event loop that carries this request. */
  public Loop loop() {
    return loop;
  }

  /** The body as a stream, which may be sent again while it is small and nobody has replied. */
  public RequestBody body() {
    return body;
  }

  /** What has become of it so far. */
  public Trace trace() {
    return trace;
  }

  final void trace(Trace of) {
    trace = of;
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
  public String query() {
    return present().query();
  }

  /** The value of the first field with this name, or null. */
  public String field(String name) {
    return present().first(name.toLowerCase(Locale.ROOT));
  }

  /**
   * The head, for steps of a route, which may come too late.
   *
   * @throws IllegalStateException if the request has ended
   */
  public RequestHead present() {
    if (ended) {
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
  public Object matches() {
    return matches;
  }

  /** Keeps what routing found out. */
  public void matches(Object matches) {
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
   * Tells a client that waits for it to go on with the body (RFC 9110 section 10.1.1), because a
   * step of the route reads it and no worker will say so.
   */
  public void expectBody() {
    if (head.expectsContinue()) {
      interimReplies.accept(ReplyHead.goOn());
    }
  }

  /**
   * What the requests that wait for one worker are told apart by, so that users take turns; 0 at
   * first.
   */
  public int fairnessKey() {
    return fairnessKey;
  }

  /** Sets what this request is told apart by: a hash of the key that it is balanced by. */
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

  /** Says who works on it now, and nobody else; null if nobody does. */
  public void carriedBy(Carrier who) {
    carrier = who;
  }

  /** Says what to do if a step behind one that answered later throws an Error. */
  public void whenFallen(Consumer<Throwable> action) {
    whenFallen = action;
  }

  /** Ends the way of the client's request with what a step has thrown; false if it has ended. */
  public boolean fall(Throwable thrown) {
    Consumer<Throwable> action = whenFallen;
    if (action == null) {
      return false;
    }
    action.accept(thrown);
    return true;
  }

  /** Whether the client has gone away. */
  public boolean isAbandoned() {
    return abandoned;
  }

  /** Tells whoever works on the request that its client has gone away. */
  public void abandon() {
    abandoned = true;
    leave();
    if (companions != null) {
      companions.abandon();
    }
  }

  /** Tells whoever works on it that nobody waits for that any more. */
  final void leave() {
    Carrier left = carrier;
    carrier = null;
    if (left != null) {
      left.abandoned();
    }
  }

  /**
   * Takes note of a worker's reply: one that has not been sent when the request ends is cancelled,
   * so that its connection is given back whatever the route has done with it.
   */
  public void obtained(Reply obtained) {
    if (unanswered != null) {
      unanswered = null;
    }
    if (ended) {
      obtained.body().cancel();
    } else {
      if (reply != null) {
        companions().add(reply);
      }
      reply = obtained;
    }
  }

  /**
   * Takes note of the fields that a route has set for a worker that is asked now. If it does not
   * reply, they are no more the client's business than if it does. Safe for any thread.
   */
  public void asks(Map<String, Object> fields) {
    Map<String, Object> before = unanswered;
    Map<String, Object> all = before == null ? new HashMap<>() : new HashMap<>(before);
    all.putAll(fields);
    unanswered = all;
  }

  /** Whether this very value was set for a worker that has not replied. */
  @SuppressWarnings("ReferenceEquality")
  public boolean isForWorker(String name, Object value) {
    Map<String, Object> all = unanswered;
    return value != null && all != null && all.get(name) == value;
  }

  /** Whether a worker has replied to it. */
  public boolean isReplied() {
    return reply != null;
  }

  /** What else hangs on this request; few have anything. */
  final Companions companions() {
    if (companions == null) {
      companions = new Companions();
    }
    return companions;
  }

  /** Has something done when the request ends; at once if it has. */
  public void atEnd(Runnable action) {
    if (ended) {
      action.run();
    } else {
      companions().atEnd(action);
    }
  }

  /**
   * Ends the request.
   *
   * @param sent the reply that the client gets; null if it is none of a worker's
   */
  public void end(Reply sent) {
    ended = true;
    leave();
    if (reply != null) {
      reply.cancelUnless(sent);
    }
    if (companions != null) {
      companions.end(sent);
    }
  }

  @Override
  public String toString() {
    return ended ? "a request that has ended" : head.method() + " " + head.path();
  }
}
