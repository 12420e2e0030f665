// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import org.synapsegateway.fleet.Events;
import org.synapsegateway.fleet.Fleet;
import org.synapsegateway.fleet.Ring;
import org.synapsegateway.metrics.RequestCounters;

/** The pages of the management port for workers: their state, drain and undrain. */
public final class FleetPages {
  private FleetPages() {}

  /**
   * Puts the pages on the port.
   *
   * @param context the context that serves at this moment
   * @param fleet the fleet of that context
   * @param status returns the status, with the history from a sample's number on
   * @param change lets a page change the workers, or refuses it
   */
  public static void put(
      Management port,
      Supplier<CamelContext> context,
      Supplier<Fleet> fleet,
      RequestCounters counters,
      LongFunction<Status> status,
      Events events,
      UnaryOperator<Page> change) {
    new HealthPages(context).putOn(port);
    new DrainPages(fleet, counters, events).putOn(port, change);
    new StatusPages(status).putOn(port);
    port.get("/observe/ring", question -> Answer.json(200, Ring.of(fleet.get())));
  }
}
