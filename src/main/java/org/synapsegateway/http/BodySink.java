package org.synapsegateway.http;

import io.netty.buffer.ByteBuf;

/** Where a body goes. Confined to one event loop. */
public interface BodySink {
  /** Takes bytes of the body, without any framing, and owns them from here. */
  void data(ByteBuf bytes);

  /** The source has delivered all that it has for now: a good moment to flush. */
  void pausing();

  /**
   * The body is complete.
   *
   * @param trailers the trailer fields (RFC 9112 section 7.1.2): whole lines, each with its CRLF,
   *     one char a byte; null if there are none
   */
  void end(String trailers);

  /** The body will never be complete: its sender is gone, or it broke the framing. */
  void abort(Failure failure);
}
