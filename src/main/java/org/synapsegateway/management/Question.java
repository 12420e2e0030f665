// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import java.util.List;
import java.util.Map;

/**
 * A request to a {@link Page}.
 *
 * @param arguments those of the query, decoded, in their order
 * @param body the request's body; empty if there is none
 */
public record Question(Map<String, List<String>> arguments, String body) {
  /** All values of an argument; none if it is not given. */
  public List<String> all(String argument) {
    return arguments.getOrDefault(argument, List.of());
  }

  /**
   * The one value of an argument.
   *
   * @throws IllegalArgumentException if it is not given, or more than once
   */
  public String one(String argument) {
    List<String> values = all(argument);
    if (values.size() != 1) {
      throw new IllegalArgumentException(
          values.isEmpty()
              ? "the argument " + argument + " is missing: write ?" + argument + "=.."
              : "the argument " + argument + " is there more than once");
    }
    return values.get(0);
  }
}
