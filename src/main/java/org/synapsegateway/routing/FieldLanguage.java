// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import java.util.Locale;
import org.apache.camel.spi.annotations.Language;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.http.Span;
import org.synapsegateway.identity.Slice;

/**
 * Asks for a header field of the request: {@code User-Agent}, or {@code X-Bridge: irc}.
 *
 * <p>The name is compared without its case, and the first field line of that name counts. As a
 * predicate, {@code Name} is true if the value is not empty, and {@code Name: value} if the value
 * equals it; as an expression, {@code Name} is the value, or null if it is absent or empty. Safe
 * for any thread.
 */
@Language("field")
public final class FieldLanguage extends HeadLanguage {
  @Override
  HeadValue parse(String expression) {
    int colon = expression.indexOf(':');
    String name = colon < 0 ? expression : expression.substring(0, colon);
    String value = colon < 0 ? null : expression.substring(colon + 1).strip();
    // a name is a token: RFC 9110 section 5.1
    if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")
        || value != null && !value.matches("[ -~\\t]+")) {
      throw BadExpressionException.of(
          getCamelContext(),
          "field",
          expression,
          "\""
              + expression
              + "\" is no question about a header field; write a name (User-Agent) for a value that"
              + " is not empty, or Name: value");
    }
    String lowerName = name.toLowerCase(Locale.ROOT);
    return new HeadValue(
        "field{" + expression + "}", head -> Slice.of(head.bytes(), find(head, lowerName)), value);
  }

  private static long find(RequestHead head, String lowerName) {
    int line = head.find(lowerName, 0);
    return line < 0 ? Span.EMPTY : Span.of(head.valueStart(line), head.valueEnd(line));
  }
}
