// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import java.util.function.Function;
import org.apache.camel.spi.annotations.Language;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.QueryArguments;
import org.synapsegateway.identity.Slice;

/**
 * Asks for an argument of the query as Synapse reads it: {@code full_state=true}, or {@code from}.
 *
 * <p>The first argument of this name is taken, whose case counts; names and values are decoded (see
 * {@link QueryArguments}). As a predicate, {@code name} is true if the value is not empty, and
 * {@code name=value} if it is that value, which is all that Synapse's {@code parse_boolean} takes
 * for true (synapse/http/servlet.py); as an expression, {@code name} is the value, or null if it is
 * absent or empty. Safe for any thread.
 */
@Language("argument")
public final class ArgumentLanguage extends NamedArgument {
  public ArgumentLanguage() {
    super(
        "argument",
        "[ -~]+",
        "about an argument; write a name (from) for a value that is not empty, or name=value"
            + " (full_state=true), both decoded");
  }

  @Override
  Function<RequestHead, Slice> finder(String name) {
    return head -> QueryArguments.first(head, name);
  }
}
