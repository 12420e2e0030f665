// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.util.CaseInsensitiveMap;
import org.synapsegateway.request.Reply;
import org.synapsegateway.request.Request;

/**
 * Turns the octets of fields into text, and what a route has set as fields, as Camel's HTTP
 * components do.
 */
public final class FieldText {
  private FieldText() {}

  /**
   * A field's value as people write it: UTF-8 if it is that, so that it leaves with the octets that
   * it came with; else a character for each octet (RFC 9110 section 5.5).
   *
   * @param octets a character for each octet
   */
  static String read(String octets) {
    if (octets.chars().allMatch(octet -> octet < 0x80)) {
      return octets;
    }
    byte[] bytes = octets.getBytes(StandardCharsets.ISO_8859_1);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return octets;
    }
  }

  /**
   * The same fields with text as their values, or lists of it, without the headers of Camel's own.
   *
   * @throws IllegalStateException if one has a body that has not been read, or another object of
   *     the gateway's own, whose {@code toString()} is nobody's business
   */
  public static Map<String, Object> of(Exchange exchange, Map<String, Object> fields) {
    if (fields.entrySet().stream().allMatch(FieldText::isField)) {
      return fields;
    }
    Map<String, Object> texts = new CaseInsensitiveMap();
    fields.forEach(
        (name, value) -> {
          if (!HttpMessage.isOfCamel(name)) {
            texts.put(name, isText(value) ? value : text(exchange, name, value));
          }
        });
    return texts;
  }

  private static boolean isField(Map.Entry<String, Object> field) {
    return isText(field.getValue()) && !HttpMessage.isOfCamel(field.getKey());
  }

  private static boolean isText(Object value) {
    return value == null
        || value instanceof String
        || value instanceof Number
        || value instanceof Boolean;
  }

  private static Object text(Exchange exchange, String name, Object value) {
    if (value instanceof Iterable<?> values) {
      List<Object> texts = new ArrayList<>();
      values.forEach(one -> texts.add(isText(one) ? one : text(exchange, name, one)));
      return texts;
    }
    if (value instanceof Request || value instanceof Reply) {
      throw new IllegalStateException(UnreadBodies.sentence(exchange, value));
    }
    if (isOurs(value)) {
      throw new IllegalStateException(
          "the header "
              + name
              + " is a "
              + value.getClass().getSimpleName()
              + ", which is no text; take a property of it that is one, for example"
              + " ${body.client.address}");
    }
    return exchange.getContext().getTypeConverter().convertTo(String.class, exchange, value);
  }

  private static boolean isOurs(Object value) {
    return value.getClass().getName().startsWith("org.synapsegateway.")
        && !(value instanceof Enum<?>);
  }
}
