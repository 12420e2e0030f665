// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;

/**
 * Writes the heads and trailers of replies in place of Netty's encoder.
 *
 * <p>The client's settings for the table and for the size of heads are ignored: there is no dynamic
 * table, and the limit for heads is advisory (RFC 9113 section 10.5.1); a gateway cannot shorten a
 * worker's head. Confined to one event loop.
 */
final class ReplyEncoder implements Http2HeadersEncoder, Http2HeadersEncoder.Configuration {
  private final BlockWriter writer = new BlockWriter();

  @Override
  public void encodeHeaders(int stream, Http2Headers headers, ByteBuf out) {
    writer.begin(out);
    if (headers instanceof ReplyBlock reply) {
      reply.write(writer);
    } else {
      ((TrailerBlock) headers).write(writer);
    }
    writer.leave();
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
