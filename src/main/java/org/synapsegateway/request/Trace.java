// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.ReplyHead;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.KeyKind;
import org.synapsegateway.net.Loop;

/**
 * Records what happens to one request: where it goes, how long each part takes and how it ends.
 *
 * <p>Each class on the data path records its part and cannot read the record. An {@link Observer}
 * reads it at the end, as a {@link RequestRecord}. Confined to one event loop.
 */
public abstract sealed class Trace permits RequestRecord {
  /** Reads what is written. It is called on the request's event loop and must be quick. */
  public interface Observer {
    /** Looks at nothing: for requests that no client has sent. */
    Observer NOBODY =
        new Observer() {
          @Override
          public void sent(RequestRecord record, @Nullable Destination before) {
            // not observed
          }

          @Override
          public void ended(RequestRecord record, RequestHead head, Client client) {
            // not observed
          }
        };

    /**
     * The request has got a new {@linkplain RequestRecord#destination() destination}.
     *
     * @param before the destination that has failed it, or null
     */
    void sent(RequestRecord record, @Nullable Destination before);

    /**
     * The request has ended, and nothing more becomes of it; called once.
     *
     * @param head its head; where it was no valid HTTP, as far as it was read
     */
    void ended(RequestRecord record, RequestHead head, Client client);
  }

  private final Observer observer;
  final Loop loop;
  final boolean keptConnection;
  final long begun;

  @Nullable Destination destination;
  @Nullable String id;
  KeyKind key = KeyKind.NONE;
  int keyHash;
  boolean poll;
  int sendings;
  boolean fallback;
  boolean spilled;
  // few: a request is sent again to another worker at most as often as there are workers
  short newConnections;
  short keptConnections;
  private long waitsSince;
  long waited;
  long replied;
  long ended;
  int status;
  String listener = "";
  @Nullable Failure failure;
  @Nullable Timeout timeout;
  long requestBytes;
  long replyBytes;
  private @Nullable ErrorBody errorBody;
  boolean unrecognized;

  Trace(Observer observer, Loop loop, boolean keptConnection, long begun) {
    this.observer = observer;
    this.loop = loop;
    this.keptConnection = keptConnection;
    this.begun = begun;
  }

  /** The trace of a request that no client has sent, and that is not observed. */
  public static Trace unobserved(Loop loop) {
    return new RequestRecord(Observer.NOBODY, loop, false, System.nanoTime());
  }

  /** This trace, readable. */
  abstract RequestRecord record();

  /** The request has got an id. */
  public void identified(String as) {
    id = as;
  }

  /** It is known what the request is balanced by. */
  public void keyedBy(KeyKind kind) {
    key = kind;
  }

  /** The hash of that key is known. */
  public void keyHash(int hash) {
    keyHash = hash;
  }

  /**
   * The request goes to a worker, maybe not the first one.
   *
   * @param isPoll whether it waits there for news
   */
  public void sentTo(Destination worker, boolean isPoll) {
    if (ended != 0) {
      return; // a route continued after the end
    }
    Destination before = destination;
    destination = worker;
    if (sendings++ == 0) {
      poll = isPoll;
    }
    observer.sent(record(), before);
  }

  /** It goes to the fallback of its group. */
  public void sentToFallback() {
    fallback = true;
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

  /** This many bytes of the request's body go to the worker unseen (spliced). */
  public void bodyPassed(long bytes) {
    requestBytes += bytes;
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

  /** The reply does not complete in this turn of the event loop, as most do. */
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

  /** This many bytes of the reply's body go to the client unseen (spliced). */
  public void replyPassed(long bytes) {
    replyBytes += bytes;
  }

  /** Its client has come to a listener, as {@code gateway.listen} has it. */
  public void cameTo(String name) {
    listener = name;
  }

  /**
   * The gateway ends it; the first reason counts. Behind a switch of protocols nobody knows whether
   * the client has left in the middle.
   */
  public void failed(Failure reason) {
    boolean switched = status == 101 && reason == Failure.CLIENT_GONE;
    if (failure == null && !switched) {
      failure = reason;
    }
  }

  /** A time-out has expired. */
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
    observer.ended(record(), head, client);
  }
}
