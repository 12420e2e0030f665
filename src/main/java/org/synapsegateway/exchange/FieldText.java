package org.synapsegateway.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.util.CaseInsensitiveMap;
import org.synapsegateway.http.Reply;
import org.synapsegateway.http.Request;

/** Turns what a route has set as fields into text, as Camel's HTTP components do. */
public final class FieldText {
  private FieldText() {}

  /**
   * The same fields with text as their values, or lists of it.
   *
   * @throws IllegalStateException if one has a body that has not been read
   */
  public static Map<String, Object> of(Exchange exchange, Map<String, Object> fields) {
    if (fields.values().stream().allMatch(FieldText::isText)) {
      return fields;
    }
    Map<String, Object> texts = new CaseInsensitiveMap();
    fields.forEach(
        (name, value) ->
            texts.put(
                name,
                isText(value) || HttpMessage.isOfCamel(name) ? value : text(exchange, value)));
    return texts;
  }

  private static boolean isText(Object value) {
    return value == null
        || value instanceof String
        || value instanceof Number
        || value instanceof Boolean;
  }

  private static Object text(Exchange exchange, Object value) {
    if (value instanceof Iterable<?> values) {
      List<Object> texts = new ArrayList<>();
      values.forEach(one -> texts.add(isText(one) ? one : text(exchange, one)));
      return texts;
    }
    if (value instanceof Request || value instanceof Reply) {
      throw new IllegalStateException(UnreadBodies.sentence(exchange, value));
    }
    return exchange.getContext().getTypeConverter().convertTo(String.class, exchange, value);
  }
}
