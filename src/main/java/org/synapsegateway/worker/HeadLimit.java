// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;
import org.synapsegateway.http.RequestHead;

/**
 * How large a request's head a worker accepts, measured as Twisted measures it (HTTPChannel in
 * twisted/web/http.py): the bytes of all lines without their ends, and the number of field lines.
 * Twisted answers a larger head with a bare 400 and closes the connection.
 *
 * @param bytes 0 for no limit
 * @param fields 0 for no limit
 */
record HeadLimit(int bytes, int fields) {
  /** Upper bounds of what the gateway itself adds to a head, in bytes and in lines. */
  private static final int ADDED_BYTES = 1024;

  private static final int ADDED_FIELDS = 8;

  /**
   * Whether a request may go to the worker. Nearly all heads are so far below the limit that their
   * size as received decides; only others are written out and measured.
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
