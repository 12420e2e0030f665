// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.spi.Language;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.exchange.UnitsOfWork;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.KeyKind;
import org.synapsegateway.identity.MediaKey;
import org.synapsegateway.identity.OriginKey;
import org.synapsegateway.identity.RoomKey;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.request.Request;

/**
 * What the requests of a group are balanced by.
 *
 * <p>A key has a name in YAML, or is an expression in one of Camel's languages, written {@code
 * language:expression}. Safe for any thread.
 */
@FunctionalInterface
interface HashKey {
  /** The keys that have names. */
  Map<String, HashKey> NAMES =
      new TreeMap<>(
          Map.of(
              "user", (exchange, request) -> null,
              "room", (exchange, request) -> orUser(RoomKey.find(request.head())),
              "media", (exchange, request) -> orUser(MediaKey.find(request.head())),
              "origin", (exchange, request) -> origin(request),
              "client-address", (exchange, request) -> Slice.of(request.client().address()),
              "path", (exchange, request) -> path(request.head()),
              "target", (exchange, request) -> target(request.head())));

  /**
   * The key; empty if the request has none, and null if it is the request's user, whose name may
   * have to be looked up.
   */
  @Nullable Slice find(Exchange exchange, Request request);

  /**
   * The key that a route asks for.
   *
   * @throws IllegalArgumentException if it is neither a name nor an expression
   */
  static HashKey of(String key, CamelContext context) {
    check(key);
    String name = key.trim();
    int colon = name.indexOf(':');
    if (colon <= 0) {
      return Objects.requireNonNull(NAMES.get(name)); // check() has made sure that it is there
    }
    Language language = context.resolveLanguage(name.substring(0, colon));
    try {
      return expression(language.createExpression(name.substring(colon + 1)));
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "key: \"" + key + "\" is no expression: " + e.getMessage()); // says it all
    }
  }

  /** What kind of key it is that a route asks for, where it is not the user. */
  static KeyKind kind(String key) {
    return switch (key.trim()) {
      case "user" -> KeyKind.NONE;
      case "room" -> KeyKind.ROOM;
      case "media" -> KeyKind.MEDIA;
      case "origin" -> KeyKind.ORIGIN;
      case "client-address" -> KeyKind.ADDRESS;
      case "path", "target" -> KeyKind.PATH;
      default -> KeyKind.EXPRESSION;
    };
  }

  /**
   * Checks whether a text may be a key, as far as that is possible without a context.
   *
   * @throws IllegalArgumentException if it is neither a name nor an expression
   */
  static void check(String key) {
    String name = key.trim();
    if (name.indexOf(':') <= 0 && !NAMES.containsKey(name)) {
      throw new IllegalArgumentException(
          "key: \""
              + key
              + "\" is not known; write one of "
              + String.join(", ", NAMES.keySet())
              + ", or an expression as language:expression");
    }
  }

  private static HashKey expression(Expression expression) {
    return (exchange, request) -> {
      UnitsOfWork.lend(exchange);
      String text = expression.evaluate(exchange, String.class);
      return text == null ? Slice.EMPTY : Slice.of(text);
    };
  }

  private static @Nullable Slice orUser(Slice key) {
    return key.isEmpty() ? null : key;
  }

  /** The server that signed the request; else the address of the client. */
  private static Slice origin(Request request) {
    Slice origin = OriginKey.find(request.head());
    return origin.isEmpty() ? Slice.of(request.client().address()) : origin;
  }

  private static Slice path(RequestHead head) {
    return Slice.of(head.bytes(), head.pathStart(), head.pathEnd());
  }

  /** The path and the query, so that equal questions meet. */
  private static Slice target(RequestHead head) {
    return Slice.of(head.bytes(), head.pathStart(), head.queryEnd());
  }
}
