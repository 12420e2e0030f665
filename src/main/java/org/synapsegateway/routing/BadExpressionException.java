// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.routing.pattern.BadPatternException;

/**
 * An expression of a route is not valid. The fault has file and line as far as they are known, what
 * is wrong, and how to mend it.
 */
public final class BadExpressionException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final transient Fault fault;

  private BadExpressionException(Fault fault, @Nullable Throwable cause) {
    super(fault.toString(), cause);
    this.fault = fault;
  }

  /** A request expression with a bad line. */
  static BadExpressionException of(CamelContext context, String expression, BadPatternException e) {
    RouteExpression where = RouteExpression.beingMade(context, RequestLanguage.NAME, expression);
    return new BadExpressionException(
        new Fault(
            Code.BAD_EXPRESSION,
            where == null ? "request, line " + e.line() : where.place(e.line()),
            e.text(),
            "column " + e.column() + ": " + e.getMessage() + e.quotation()),
        e);
  }

  /** An expression of one line. */
  static BadExpressionException of(
      CamelContext context, String language, String expression, String message) {
    RouteExpression where = RouteExpression.beingMade(context, language, expression);
    return new BadExpressionException(
        new Fault(
            Code.BAD_EXPRESSION, where == null ? language : where.place(1), expression, message),
        null);
  }

  /** What is wrong, and where. */
  public Fault fault() {
    return fault;
  }
}
