// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPromise;

/**
 * Encrypts the bytes that a channel sends. Encrypted bytes must be sent in the order of encryption,
 * and only once. Confined to one event loop.
 */
public interface Seal {
  /** Whether a handshake has begun and is not complete. */
  boolean isHandshaking();

  /**
   * Encrypts as many of these bytes as there is room for; none before the handshake is complete or
   * after the end.
   *
   * @param plain the bytes to encrypt; those that have been encrypted are read
   * @param sealed takes the encrypted bytes, after its present ones
   */
  void seal(ByteBuf plain, ByteBuf sealed);

  /** Writes encrypted bytes into the channel's queue. */
  void writeSealed(ByteBuf sealed, ChannelPromise promise);

  /** Announces the end of the bytes, so that the peer knows that it has all. */
  void end();

  /**
   * Ends the channel without that announcement, so that the peer does not take a part for the
   * whole.
   */
  void breakOff();
}
