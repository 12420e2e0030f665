// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;

/**
 * Takes the place of Netty's encoder of field blocks, which {@link FrameWriter} writes itself.
 *
 * <p>The client's settings for the table and for the size of heads are ignored: the table has no
 * room from the first block on, and the limit for heads is advisory (RFC 9113 section 10.5.1); a
 * gateway cannot shorten a worker's head.
 */
final class NoEncoder implements Http2HeadersEncoder, Http2HeadersEncoder.Configuration {
  @Override
  public void encodeHeaders(int stream, Http2Headers headers, ByteBuf out) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Configuration configuration() {
    return this;
  }

  @Override
  public void maxHeaderTableSize(long max) {
    // there is no dynamic table
  }

  @Override
  public long maxHeaderTableSize() {
    return 0;
  }

  @Override
  public void maxHeaderListSize(long max) {
    // advisory, and ignored
  }

  @Override
  public long maxHeaderListSize() {
    return Long.MAX_VALUE;
  }
}
