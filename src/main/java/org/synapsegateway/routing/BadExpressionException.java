package org.synapsegateway.routing;

import org.apache.camel.CamelContext;
import org.synapsegateway.routing.pattern.BadPatternException;

/**
 * An expression in a route that cannot be read.
 *
 * <p>The message is complete: file, line and route as far as they are known, what is wrong, and how
 * to mend it.
 */
public final class BadExpressionException extends IllegalArgumentException {
  private BadExpressionException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A request expression with a line that cannot be read. */
  static BadExpressionException of(CamelContext context, String expression, BadPatternException e) {
    RouteExpression where = RouteExpression.beingMade(context, RequestLanguage.NAME, expression);
    String place = where == null ? "request, line " + e.line() : where.place(e.line());
    return new BadExpressionException(
        place + ", column " + e.column() + ": " + e.getMessage() + e.quotation(), e);
  }

  /** An expression of one line. */
  static BadExpressionException of(
      CamelContext context, String language, String expression, String message) {
    RouteExpression where = RouteExpression.beingMade(context, language, expression);
    String place = where == null ? language : where.place(1);
    return new BadExpressionException(place + ": " + message, null);
  }
}
