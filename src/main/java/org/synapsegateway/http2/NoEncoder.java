// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;

/**
 * Stands where Netty has an encoder of field blocks: {@link Gather} writes them.
 *
 * <p>What the client says of tables and sizes changes nothing: there is no table, and a limit of
 * its own for heads is advice that a gateway cannot follow (RFC 9113 section 10.5.1).
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
