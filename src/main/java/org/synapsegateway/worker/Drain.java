// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.Failure;

/**
 * Reads an unwanted body to its end, so that the connection can be used again, up to 1 MiB.
 * Confined to one event loop.
 */
final class Drain implements BodySink {
  /** To read more would cost more than a new connection does. */
  private static final long MAX = 1024 * 1024;

  private final BodySource source;
  private long drained;

  Drain(BodySource source) {
    this.source = source;
  }

  @Override
  public void data(ByteBuf bytes) {
    drained += bytes.readableBytes();
    bytes.release();
    if (drained > MAX) {
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
