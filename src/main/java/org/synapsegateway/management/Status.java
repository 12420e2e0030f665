package org.synapsegateway.management;

import java.util.ArrayList;
import java.util.List;
import org.synapsegateway.fleet.Condition;
import org.synapsegateway.fleet.Fleet;
import org.synapsegateway.fleet.Group;
import org.synapsegateway.fleet.Lookout;
import org.synapsegateway.fleet.RefusedReload;
import org.synapsegateway.metrics.Figures;
import org.synapsegateway.metrics.Ledger;
import org.synapsegateway.worker.WorkerEndpoint;

/**
 * The gateway at one moment, for the status page and for scripts.
 *
 * @param version of the gateway
 * @param uptimeSeconds since the gateway started
 * @param listening the address and port where clients connect
 * @param connections of clients that are open
 * @param generations of routes that run: one, and those that end what they have begun
 * @param refusedReload changed files that are not loaded; null if there are none
 * @param bounds the upper bounds of {@link Figures#firstByte()}, in seconds
 * @param all what all requests came to
 */
public record Status(
    String version,
    long uptimeSeconds,
    String listening,
    int connections,
    int generations,
    RefusedReload refusedReload,
    List<Double> bounds,
    Figures all,
    List<OfGroup> groups) {

  /**
   * A route with workers.
   *
   * @param by what its requests are balanced by; null if there is nothing to balance
   * @param fallback whether others take over when all its workers are gone
   */
  public record OfGroup(
      String name, String description, String by, boolean fallback, List<OfWorker> workers) {}

  /**
   * A worker in a group.
   *
   * @param server as the route names it
   * @param state up, busy, failing or down
   * @param detail what was found at its socket
   * @param share the part of the group's keys that it gets at this moment, from 0 to 1
   * @param waiting the requests that wait because it has maxInFlight
   * @param figures what its requests came to, from whichever groups
   */
  public record OfWorker(
      String name,
      String server,
      String state,
      String detail,
      boolean drained,
      double share,
      int waiting,
      Figures figures) {}

  /** All groups of a fleet as they are. */
  public static List<OfGroup> of(Fleet fleet, Lookout lookout, Ledger ledger) {
    return fleet.groups().stream().map(group -> of(group, lookout, ledger)).toList();
  }

  private static OfGroup of(Group group, Lookout lookout, Ledger ledger) {
    List<OfWorker> workers = new ArrayList<>();
    double[] shares = group.shares();
    for (WorkerEndpoint worker : group.workers()) {
      workers.add(of(worker, shares[workers.size()], lookout.of(worker), ledger));
    }
    return new OfGroup(group.name(), group.description(), group.by(), group.mayFallBack(), workers);
  }

  private static OfWorker of(
      WorkerEndpoint worker, double share, Condition condition, Ledger ledger) {
    return new OfWorker(
        worker.name(),
        worker.getServer(),
        condition.state().toString(),
        condition.detail(),
        worker.isDrained(),
        share,
        worker.waiting(),
        ledger.ofWorker(worker.name()));
  }
}
