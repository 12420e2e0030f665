// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import io.netty.buffer.ByteBuf;
import javax.net.ssl.SSLException;

/** Receives the outcomes of handshakes. Called on the event loop of the connection. */
public interface Handshakes {
  /**
   * A handshake has succeeded.
   *
   * @param version as the JDK names it, for example {@code TLSv1.3}
   * @param resumed whether the client came with a ticket
   */
  void succeeded(String version, boolean resumed);

  /** A handshake has failed. */
  void failed(HandshakeFailure reason);

  /**
   * A handshake has failed.
   *
   * @param cause what the library says
   */
  default void failed(HandshakeFailure reason, SSLException cause) {
    failed(reason);
  }

  /** The answer to a client that speaks plain HTTP. */
  ByteBuf answerToPlain();
}
