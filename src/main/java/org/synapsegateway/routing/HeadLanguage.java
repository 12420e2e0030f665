// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.support.LanguageSupport;

/** A language whose expressions ask for one value of a request's head. Safe for any thread. */
abstract class HeadLanguage extends LanguageSupport {
  /**
   * @throws BadExpressionException if it is no question of this language
   */
  @Override
  public final Predicate createPredicate(String expression) {
    return parse(expression);
  }

  /**
   * @throws BadExpressionException if it is no question of this language
   */
  @Override
  public final Expression createExpression(String expression) {
    return parse(expression);
  }

  abstract HeadValue parse(String expression);
}
