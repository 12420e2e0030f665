// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.Failure;

/** Answers the request of a stream. Confined to one event loop. */
public interface StreamOwner {
  /**
   * The head has come, valid or not: takes the room that the request needs until the stream is
   * gone. Returns why there is none, which the owner must send; null if there is. May reset the
   * stream instead.
   */
  @Nullable Failure enter();

  /** A request begins: its head is complete. */
  void begin();

  /** The request does not begin, and its head is dropped; the owner must send an error. */
  void refuse(Failure failure);

  /** The request will never be complete; the owner must end it. The stream ends. */
  void giveUp(Failure failure);

  /** The client takes more of the reply, after {@link FrameStream#isFull} was so. */
  void writeOn();

  /** The client has taken so much of the reply that it is worth waiting for. */
  void taken();

  /** Whether more of the request's body is waited for at this moment. */
  void awaitsBody(boolean whether);

  /**
   * The whole reply has been sent before the request was complete. The owner resets the stream a
   * moment later, so that the client can read the reply.
   */
  void answeredEarly();

  /** The stream is closed, whether all has been sent or not. */
  void gone();
}
