// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.net.CoalescingWriter;

/**
 * Writes a body to a {@link CoalescingWriter}, in chunks or as it is. Never flushes. Confined to
 * one event loop.
 */
public final class BodyWriter {
  private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");
  private static final ByteBuf LAST_CHUNK_AFTER_DATA = constant("\r\n0\r\n\r\n");

  private final CoalescingWriter out;
  private boolean chunked;
  private boolean begun;

  public BodyWriter(CoalescingWriter out) {
    this.out = out;
  }

  /** Begins a body. */
  public void begin(boolean inChunks) {
    chunked = inChunks;
    begun = false;
  }

  /** Whether the body's bytes are written as they come. */
  public boolean isPlain() {
    return !chunked;
  }

  /** Writes a part of the body and releases it. */
  public void data(ByteBuf bytes) {
    if (!bytes.isReadable()) {
      bytes.release();
      return;
    }
    if (chunked) {
      writeSize(bytes.readableBytes());
    }
    out.write(bytes);
    begun = true;
  }

  /** Ends the body, with trailers if there are any; they are lost where the body has no chunks. */
  public void end(@Nullable String trailers) {
    if (!chunked) {
      return;
    }
    if (trailers == null) {
      ByteBuf last = begun ? LAST_CHUNK_AFTER_DATA : LAST_CHUNK;
      out.write(last.duplicate());
    } else {
      ByteBuf last = out.buffer(trailers.length() + 8);
      last.writeCharSequence(begun ? "\r\n0\r\n" : "0\r\n", StandardCharsets.ISO_8859_1);
      last.writeCharSequence(trailers, StandardCharsets.ISO_8859_1);
      ByteBufUtil.writeAscii(last, "\r\n");
      out.write(last);
    }
  }

  private void writeSize(int size) {
    // the CRLF that ends a chunk is written with the next size, which saves a buffer a chunk
    ByteBuf line = out.buffer(12);
    if (begun) {
      ByteBufUtil.writeAscii(line, "\r\n");
    }
    ByteBufUtil.writeAscii(line, Integer.toHexString(size));
    ByteBufUtil.writeAscii(line, "\r\n");
    out.write(line);
  }

  private static ByteBuf constant(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return Unpooled.unreleasableBuffer(
        Unpooled.directBuffer(bytes.length).writeBytes(bytes).asReadOnly());
  }
}
