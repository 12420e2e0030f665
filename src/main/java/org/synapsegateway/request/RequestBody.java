// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import java.util.function.Consumer;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.RequestHead;

/**
 * The body of a request on its way to workers: each start delivers it from its first byte on, as
 * long as {@link #canStart} says that all of it is there or still to come.
 *
 * <p>Confined to one event loop.
 */
public abstract class RequestBody implements BodySource {
  RequestBody() {}

  /** The body of a request with this head, which comes from here. */
  static RequestBody of(RequestHead head, BodySource source) {
    return head.hasBody() ? new ReplayableBody(source) : new EmptyBody(source);
  }

  /** Keeps a copy, as far as there is memory; does nothing once the body has been started. */
  public abstract void keep(ReplayBudget from);

  /**
   * Detaches the body from its sink, whose methods are not called any more, until the next start.
   * What has been read already still joins the copy.
   */
  public abstract void detach();

  /**
   * Drops the copy, once it has been played: the body will not be started again. What is still to
   * come passes on.
   */
  public abstract void forget();

  /** Drops the copy at once: the request has ended. */
  public abstract void drop();

  /** Whether a sink is taking it, from which another start would take it away. */
  abstract boolean isTaken();

  /** Whether it is a body of just this array. */
  abstract boolean is(byte[] bytes);

  /**
   * Gives a second recipient the bytes of the body, once all have arrived; null if they are too
   * many to be kept, or have passed already.
   *
   * @param memory what a copy may take if there is none yet
   */
  abstract void share(ReplayBudget memory, Consumer<byte[]> taker);

  /** Whether the bytes cannot be shared because there was no memory for them. */
  abstract boolean lacksMemory();

  /** Whether nobody has asked for the body yet. */
  abstract boolean isUnread();

  /** Reads the body for those that share it, if no sink does. */
  abstract void pull();
}
