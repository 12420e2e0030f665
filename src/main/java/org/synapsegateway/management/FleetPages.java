package org.synapsegateway.management;

import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.synapsegateway.fleet.Fleet;
import org.synapsegateway.metrics.Ledger;

/** What the management port tells of the workers, and does with them. */
public final class FleetPages {
  private FleetPages() {}

  /**
   * Puts the pages on the port.
   *
   * @param context the context that serves at this moment
   * @param fleet the fleet of that context
   */
  public static void put(
      Management port,
      Supplier<CamelContext> context,
      Supplier<Fleet> fleet,
      Ledger ledger,
      Supplier<Status> status) {
    new HealthPages(context).putOn(port);
    new DrainPages(fleet, ledger).putOn(port);
    new StatusPages(status).putOn(port);
  }
}
