// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import java.util.Locale;
import java.util.function.Function;
import org.apache.camel.spi.annotations.Language;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.Slice;

/**
 * Asks for an argument of the query as nginx's {@code $arg_name} does: {@code since}, or {@code
 * full_state=true}.
 *
 * <p>The name is compared without its case, the first argument with that name and an equals sign
 * counts, and nothing is decoded. As a predicate, {@code name} is true if the value is not empty,
 * and {@code name=value} if it is that value; as an expression, {@code name} is the value, or null
 * if it is absent or empty. Safe for any thread.
 */
@Language("query")
public final class QueryLanguage extends NamedArgument {
  public QueryLanguage() {
    super(
        "query",
        "[!-~&&[^&#]]+",
        "about the query; write a name (since) for a value that is not empty, or name=value"
            + " (full_state=true), as they are sent, undecoded");
  }

  @Override
  Function<RequestHead, Slice> finder(String name) {
    String lowerName = name.toLowerCase(Locale.ROOT);
    return head -> Slice.of(head.bytes(), head.argument(lowerName));
  }
}
