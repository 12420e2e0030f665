// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.request.Request;

/** A request's method and target, as the headers that Camel's HTTP components use for them. */
final class Target {
  static final List<String> NAMES =
      List.of(Exchange.HTTP_METHOD, Exchange.HTTP_PATH, Exchange.HTTP_QUERY, Exchange.HTTP_URI);

  private Target() {}

  /** The value of one of {@link #NAMES}; null for any other name, or without a query. */
  static @Nullable String value(Request request, String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "camelhttpmethod" -> request.method();
      case "camelhttppath", "camelhttpuri" -> request.path();
      case "camelhttpquery" -> request.query();
      default -> null;
    };
  }

  /**
   * The head with what a route has set; null if that is the same.
   *
   * @param set gives what the route has set, or null; an empty query removes it
   * @throws HttpException if no client could have sent it
   */
  static @Nullable RequestHead of(RequestHead head, UnaryOperator<String> set)
      throws HttpException {
    String method = set.apply(Exchange.HTTP_METHOD);
    String path = set.apply(Exchange.HTTP_PATH);
    String query = set.apply(Exchange.HTTP_QUERY);
    String uri = set.apply(Exchange.HTTP_URI);
    if (method == null && path == null && query == null && uri == null) {
      return null;
    }
    String newPath = head.path();
    String newQuery = head.query();
    if (uri != null) {
      int mark = uri.indexOf('?');
      newPath = mark < 0 ? uri : uri.substring(0, mark);
      newQuery = mark < 0 ? newQuery : uri.substring(mark + 1);
    }
    if (path != null) {
      newPath = path;
    }
    if (query != null) {
      newQuery = query.isEmpty() ? null : query;
    }
    String newMethod = method == null ? head.method() : method;
    if (newMethod.equals(head.method())
        && newPath.equals(head.path())
        && Objects.equals(newQuery, head.query())) {
      return null;
    }
    return head.withTarget(newMethod, newQuery == null ? newPath : newPath + "?" + newQuery);
  }
}
