// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.spi.annotations.Language;
import org.apache.camel.support.LanguageSupport;
import org.apache.camel.support.PredicateToExpressionAdapter;
import org.synapsegateway.routing.pattern.BadPatternException;
import org.synapsegateway.routing.pattern.Matches;

/**
 * Matches requests by method and path, with lines as in Synapse's docs/workers.md.
 *
 * <pre>{@code
 * # any of these lines
 * GET ^/_matrix/client/(r0|v3)/sync$
 * GET|PUT ^/_matrix/client/v3/rooms/[^/]+/state/
 * }</pre>
 *
 * <p>Paths are matched as they were sent, undecoded and without the query, as Synapse does. A line
 * without {@code $} matches every path with that beginning; a line without method matches every
 * method; {@code GET} means HEAD too. All expressions of a context are one automaton, so their
 * number costs a request nothing. Safe for any thread.
 */
@Language(RequestLanguage.NAME)
public final class RequestLanguage extends LanguageSupport {
  static final String NAME = "request";

  private final RequestPatterns patterns = new RequestPatterns();

  /**
   * @throws BadExpressionException if a line cannot be read
   */
  @Override
  public Predicate createPredicate(String expression) {
    try {
      return new RequestPredicate(patterns, patterns.get(expression), expression);
    } catch (BadPatternException e) {
      throw BadExpressionException.of(getCamelContext(), expression, e);
    }
  }

  @Override
  public Expression createExpression(String expression) {
    return PredicateToExpressionAdapter.toExpression(createPredicate(expression));
  }

  /** One {@code request} expression of a route. */
  static final class RequestPredicate implements Predicate {
    private final RequestPatterns patterns;
    private final RequestPattern pattern;
    private final String text;

    RequestPredicate(RequestPatterns patterns, RequestPattern pattern, String text) {
      this.patterns = patterns;
      this.pattern = pattern;
      this.text = text;
    }

    @Override
    public boolean matches(Exchange exchange) {
      return isAmong(matchesOf(exchange));
    }

    /** What the request matches of all patterns of the context. */
    Matches matchesOf(Exchange exchange) {
      return patterns.matches(Requests.of(exchange));
    }

    boolean isAmong(Matches matches) {
      return matches.contains(pattern.id());
    }

    @Override
    public String toString() {
      return "request{" + text + "}";
    }
  }
}
