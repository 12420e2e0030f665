// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.net.SharedBudget;

/** The owner of the connection that {@link Frames} serves. Confined to one event loop. */
public interface ConnectionOwner {
  /**
   * A request begins, and must be answered.
   *
   * @param before who answered the request before it on this object, which has ended cleanly, and
   *     may answer this one too; null if there was none
   */
  StreamOwner begins(FrameStream stream, @Nullable StreamOwner before);

  /** How large a head may be. */
  HeadLimits headLimits();

  /** The heads that requests of this event loop may use again. */
  SpareHeads spareHeads();

  /** The memory for bodies beyond the first window, shared by all connections. */
  MemoryBudget uploadMemory();

  /** The memory for replies that wait for this client. */
  SharedBudget.Share replyMemory();

  /** The memory for heads of more than ordinary size. */
  SharedBudget.Share headMemory();

  /** The client has confirmed that the connection is about to end. */
  void heardOfEnd();

  /** The connection cannot continue; the client has been sent the reason. */
  void broken();

  /** Discards further input. */
  void skip(ByteBuf bytes);

  /**
   * Whether a frame or a head is incomplete; called again when other frames have come in between.
   */
  void awaitsRest(boolean whether);
}
