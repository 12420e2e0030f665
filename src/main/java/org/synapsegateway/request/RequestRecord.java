// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.Failure;
import org.synapsegateway.identity.KeyKind;
import org.synapsegateway.net.Loop;

/** The record of one request, for counters and logs. Confined to one event loop. */
public final class RequestRecord extends Trace {
  /**
   * @param keptConnection whether the client's connection has carried a request before
   * @param begun when the request's head had come, by {@link System#nanoTime()}
   */
  public RequestRecord(Observer observer, Loop loop, boolean keptConnection, long begun) {
    super(observer, loop, keptConnection, begun);
  }

  @Override
  RequestRecord record() {
    return this;
  }

  /** The event loop that carries the request. */
  public Loop loop() {
    return loop;
  }

  /** Whether the client's connection has carried a request before. */
  public boolean isKeptConnection() {
    return keptConnection;
  }

  /** The id; null if it has none. */
  public @Nullable String id() {
    return id;
  }

  /** The listener that its client has come to; empty if no client has sent it. */
  public String listener() {
    return listener;
  }

  /** The worker it was sent to last; null if to none. */
  public @Nullable Destination destination() {
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
   * Whether it is a long poll: it waits for news, so that its time says nothing about the worker.
   */
  public boolean isPoll() {
    return poll;
  }

  /** How often it was sent to a worker again. */
  public int retries() {
    return Math.max(sendings - 1, 0);
  }

  /** Whether it went to the fallback of its group, because none of the group's workers was up. */
  public boolean isFallback() {
    return fallback;
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
    return status == 0 && failure != null ? failure.status() : status;
  }

  /** Why the gateway ended it, or broke its reply off; null if a worker or a route replied. */
  public @Nullable Failure failure() {
    return failure;
  }

  /** The time-out that expired; null if none did. */
  public @Nullable Timeout timeout() {
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
