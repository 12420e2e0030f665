// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import java.util.function.Function;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.Slice;

/**
 * A language that asks for an argument of the query: {@code name}, or {@code name=value}. Safe for
 * any thread.
 */
abstract class NamedArgument extends HeadLanguage {
  private final String language;
  private final String values;
  private final String hint;

  /**
   * @param values what a value looks like, as a regular expression
   * @param hint what it asks about, and what to write, for who asks for nothing that can be asked
   */
  NamedArgument(String language, String values, String hint) {
    this.language = language;
    this.values = values;
    this.hint = hint;
  }

  /** Finds the value of the argument with a name. */
  abstract Function<RequestHead, Slice> finder(String name);

  @Override
  final HeadValue parse(String expression) {
    int equals = expression.indexOf('=');
    String name = equals < 0 ? expression : expression.substring(0, equals);
    String value = equals < 0 ? null : expression.substring(equals + 1);
    if (!name.matches("[!-~&&[^&?#]]+") || value != null && !value.matches(values)) {
      throw BadExpressionException.of(
          getCamelContext(), language, expression, "\"" + expression + "\" is no question " + hint);
    }
    return new HeadValue(language + "{" + expression + "}", finder(name), value);
  }
}
