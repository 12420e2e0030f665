// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.compare;

import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.explain.DryRunResult;
import org.synapsegateway.explain.Explanation;

/**
 * What the routes do with a request.
 *
 * @param group the group that they lead to
 * @param servedBy the group whose workers would be asked, the same or one that stands in; null if
 *     the gateway itself answers
 * @param servers those workers
 * @param first the one that is asked first; null if the gateway itself answers
 * @param by what the group's requests are balanced by; null if by nothing
 * @param status what the gateway itself answers; 0 if it does not, or if a route does in its own
 *     way
 */
record Ours(
    String group,
    @Nullable String servedBy,
    Set<String> servers,
    @Nullable String first,
    @Nullable String by,
    int status) {

  static Ours of(DryRunResult result) {
    if (result.attempts().isEmpty()) {
      return new Ours(
          result.group(), null, Set.of(), null, null, Explanation.answer(result).status());
    }
    RouteDefinition route = result.attempts().get(0).route();
    Set<String> servers = new LinkedHashSet<>();
    for (DryRunResult.Attempt attempt : result.attempts()) {
      if (attempt.route() == route) {
        servers.add(Addresses.normal(attempt.server()));
      }
    }
    DryRunResult.Balanced balanced = result.balanced();
    return new Ours(
        result.group(),
        route.getRouteId(),
        servers,
        Addresses.normal(result.attempts().get(0).server()),
        balanced == null || servers.size() < 2 ? null : balanced.block().getKey(),
        0);
  }

  /** A head that the front door would not let in. */
  static Ours refused(int status) {
    return new Ours("front", null, Set.of(), null, null, status);
  }

  String outcome() {
    return servedBy == null
        ? "answers " + (status == 0 ? "in its own way" : status)
        : servedBy.equals(group) ? group : group + ", served by " + servedBy;
  }
}
