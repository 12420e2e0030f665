// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import org.synapsegateway.http.Failure;

/** Who answers the request of a stream. Confined to one event loop. */
public interface StreamOwner {
  /** The head has come, and is a request's. */
  void begin();

  /** What has come is no request, which is to be answered. */
  void refuse(Failure failure);

  /** The request will never be whole, and is to be given up; the stream ends. */
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
