// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.loadbalance.ConsistentHash;
import org.synapsegateway.loadbalance.HashRing;
import org.synapsegateway.worker.WorkerEndpoint;

/**
 * The workers that a route sends to.
 *
 * @param name the route's id
 * @param description the route's, or null
 * @param from the endpoint that the route takes requests from
 * @param workers at least one, unless it has lists of workers that have not been read yet
 * @param block what balances them; null if the route has a worker's step alone
 */
public record Group(
    String name,
    @Nullable String description,
    String from,
    List<WorkerEndpoint> workers,
    @Nullable ConsistentHash block) {

  /** Whether others take over when all workers are down. */
  public boolean mayFallBack() {
    return block != null && block.hasFallback();
  }

  /** What its requests are balanced by; null if there is nothing to balance. */
  public @Nullable String by() {
    return block == null ? null : block.getKey();
  }

  /** Whether its workers serve although all are drained, because no others may. */
  public boolean servesDrained() {
    return !mayFallBack() && workers.stream().allMatch(WorkerEndpoint::isDrained);
  }

  /** Its workers as members of its ring, at the moment of the fleet. */
  public List<HashRing.Member> members() {
    return workers.stream()
        .map(worker -> new HashRing.Member(worker.getServer(), worker.getWeight()))
        .toList();
  }

  public boolean has(WorkerEndpoint worker) {
    return workers.stream().anyMatch(own -> own.address().equals(worker.address()));
  }

  /** The endpoint of the fallback when all workers are down; null if there is none. */
  public @Nullable String fallbackUri() {
    return block != null && block.hasFallback() ? block.fallbackUri() : null;
  }

  /** Whether the group's requests go to one of its own workers at this moment. */
  public boolean served(Predicate<WorkerEndpoint> accepts) {
    return serving(accepts).findAny().isPresent();
  }

  /** The workers that its requests go to at this moment: drained ones if no others can serve. */
  Stream<WorkerEndpoint> serving(Predicate<WorkerEndpoint> accepts) {
    List<WorkerEndpoint> all = workers.stream().filter(accepts).toList();
    List<WorkerEndpoint> undrained = all.stream().filter(worker -> !worker.isDrained()).toList();
    return undrained.isEmpty() && !mayFallBack() ? all.stream() : undrained.stream();
  }

  /**
   * The share of its keys that each worker has at this moment; one that is drained or gone has
   * none.
   *
   * @param gone returns whether a worker cannot be reached
   */
  public double[] shares(Predicate<WorkerEndpoint> gone) {
    if (!served(gone.negate())) {
      return new double[workers.size()];
    }
    double[] shares = block == null ? new double[] {1} : block.shares(gone);
    // at the moment at which a list changes, the block has other workers already
    return shares.length == workers.size() ? shares : new double[workers.size()];
  }
}
