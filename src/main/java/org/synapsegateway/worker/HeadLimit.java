// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;
import org.synapsegateway.http.RequestHead;

/**
 * What a worker takes of a request's head, as it gets it and counted as Twisted counts it
 * (HTTPChannel in twisted/web/http.py): the bytes of all lines without their ends, and the field
 * lines. Twisted answers what is larger with a bare 400 and closes.
 *
 * @param bytes 0 for no limit
 * @param fields 0 for no limit
 */
record HeadLimit(int bytes, int fields) {
  /** More than the gateway adds by itself, in bytes and in lines. */
  private static final int ADDED_BYTES = 1024;

  private static final int ADDED_FIELDS = 8;

  /**
   * Whether a request may go to the worker. Nearly all are so far from the limit that their head as
   * it came tells.
   *
   * @param changed whether a route has set fields
   * @param writer writes the head as the worker would get it
   */
  boolean allows(RequestHead head, boolean changed, Consumer<ByteBuf> writer) {
    if (bytes == 0 && fields == 0
        || !changed && allows(head.length() + ADDED_BYTES, head.fieldCount() + ADDED_FIELDS)) {
      return true;
    }
    ByteBuf written = Unpooled.buffer(head.length() + ADDED_BYTES);
    writer.accept(written);
    int lines = lines(written);
    return allows(written.readableBytes() - 2 * lines, lines - 2);
  }

  private boolean allows(int length, int count) {
    return (bytes == 0 || length <= bytes) && (fields == 0 || count <= fields);
  }

  private static int lines(ByteBuf head) {
    int lines = 0;
    for (int at = head.readerIndex(); at < head.writerIndex(); at++) {
      lines += head.getByte(at) == '\n' ? 1 : 0;
    }
    return lines;
  }
}
