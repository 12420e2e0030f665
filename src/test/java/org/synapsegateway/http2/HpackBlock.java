// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Field blocks (RFC 7541 section 6) as no honest encoder writes them. */
public final class HpackBlock {
  private static final int LITERAL = 0x00;
  private static final int WITH_INDEXING = 0x40;
  private static final int INDEXED = 0x80;

  private final ByteBuf block = Unpooled.buffer();

  /** Adds fields as they are, each as {@code name=value}, and none to the table. */
  public HpackBlock fields(String... fields) {
    for (String field : fields) {
      add(LITERAL, field);
    }
    return this;
  }

  /** Adds a field to the block and to the table. */
  public HpackBlock indexing(String field) {
    add(WITH_INDEXING, field);
    return this;
  }

  /** Refers to an entry of the tables, which is below 127. */
  public HpackBlock indexed(int index) {
    block.writeByte(INDEXED | index);
    return this;
  }

  /** Adds a field as it is, and not to the table. */
  public HpackBlock field(String name, String value) {
    add(LITERAL, name, value);
    return this;
  }

  private void add(int kind, String field) {
    int equals = field.indexOf('=', 0);
    add(kind, field.substring(0, equals), field.substring(equals + 1));
  }

  private void add(int kind, String name, String value) {
    block.writeByte(kind);
    text(name);
    text(value);
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length < 127) {
      block.writeByte(bytes.length);
    } else {
      block.writeByte(127);
      int rest = bytes.length - 127;
      for (; rest >= 128; rest >>= 7) {
        block.writeByte(rest & 0x7f | 0x80);
      }
      block.writeByte(rest);
    }
    block.writeBytes(bytes);
  }

  /** The block, of which more may be made later. */
  public ByteBuf bytes() {
    return block.duplicate();
  }
}
