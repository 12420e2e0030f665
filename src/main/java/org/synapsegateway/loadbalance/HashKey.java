package org.synapsegateway.loadbalance;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.synapsegateway.http.Request;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.http.Span;
import org.synapsegateway.identity.UserKey;

/**
 * What the requests of a group are balanced by.
 *
 * <p>A key has a name in YAML, or is an expression in one of Camel's languages, written {@code
 * language:expression}. It gives the hash of its bytes, wherever they lie, so that nothing has to
 * be copied or made a string. Safe for any thread.
 */
@FunctionalInterface
interface HashKey {
  /** A request without key. */
  long NONE = -1;

  /** The keys that have names. */
  Map<String, HashKey> NAMES =
      new TreeMap<>(
          Map.of(
              "user", (exchange, request) -> hash(request.head(), UserKey.find(request.head())),
              "path", (exchange, request) -> hash(request.head(), path(request.head()))));

  /** The {@link HashRing#hash} of the request's key as an unsigned number, or {@link #NONE}. */
  long hash(Exchange exchange, Request request);

  /**
   * The key that a route asks for.
   *
   * @throws IllegalArgumentException if it is neither a name nor an expression
   */
  static HashKey of(String key, CamelContext context) {
    String name = key.trim();
    int colon = name.indexOf(':');
    if (colon > 0) {
      return expression(
          context
              .resolveLanguage(name.substring(0, colon))
              .createExpression(name.substring(colon + 1)));
    }
    HashKey known = NAMES.get(name);
    if (known == null) {
      throw new IllegalArgumentException(
          "key: \""
              + key
              + "\" is not known; write one of "
              + String.join(", ", NAMES.keySet())
              + ", or an expression as language:expression");
    }
    return known;
  }

  private static HashKey expression(Expression expression) {
    return (exchange, request) -> {
      String text = expression.evaluate(exchange, String.class);
      byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
      return hash(bytes, 0, bytes.length);
    };
  }

  private static long path(RequestHead head) {
    return Span.of(head.pathStart(), head.pathEnd());
  }

  private static long hash(RequestHead head, long span) {
    return hash(head.bytes(), Span.start(span), Span.end(span));
  }

  /** The hash of a key, or {@link #NONE} if it is empty. */
  static long hash(byte[] bytes, int start, int end) {
    return end <= start ? NONE : Integer.toUnsignedLong(HashRing.hash(bytes, start, end));
  }
}
