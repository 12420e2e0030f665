// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.Socket;
import org.jspecify.annotations.Nullable;

/** Where a body goes. Confined to one event loop. */
public interface BodySink {
  /** Takes bytes of the body, without any framing, and owns them from here. */
  void data(ByteBuf bytes);

  /**
   * Takes bytes of the body straight from the socket where they wait, if it can.
   *
   * @param most how many are the body's
   * @return how many have been taken; 0 if they must come as {@link #data}
   */
  default long splice(Socket from, long most) {
    return 0;
  }

  /** The source has delivered all that it has for now: a good moment to flush. */
  void pausing();

  /**
   * The body is complete.
   *
   * @param trailers the trailer fields (RFC 9112 section 7.1.2): whole lines, each with its CRLF,
   *     one char a byte; null if there are none
   */
  void end(@Nullable String trailers);

  /** The body will never be complete: its sender has left, or has broken the framing. */
  void abort(Failure failure);
}
