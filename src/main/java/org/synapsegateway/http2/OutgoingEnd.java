// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2RemoteFlowController.FlowControlled;
import org.jspecify.annotations.Nullable;

/** The end of a reply whose body waits for the client's windows. Confined to one event loop. */
final class OutgoingEnd implements FlowControlled {
  private final FrameWriter out;
  private final int stream;
  private final @Nullable FieldBlock trailers;
  private final Outgoing.Owner owner;

  /**
   * @param trailers null for none
   */
  OutgoingEnd(FrameWriter out, int stream, @Nullable FieldBlock trailers, Outgoing.Owner owner) {
    this.out = out;
    this.stream = stream;
    this.trailers = trailers;
    this.owner = owner;
  }

  @Override
  public int size() {
    return 0;
  }

  @Override
  public void write(ChannelHandlerContext ctx, int allowed) {
    out.end(stream, trailers);
  }

  @Override
  public void writeComplete() {
    owner.sentEnd();
  }

  @Override
  public void error(ChannelHandlerContext ctx, Throwable cause) {
    // the stream has been reset
  }

  @Override
  public boolean merge(ChannelHandlerContext ctx, FlowControlled next) {
    return false;
  }
}
