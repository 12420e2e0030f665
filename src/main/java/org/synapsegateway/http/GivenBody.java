// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import io.netty.buffer.Unpooled;

/** A body whose bytes are all in memory. Confined to one event loop. */
public final class GivenBody implements BodySource {
  private final byte[] bytes;

  public GivenBody(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public void start(BodySink sink) {
    if (bytes.length > 0) {
      sink.data(Unpooled.wrappedBuffer(bytes));
    }
    sink.end(null);
  }

  @Override
  public void pause() {
    // all has been delivered
  }

  @Override
  public void resume() {
    // all has been delivered
  }

  @Override
  public void cancel() {
    // nothing is held
  }
}
