// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.fleet.Events;
import org.synapsegateway.fleet.Fleet;
import org.synapsegateway.metrics.RequestCounters;
import org.synapsegateway.worker.WorkerEndpoint;

/**
 * The pages {@code /observe/drain} and {@code /observe/undrain}, which take a {@code POST} with
 * {@code ?worker=NAME}.
 */
final class DrainPages {
  private static final Logger LOG = LoggerFactory.getLogger(DrainPages.class);

  private final Supplier<Fleet> fleet;
  private final RequestCounters counters;
  private final Events events;

  /**
   * @param fleet the fleet that serves at this moment
   */
  DrainPages(Supplier<Fleet> fleet, RequestCounters counters, Events events) {
    this.fleet = fleet;
    this.counters = counters;
    this.events = events;
  }

  /**
   * Puts them on the port.
   *
   * @param change lets a page change the workers, or refuses it
   */
  void putOn(Management port, UnaryOperator<Page> change) {
    Page drain = question -> drain(question, true);
    Page undrain = question -> drain(question, false);
    port.change("/observe/drain", Lane.ORDINARY, change.apply(drain));
    port.change("/observe/undrain", Lane.ORDINARY, change.apply(undrain));
  }

  private Answer drain(Question question, boolean drained) {
    Fleet now = fleet.get();
    // a drain is of the worker, which its endpoints share, so one of them is enough
    WorkerEndpoint worker = now.named(question.one("worker"));
    String outcome = drained ? "is drained" : "takes requests again";
    if (worker.isDrained() != drained) {
      events.add(drained ? Events.Kind.DRAINED : Events.Kind.UNDRAINED, worker.name(), outcome);
    }
    worker.drain(drained);
    LOG.info("Worker {} {}", worker.name(), outcome);
    return Answer.json(200, Drained.of(worker, now, counters));
  }
}
