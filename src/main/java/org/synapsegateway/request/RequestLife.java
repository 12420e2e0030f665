// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The life of a request: what carries it, whether its client still waits, the replies it has got,
 * and its end. Confined to one event loop.
 */
public abstract class RequestLife {
  /** Carries a request, and is notified if its client leaves. */
  public interface Carrier {
    /** The reply is not awaited any more. */
    void abandoned();
  }

  private @Nullable Carrier carrier;
  private @Nullable Consumer<Throwable> onError;
  private boolean abandoned;
  private @Nullable Reply reply;
  private @Nullable Companions companions;

  /** What a route has set for workers that have not replied; null for nothing. */
  private volatile @Nullable Map<String, Object> unanswered;

  /** What a route has set for workers that have replied; null for nothing. */
  private volatile @Nullable Map<String, Object> answered;

  private volatile boolean ended;

  RequestLife() {}

  /** Sets its only carrier; null for none. */
  public void carriedBy(@Nullable Carrier who) {
    carrier = who;
  }

  /** Sets what to do if a step after an asynchronous one throws an Error. */
  public void onError(Consumer<Throwable> action) {
    onError = action;
  }

  /** Ends the client's request with what a step has thrown; returns false if it has ended. */
  public boolean fail(Throwable thrown) {
    Consumer<Throwable> action = onError;
    if (action == null) {
      return false;
    }
    action.accept(thrown);
    return true;
  }

  /** Whether the client has left. */
  public boolean isAbandoned() {
    return abandoned;
  }

  /** Notifies the carrier that the client has left. */
  public void abandon() {
    abandoned = true;
    leave();
    if (companions != null) {
      companions.abandon();
    }
  }

  /** Notifies the carrier that the request is not awaited any more. */
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
      answered = both(answered, unanswered);
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
   * Takes note of the fields that a route has set for a worker that is asked now. They are not sent
   * to the client, whether or not the worker replies. Safe for any thread.
   */
  public void asks(Map<String, Object> fields) {
    unanswered = both(unanswered, fields);
  }

  /**
   * Takes note that a step has put the request back in the place of a reply, and with it the fields
   * that were set for the worker. Safe for any thread.
   */
  public void putBack() {
    Map<String, Object> fields = answered;
    if (fields != null) {
      asks(fields);
    }
  }

  private static Map<String, Object> both(
      @Nullable Map<String, Object> before, Map<String, Object> after) {
    Map<String, Object> all = before == null ? new HashMap<>() : new HashMap<>(before);
    all.putAll(after);
    return all;
  }

  /** Whether this very value was set for a worker that has not replied. */
  @SuppressWarnings("ReferenceEquality")
  public boolean isForWorker(String name, @Nullable Object value) {
    Map<String, Object> all = unanswered;
    return value != null && all != null && all.get(name) == value;
  }

  /** Whether a worker has replied to it. */
  public boolean isReplied() {
    return reply != null;
  }

  /** What ends with this request; few have anything. */
  final Companions companions() {
    if (companions == null) {
      companions = new Companions();
    }
    return companions;
  }

  /** Runs an action when the request ends; at once if it has. */
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
  public void end(@Nullable Reply sent) {
    ended = true;
    leave();
    if (reply != null) {
      reply.cancelUnless(sent);
    }
    if (companions != null) {
      companions.end(sent);
    }
  }

  /** Whether it has ended. Safe for any thread. */
  final boolean hasEnded() {
    return ended;
  }
}
