// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.net.SharedBudget;

/** Whose connection {@link Frames} serves. Confined to one event loop. */
public interface ConnectionOwner {
  /** A request begins, which somebody must answer. */
  StreamOwner begins(FrameStream stream);

  /** How large a head may be. */
  HeadLimits headLimits();

  /** What clients may send ahead of bodies that flow, of all connections. */
  MemoryBudget uploadMemory();

  /** What may wait of replies to this client. */
  SharedBudget.Share replyMemory();

  /** The client has heard that the connection is about to end. */
  void heardOfEnd();

  /** The connection cannot go on; what has been written says why. */
  void broken();

  /** Throws away what still comes on it. */
  void skip(ByteBuf bytes);

  /**
   * Whether a frame or a head has begun, and its rest is waited for; told again when others have
   * come in between.
   */
  void awaitsRest(boolean whether);
}
