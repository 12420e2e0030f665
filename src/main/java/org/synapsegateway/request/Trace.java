package org.synapsegateway.request;

import io.netty.buffer.ByteBuf;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.ReplyHead;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.http.RequestIdField;
import org.synapsegateway.identity.KeyKind;
import org.synapsegateway.identity.LongPoll;
import org.synapsegateway.net.Loop;

/**
 * What becomes of one request: where it goes, how long each part takes and how it ends.
 *
 * <p>Those who carry the request write it down, a word each; an {@link Observer} reads it when the
 * request has ended. Confined to one event loop.
 */
public final class Trace {
  /** Reads traces. It is called on the request's event loop and must be quick. */
  public interface Observer {
    /** Looks at nothing: for requests that no client has sent. */
    Observer NOBODY =
        new Observer() {
          @Override
          public void sent(Trace trace, Destination before) {
            // nobody looks
          }

          @Override
          public void ended(Trace trace, RequestHead head, Client client) {
            // nobody looks
          }
        };

    /**
     * The request has got a new {@link #destination()}.
     *
     * @param before the destination that has failed it, or null
     */
    void sent(Trace trace, Destination before);

    /**
     * The request has ended, and nothing more becomes of it; called once.
     *
     * @param head its head; where it was no valid HTTP, as far as it was read
     */
    void ended(Trace trace, RequestHead head, Client client);
  }

  private final Observer observer;
  private final Loop loop;
  private final boolean keptConnection;
  private final long begun = System.nanoTime();

  private String group;
  private Destination destination;
  private RequestIdField idField;
  private String id;
  private KeyKind key = KeyKind.NONE;
  private int keyHash;
  private int pollMillis;
  private boolean poll;
  private int sendings;
  private boolean standIn;
  private boolean spilled;
  // few: a request is sent again to another worker at most as often as there are workers
  private short newConnections;
  private short keptConnections;
  private long waitsSince;
  private long waited;
  private long replied;
  private long ended;
  private int status;
  private Failure failure;
  private Timeout timeout;
  private long requestBytes;
  private long replyBytes;
  private ErrorBody errorBody;
  private boolean unrecognized;

  /**
   * @param keptConnection whether the client's connection has carried a request before
   */
  public Trace(Observer observer, Loop loop, boolean keptConnection) {
    this.observer = observer;
    this.loop = loop;
    this.keptConnection = keptConnection;
  }

  // ---- written on the way

  /**
   * The request gets an id, which its worker is to be told.
   *
   * @param believed whether an id that it brings counts
   */
  public void identify(RequestIdField field, RequestHead head, boolean believed) {
    idField = field;
    id = field.id(head, believed, begun << 8 | loop.number());
  }

  /** Whether it has come to a group's route. */
  public boolean hasGroup() {
    return group != null;
  }

  /**
   * The request has come to the route of a group; the first one counts.
   *
   * @param route null for what comes from no route, as questions of the gateway's own
   */
  public void reachedGroup(String route) {
    if (group == null) {
      group = route;
    }
  }

  /** It is known what the request is balanced by. */
  public void keyedBy(KeyKind kind) {
    key = kind;
  }

  /** The hash of that key is known. */
  public void keyHash(int hash) {
    keyHash = hash;
  }

  /** The request goes to a worker, maybe not the first one. */
  public void sentTo(Destination worker, RequestHead head) {
    if (ended != 0) {
      return; // a route went on with what nobody waits for
    }
    Destination before = destination;
    destination = worker;
    if (sendings++ == 0) {
      pollMillis = (int) LongPoll.heldMillis(head);
      poll = pollMillis > 0 && LongPoll.goesOn(head);
    }
    observer.sent(this, before);
  }

  /** It goes to the worker that stands in for its group. */
  public void sentToStandIn() {
    standIn = true;
  }

  /** Its worker had more than its share, so it goes to another one. */
  public void spilled() {
    spilled = true;
  }

  /** It waits for its turn at the worker. */
  public void waits() {
    waitsSince = System.nanoTime();
  }

  /** It has its turn, or has given up. */
  public void waitsNoLonger() {
    if (waitsSince != 0) {
      waited += System.nanoTime() - waitsSince;
      waitsSince = 0;
    }
  }

  /** It has got a connection to the worker. */
  public void connected(boolean kept) {
    if (kept) {
      keptConnections++;
    } else {
      newConnections++;
    }
  }

  /** The body of the request is sent, from its beginning. */
  public void bodyBegins() {
    requestBytes = 0;
  }

  /** A part of the request's body goes to the worker. */
  public void bodyPart(ByteBuf part) {
    requestBytes += part.readableBytes();
  }

  /** A worker's reply begins, and its head goes to the client. */
  public void replied(ReplyHead head) {
    status = head.status();
    errorBody = failure == null ? ErrorBody.of(head) : null;
  }

  /** The reply's head goes to the client. */
  public void replied(int withStatus) {
    status = withStatus;
  }

  /** The event loop turns to others, and the reply goes on later; most are whole before that. */
  public void replyPauses() {
    if (replied == 0) {
      replied = System.nanoTime();
    }
  }

  /** A part of the reply's body goes to the client. */
  public void replyPart(ByteBuf part) {
    if (errorBody != null) {
      errorBody.add(part);
    }
    replyBytes += part.readableBytes();
  }

  /** So many bytes of the reply's body, of which some have been seen, go to the client unseen. */
  public void replyPassed(long bytes) {
    replyBytes += bytes;
  }

  /** The reply's body is whole already, and goes to the client. */
  public void replyBody(int length) {
    replyBytes = length;
  }

  /** The gateway ends it; the first reason counts. */
  public void failed(Failure reason) {
    if (failure == null) {
      failure = reason;
    }
  }

  /** Somebody was waited for in vain. */
  public void timedOut(Timeout what) {
    timeout = what;
  }

  /** The request has ended. */
  public void end(RequestHead head, Client client) {
    waitsNoLonger();
    ended = System.nanoTime();
    if (replied == 0) {
      replied = ended;
    }
    if (status == 0 && failure == null) {
      failure = Failure.CLIENT_GONE;
    }
    unrecognized = errorBody != null && errorBody.isUnrecognized();
    errorBody = null;
    observer.ended(this, head, client);
  }

  // ---- read at the end

  /** The event loop that carries the request. */
  public Loop loop() {
    return loop;
  }

  /** Whether the client's connection has carried a request before. */
  public boolean isKeptConnection() {
    return keptConnection;
  }

  /** The field that tells the worker the id; null if none does. */
  public RequestIdField idField() {
    return idField;
  }

  /** The id; null if it has none. */
  public String id() {
    return id;
  }

  /** The route that the choices have led to; {@link Destinations#NOWHERE} if none. */
  public String group() {
    return group == null ? Destinations.NOWHERE : group;
  }

  /** The worker it was sent to last; null if to none. */
  public Destination destination() {
    return destination;
  }

  /** What it was balanced by. */
  public KeyKind key() {
    return key;
  }

  /** A hash of that key; 0 if there is none. */
  public int keyHash() {
    return keyHash;
  }

  /**
   * For how long it asks the worker to hold it, in milliseconds; 0 if it is no long poll, and
   * before it was sent.
   */
  public long pollMillis() {
    return pollMillis;
  }

  /** Whether it is a long poll: it waits for news, so that its time tells nothing of the worker. */
  public boolean isPoll() {
    return poll;
  }

  /** How often it was sent to a worker again. */
  public int retries() {
    return Math.max(sendings - 1, 0);
  }

  /**
   * Whether it went to the worker that stands in for its group, as those of the group were gone.
   */
  public boolean isStandIn() {
    return standIn;
  }

  /** Whether it was kept from its own worker, which had more than its share. */
  public boolean isSpilled() {
    return spilled;
  }

  /** How many connections to workers were opened for it. */
  public int newConnections() {
    return newConnections;
  }

  /** How many connections to workers served it that had served before. */
  public int keptConnections() {
    return keptConnections;
  }

  /** How long it waited for its turn at the worker, in nanoseconds. */
  public long waitedNanos() {
    return waited;
  }

  /** From the request's head to the reply's, in nanoseconds. */
  public long nanosToFirstByte() {
    return replied - begun;
  }

  /** From the request's head to the reply's end, in nanoseconds. */
  public long nanosToLastByte() {
    return ended - begun;
  }

  /** When it ended, by {@link System#nanoTime()}. */
  public long endedAt() {
    return ended;
  }

  /** The status that the client got; of a request that got none, what it would have been. */
  public int status() {
    return status == 0 ? failure.status() : status;
  }

  /** Why the gateway ended it, or broke its reply off; null if a worker or a route replied. */
  public Failure failure() {
    return failure;
  }

  /** Who was waited for in vain; null if nobody. */
  public Timeout timeout() {
    return timeout;
  }

  /** The bytes of the request's body that went to the worker. */
  public long requestBytes() {
    return requestBytes;
  }

  /** The bytes of the reply's body that went to the client. */
  public long replyBytes() {
    return replyBytes;
  }

  /** Whether the worker does not know such a request: it was probably sent to the wrong one. */
  public boolean isUnrecognized() {
    return unrecognized;
  }
}
