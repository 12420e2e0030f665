// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultMessage;
import org.apache.camel.util.CaseInsensitiveMap;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.Head;

/**
 * The headers of a message, which are the fields of a head, looked up when a step asks; and what a
 * route has changed of them.
 *
 * <p>They become a map only when a step asks for all headers; from then on they are a map as
 * Camel's, and changes are found by comparison. Confined to the thread that has the exchange.
 */
abstract class FieldHeaders extends DefaultMessage {
  /** Headers set, and as null those removed, until a step asks for all headers. */
  @Nullable Map<String, Object> changes;

  /** All headers as they were when a step first asked for all; null before that. */
  @Nullable Map<String, Object> shown;

  FieldHeaders(CamelContext context) {
    super(context);
  }

  /** The head whose fields are the headers. */
  abstract Head head();

  /** The value of a header whose name is Camel's; null if it has none. */
  abstract @Nullable Object ofCamel(String name);

  /**
   * What the route has changed: a value to set, or null to remove the field; null if it has changed
   * nothing.
   *
   * @param current the message that the exchange has now
   */
  public @Nullable Map<String, Object> changes(Message current) {
    Map<String, Object> before = shown;
    return before == null ? changes : Changes.between(before, current.getHeaders());
  }

  /** The value of a header if the route has set it, else null. */
  @SuppressWarnings("ReferenceEquality")
  final @Nullable String set(Message current, String name) {
    Object value;
    if (current == this && shown == null) {
      value = changes == null ? null : changes.get(name);
    } else {
      value = current.getHeader(name);
      if (shown != null && value != null && value.equals(shown.get(name))) {
        return null;
      }
    }
    return value == null ? null : value.toString();
  }

  /**
   * Records the values that headers have now, so that a step that sets the old value again changes
   * it.
   *
   * @param current the message that the exchange has now
   */
  final void showAgain(Message current, List<String> names) {
    if (shown == null) {
      return;
    }
    for (String name : names) {
      Object value = ofCamel(name);
      if (value == null) {
        shown.remove(name);
        current.removeHeader(name);
      } else {
        shown.put(name, value);
        current.setHeader(name, value);
      }
    }
  }

  /**
   * Takes other headers than those of the head before.
   *
   * @param before what a step has seen of the head that is it now; null if it has not
   */
  final void startAgain(@Nullable Map<String, Object> before) {
    boolean wereShown = shown != null || hasPopulatedHeaders();
    changes = null;
    shown = before;
    if (before != null) {
      super.setHeaders(new CaseInsensitiveMap(before));
    } else if (wereShown) {
      Map<String, Object> headers = new CaseInsensitiveMap();
      populateInitialHeaders(headers);
      super.setHeaders(headers);
    }
  }

  /** Takes another message's headers, and what has changed of them. */
  final void takeHeaders(FieldHeaders other) {
    if (other.shown != null || hasPopulatedHeaders()) {
      Map<String, Object> headers = other.getHeaders();
      shown = other.shown;
      super.setHeaders(new CaseInsensitiveMap(headers));
    } else {
      changes = other.changes == null ? null : new CaseInsensitiveMap(other.changes);
    }
  }

  @Override
  public @Nullable Object getHeader(String name) {
    if (shown != null || hasPopulatedHeaders()) {
      return super.getHeader(name);
    }
    if (changes != null && changes.containsKey(name)) {
      return changes.get(name);
    }
    return name == null ? null : own(name);
  }

  @Override
  public @Nullable Object getHeader(String name, @Nullable Object defaultValue) {
    Object value = getHeader(name);
    return value == null ? defaultValue : value;
  }

  @Override
  public Object getHeader(String name, Supplier<Object> defaultValueSupplier) {
    Object value = getHeader(name);
    return value == null ? defaultValueSupplier.get() : value;
  }

  @Override
  public <T> @Nullable T getHeader(String name, Class<T> type) {
    return getHeader(name, (Object) null, type);
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T> @Nullable T getHeader(String name, @Nullable Object defaultValue, Class<T> type) {
    Object value = getHeader(name, defaultValue);
    if (value == null) {
      return boolean.class == type ? (T) (Object) false : null; // as Camel has it
    }
    if (type.isInstance(value)) {
      return type.cast(value);
    }
    return getExchange() == null
        ? typeConverter.convertTo(type, value)
        : typeConverter.convertTo(type, getExchange(), value);
  }

  @Override
  public <T> @Nullable T getHeader(
      String name, Supplier<Object> defaultValueSupplier, Class<T> type) {
    return getHeader(name, getHeader(name, defaultValueSupplier), type);
  }

  @Override
  public void setHeader(String name, Object value) {
    if (hasPopulatedHeaders()) {
      super.setHeader(name, value);
    } else {
      changes().put(name, value);
    }
  }

  @Override
  public @Nullable Object removeHeader(String name) {
    if (hasPopulatedHeaders()) {
      return super.removeHeader(name);
    }
    Object old = getHeader(name);
    changes().put(name, null);
    return old;
  }

  @Override
  public boolean removeHeaders(String pattern, String... excludePatterns) {
    getHeaders();
    return super.removeHeaders(pattern, excludePatterns);
  }

  @Override
  public boolean hasHeaders() {
    return !hasPopulatedHeaders() || super.hasHeaders();
  }

  @Override
  public void setHeaders(Map<String, Object> headers) {
    getHeaders(); // so that it is known what these replace
    super.setHeaders(headers);
  }

  /** Fills the map of all headers when a step first asks for it. */
  @Override
  protected void populateInitialHeaders(Map<String, Object> map) {
    Head head = head();
    for (int line = 0; line < head.fieldCount(); line++) {
      String name = head.name(line);
      if (!isOfCamel(name)) {
        map.merge(name, FieldText.read(head.value(line)), FieldHeaders::both);
      }
    }
    for (String name : Target.NAMES) {
      Object value = own(name);
      if (value != null) {
        map.put(name, value);
      }
    }
    Object status = own(Exchange.HTTP_RESPONSE_CODE);
    if (status != null) {
      map.put(Exchange.HTTP_RESPONSE_CODE, status);
    }
    shown = new CaseInsensitiveMap(map);
    if (changes != null) {
      changes.forEach(
          (name, value) -> {
            if (value == null) {
              map.remove(name);
            } else {
              map.put(name, value);
            }
          });
      changes = null;
    }
  }

  private Map<String, Object> changes() {
    if (changes == null) {
      changes = new CaseInsensitiveMap();
    }
    return changes;
  }

  /** Several lines of one name are a list, as Camel's HTTP components have them. */
  @SuppressWarnings("unchecked")
  private static Object both(Object one, Object other) {
    List<Object> values =
        one instanceof List<?> list ? (List<Object>) list : new ArrayList<>(List.of(one));
    values.add(other);
    return values;
  }

  private @Nullable Object own(String name) {
    if (isOfCamel(name)) {
      return ofCamel(name);
    }
    Head head = head();
    String lowerName = name.toLowerCase(Locale.ROOT);
    Object found = null;
    for (int line = head.find(lowerName, 0); line >= 0; line = head.find(lowerName, line + 1)) {
      String value = FieldText.read(head.value(line));
      found = found == null ? value : both(found, value);
    }
    return found;
  }

  static boolean isOfCamel(String name) {
    return name.regionMatches(true, 0, "camel", 0, 5)
        || name.regionMatches(true, 0, "org.apache.camel", 0, 16);
  }
}
