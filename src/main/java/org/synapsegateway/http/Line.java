// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A field that the gateway adds where neither worker nor route has set it. Immutable. */
public final class Line {
  private final String name;
  private final String lowerName;
  private final byte[] bytes;

  public Line(String name, String value) {
    this.name = name;
    this.lowerName = name.toLowerCase(Locale.ROOT);
    this.bytes = (name + ": " + value + "\r\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Hands it over as name and value. */
  void handTo(HeadWriter.Fields out) {
    out.field(bytes, 0, name.length(), name.length() + 2, bytes.length - 2);
  }

  boolean isSaid(ReplyHead head, @Nullable Map<String, Object> fields) {
    return head.find(lowerName, 0) >= 0 || fields != null && fields.containsKey(name);
  }

  /** Writes the line. */
  public void write(ByteBuf out) {
    out.writeBytes(bytes);
  }
}
