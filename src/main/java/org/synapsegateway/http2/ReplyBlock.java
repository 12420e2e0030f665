package org.synapsegateway.http2;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import java.util.Map;
import org.synapsegateway.http.HeadWriter;
import org.synapsegateway.http.ReplyHead;

/**
 * The head of a reply on its way through Netty's codec, which takes it for headers: {@link
 * ReplyEncoder} writes the block. Valid until it has been written. Confined to one event loop.
 */
final class ReplyBlock extends DefaultHttp2Headers {
  private final ReplyHead head;
  private final Map<String, Object> fields;
  private final HeadWriter.Line extra;

  /**
   * @param fields fields that the route set; null for none
   * @param extra a line for a reply that says nothing of the kind itself; null for none
   */
  ReplyBlock(ReplyHead head, Map<String, Object> fields, HeadWriter.Line extra) {
    super(false, 2);
    this.head = head;
    this.fields = fields;
    this.extra = extra;
  }

  /** What Netty asks for, to tell interim replies from final ones. */
  @Override
  public CharSequence status() {
    return head.isInterim() ? "100" : "200";
  }

  void write(BlockWriter to) {
    to.status(head.status());
    HeadWriter.reply(to, head, fields, extra);
  }
}
