// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.handler.codec.http2.Http2Exception;

/** Finds the reader of a field section that comes on a stream. */
@FunctionalInterface
interface Sections {
  /**
   * Its reader.
   *
   * @throws Http2Exception if none may come on this stream, so that the connection ends
   */
  Section of(int stream) throws Http2Exception;
}
