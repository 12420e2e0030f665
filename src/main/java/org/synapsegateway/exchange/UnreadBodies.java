// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.TypeConversionException;
import org.apache.camel.spi.TypeConverterRegistry;
import org.apache.camel.support.TypeConverterSupport;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.request.Reply;
import org.synapsegateway.request.Request;

/**
 * Refuses to convert a body that has not been read, and says how to mend the route. Otherwise the
 * conversion would give the text of {@code toString()}. A log may have that text. Safe for any
 * thread.
 */
public final class UnreadBodies extends TypeConverterSupport {
  private UnreadBodies() {}

  /** Makes each conversion of an unread body in a context fail with a sentence. */
  public static void tell(CamelContext context) {
    UnreadBodies converter = new UnreadBodies();
    TypeConverterRegistry registry = context.getTypeConverterRegistry();
    registry.addTypeConverter(String.class, Request.class, converter);
    registry.addTypeConverter(String.class, Reply.class, converter);
    registry.addFallbackTypeConverter(converter, false);
  }

  @Override
  public boolean allowNull() {
    return false;
  }

  @Override
  public <T> @Nullable T convertTo(Class<T> type, Exchange exchange, Object value) {
    if (!(value instanceof Request || value instanceof Reply) || type.isInstance(value)) {
      return null;
    }
    if (type == String.class && isLogged(exchange)) {
      return type.cast(value.toString());
    }
    if (type == boolean.class || type == Boolean.class) {
      return null;
    }
    throw new TypeConversionException(
        value, type, new IllegalStateException(sentence(exchange, value)));
  }

  private static boolean isLogged(Exchange exchange) {
    String step = exchange == null ? null : exchange.getExchangeExtension().getHistoryNodeLabel();
    return step != null && (step.startsWith("log") || step.startsWith("to[log"));
  }

  static String sentence(Exchange exchange, Object value) {
    String whose = value instanceof Request ? "request" : "reply";
    return "the body of the "
        + whose
        + " has not been read; put \"to: body:read?max=64KiB\" before "
        + step(exchange);
  }

  /** Tells of a step that comes too late for a request's body, and how to mend the route. */
  public static String sent(Exchange exchange) {
    return "the body of the request has been sent to a worker already, before "
        + step(exchange)
        + "; put \"to: body:read?max=64KiB\" before the first worker";
  }

  private static String step(Exchange exchange) {
    String step = exchange == null ? null : exchange.getExchangeExtension().getHistoryNodeLabel();
    String source =
        exchange == null ? null : exchange.getExchangeExtension().getHistoryNodeSource();
    return (step == null ? "the step that needs it" : step)
        + (source == null ? "" : " (" + source + ")");
  }
}
