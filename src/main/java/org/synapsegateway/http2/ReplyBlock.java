// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.HeadWriter;
import org.synapsegateway.http.Line;
import org.synapsegateway.http.ReplyHead;

/**
 * The head of a reply on its way through Netty's codec, which takes it for headers: {@link
 * ReplyEncoder} writes the block. Valid until it has been written. Confined to one event loop.
 */
final class ReplyBlock extends DefaultHttp2Headers {
  private final ReplyHead replyHead;
  private final @Nullable Map<String, Object> fields;
  private final @Nullable Line extra;

  /**
   * @param fields fields that the route set; null for none
   * @param extra a line for a reply that says nothing of the kind itself; null for none
   */
  ReplyBlock(ReplyHead replyHead, @Nullable Map<String, Object> fields, @Nullable Line extra) {
    super(false, 2);
    this.replyHead = replyHead;
    this.fields = fields;
    this.extra = extra;
  }

  /** Netty reads it to distinguish interim replies from final ones. */
  @Override
  public CharSequence status() {
    return replyHead.isInterim() ? "100" : "200";
  }

  void write(BlockWriter to) {
    to.status(replyHead.status());
    HeadWriter.reply(to, replyHead, fields, extra);
  }
}
