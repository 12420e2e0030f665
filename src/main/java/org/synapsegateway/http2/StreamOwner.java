// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import org.synapsegateway.http.Failure;

/** Answers the request of a stream. Confined to one event loop. */
public interface StreamOwner {
  /** A request begins: its head is complete. */
  void begin();

  /** The head is no valid request; an error is to be sent. */
  void refuse(Failure failure);

  /** The request will never be complete, and is to be ended; the stream ends. */
  void giveUp(Failure failure);

  /** The client takes more of the reply, after {@link FrameStream#isFull} was so. */
  void writeOn();

  /** The client has taken so much of the reply that it is worth waiting for. */
  void taken();

  /** Whether more of the request's body is waited for at this moment. */
  void awaitsBody(boolean whether);

  /**
   * All of the reply has left, and the request has not come whole: its client has a moment to hear
   * that, before it is reset.
   */
  void answeredEarly();

  /** The stream is closed, whether all has been sent or not. */
  void gone();
}
