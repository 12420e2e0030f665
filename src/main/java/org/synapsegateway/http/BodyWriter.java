package org.synapsegateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;

/** Writes a body to a channel, in chunks or as it is. Never flushes. Confined to one event loop. */
public final class BodyWriter {
  private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");
  private static final ByteBuf LAST_CHUNK_AFTER_DATA = constant("\r\n0\r\n\r\n");

  private final Channel channel;
  private boolean chunked;
  private boolean begun;

  public BodyWriter(Channel channel) {
    this.channel = channel;
  }

  /** Begins a body. */
  public void begin(boolean inChunks) {
    chunked = inChunks;
    begun = false;
  }

  /** Writes a part of the body and releases it. */
  public void data(ByteBuf bytes) {
    if (!bytes.isReadable()) {
      bytes.release();
      return;
    }
    if (chunked) {
      channel.write(sizeLine(bytes.readableBytes()), channel.voidPromise());
    }
    channel.write(bytes, channel.voidPromise());
    begun = true;
  }

  /** Ends the body, with trailers if there are any; they are lost where the body has no chunks. */
  public void end(String trailers) {
    if (!chunked) {
      return;
    }
    if (trailers == null) {
      ByteBuf last = begun ? LAST_CHUNK_AFTER_DATA : LAST_CHUNK;
      channel.write(last.duplicate(), channel.voidPromise());
    } else {
      ByteBuf last = channel.alloc().ioBuffer(trailers.length() + 8);
      last.writeCharSequence(begun ? "\r\n0\r\n" : "0\r\n", StandardCharsets.ISO_8859_1);
      last.writeCharSequence(trailers, StandardCharsets.ISO_8859_1);
      ByteBufUtil.writeAscii(last, "\r\n");
      channel.write(last, channel.voidPromise());
    }
  }

  private ByteBuf sizeLine(int size) {
    // the CRLF that ends a chunk is written with the next size, which saves a buffer a chunk
    ByteBuf line = channel.alloc().ioBuffer(12);
    if (begun) {
      ByteBufUtil.writeAscii(line, "\r\n");
    }
    ByteBufUtil.writeAscii(line, Integer.toHexString(size));
    ByteBufUtil.writeAscii(line, "\r\n");
    return line;
  }

  private static ByteBuf constant(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return Unpooled.unreleasableBuffer(
        Unpooled.directBuffer(bytes.length).writeBytes(bytes).asReadOnly());
  }
}
