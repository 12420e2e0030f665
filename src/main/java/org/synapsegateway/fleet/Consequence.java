// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.synapsegateway.worker.WorkerEndpoint;

/** What becomes of a group's requests while one of its workers is not well, in words. */
public final class Consequence {
  private Consequence() {}

  /**
   * Says it of one group.
   *
   * @param accepts returns whether a worker takes requests
   */
  public static String of(Fleet fleet, Group group, Predicate<WorkerEndpoint> accepts) {
    long up = group.serving(accepts).map(WorkerEndpoint::address).distinct().count();
    String requests = "requests of group " + group.name();
    if (up > 0) {
      return requests + " go to " + (up == 1 ? "the other worker" : "the other " + up);
    }
    return switch (fleet.served(group, accepts)) {
      case BY_WORKERS, BY_FALLBACK -> requests + " go to the fallback";
      case BY_NOBODY ->
          requests
              + " fail with 502, as "
              + (group.mayFallBack()
                  ? "its fallback (" + names(fleet.fallbacks(group)) + ") is down too"
                  : "there is no fallback")
              + drained(group, accepts);
    };
  }

  /** The drained workers that could serve, if there are any. */
  private static String drained(Group group, Predicate<WorkerEndpoint> accepts) {
    String drained =
        group.workers().stream()
            .filter(worker -> worker.isDrained() && accepts.test(worker))
            .map(WorkerEndpoint::name)
            .distinct()
            .collect(Collectors.joining(", "));
    return drained.isEmpty() ? "" : ", until you undrain one that is up: " + drained;
  }

  private static String names(List<Group> groups) {
    return groups.stream().map(Group::name).distinct().collect(Collectors.joining(", "));
  }
}
