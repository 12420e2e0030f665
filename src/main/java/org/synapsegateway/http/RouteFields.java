// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The fields that a route has set for a head, by name: each replaces those of the head that have
 * its name, or removes them where the value is null.
 */
public final class RouteFields {
  private RouteFields() {}

  /** Writes them as lines. */
  public static void write(ByteBuf out, @Nullable Map<String, Object> fields) {
    visit(
        fields,
        (name, value) ->
            out.writeCharSequence(name + ": " + value + "\r\n", StandardCharsets.UTF_8));
  }

  /** Hands on their names and clean values. */
  static void visit(@Nullable Map<String, Object> fields, BiConsumer<String, String> to) {
    if (fields == null || fields.isEmpty()) {
      return;
    }
    for (Map.Entry<String, Object> field : fields.entrySet()) {
      if (!isField(field.getKey())) {
        continue;
      }
      Iterable<?> values =
          field.getValue() instanceof Iterable<?> several
              ? several
              : Collections.singletonList(field.getValue());
      for (Object value : values) {
        if (value != null) {
          to.accept(field.getKey(), clean(value));
        }
      }
    }
  }

  /** Whether they replace a line of the head. */
  static boolean replaces(@Nullable Map<String, Object> fields, Head head, int line) {
    if (fields == null || fields.isEmpty()) {
      return false;
    }
    String name = head.name(line);
    return isField(name) && fields.containsKey(name);
  }

  /**
   * Whether a field may be written as a route set it: not framing, not the connection's, and not
   * Host, of which there is one.
   */
  private static boolean isField(String name) {
    if (name.isEmpty() || Octets.indexOfNoToken(name) >= 0) {
      return false;
    }
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "connection",
          "content-length",
          "expect",
          "host",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade" ->
          false;
      default -> true;
    };
  }

  /**
   * A value without line ends, so that no route can split a message with what it took from a
   * client.
   */
  static String clean(Object value) {
    String text = value.toString();
    StringBuilder clean = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      clean.append(c < ' ' && c != '\t' || c == 0x7f ? ' ' : c);
    }
    return clean.toString();
  }
}
