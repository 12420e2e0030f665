// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.fleet.Fleet;
import org.synapsegateway.fleet.Group;
import org.synapsegateway.metrics.RequestCounters;
import org.synapsegateway.worker.WorkerEndpoint;

/**
 * The result of a drain or undrain of a worker.
 *
 * @param worker its name
 * @param server as the routes name it
 * @param inFlight the requests that it still has
 * @param stillServes the groups in which it serves although it is drained, because no other worker
 *     may; null if none
 */
public record Drained(
    String worker,
    String server,
    boolean drained,
    long inFlight,
    @Nullable List<String> stillServes) {
  /** The same, after its last request. */
  public Drained idle() {
    return new Drained(worker, server, drained, 0, stillServes);
  }

  static Drained of(WorkerEndpoint worker, Fleet fleet, RequestCounters counters) {
    List<String> stillServes =
        fleet.groups().stream()
            .filter(group -> group.has(worker) && group.servesDrained())
            .map(Group::name)
            .toList();
    return new Drained(
        worker.name(),
        worker.getServer(),
        worker.isDrained(),
        counters.ofWorker(worker.name()).inFlight(),
        stillServes.isEmpty() ? null : stillServes);
  }
}
