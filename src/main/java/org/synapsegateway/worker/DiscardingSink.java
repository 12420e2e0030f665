// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.Failure;

/**
 * Discards an unwanted body, up to 1 MiB, so that the connection can be used again. Confined to one
 * event loop.
 */
final class DiscardingSink implements BodySink {
  /** To read more would cost more than a new connection does. */
  private static final long MAX = 1024 * 1024;

  private final BodySource source;
  private long discarded;

  DiscardingSink(BodySource source) {
    this.source = source;
  }

  @Override
  public void data(ByteBuf bytes) {
    discarded += bytes.readableBytes();
    bytes.release();
    if (discarded > MAX) {
      source.cancel();
    }
  }

  @Override
  public void pausing() {
    // there is nothing to flush
  }

  @Override
  public void end(@Nullable String trailers) {
    // the connection is free
  }

  @Override
  public void abort(Failure failure) {
    // the connection has closed already
  }
}
