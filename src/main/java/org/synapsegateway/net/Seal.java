// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPromise;

/**
 * What encrypts the bytes that leave a channel. What is sealed must leave in that order, and once
 * only. Confined to one event loop.
 */
public interface Seal {
  /**
   * Seals as many of these bytes as there is room for; none if the channel is not open for them, or
   * no longer.
   *
   * @param plain what is sealed is read from it
   * @param sealed takes it, after its present bytes
   */
  void seal(ByteBuf plain, ByteBuf sealed);

  /** Writes into the channel's queue what is sealed already. */
  void writeSealed(ByteBuf sealed, ChannelPromise promise);

  /** Sends the notice that nothing more will come, so that the peer knows it has all. */
  void end();

  /** Ends the channel without that notice, so that the peer does not take a part for the whole. */
  void breakOff();
}
