// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.HeadWriter;
import org.synapsegateway.http.Line;
import org.synapsegateway.http.ReplyHead;

/**
 * The head of a reply as a field block.
 *
 * @param fields fields that the route set; null for none
 * @param extra a line for a reply that says nothing of the kind itself; null for none
 */
record ReplyBlock(ReplyHead head, @Nullable Map<String, Object> fields, @Nullable Line extra)
    implements FieldBlock {
  @Override
  public void write(BlockWriter to) {
    to.status(head.status());
    HeadWriter.reply(to, head, fields, extra);
  }
}
