package org.synapsegateway.fleet;

import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;
import org.synapsegateway.observe.Ledger;
import org.synapsegateway.observe.Management;
import org.synapsegateway.observe.Meters;

/** What the management port tells of the workers, and does with them. */
public final class FleetPages {
  private FleetPages() {}

  /**
   * Adds the checks of health to a context whose routes have started.
   *
   * @param listening tells whether clients can connect
   * @param refused tells of changed files that are not loaded; null if there are none
   * @param blockedMillis tells for how long an event loop has stood still
   */
  public static void addChecks(
      CamelContext context,
      Fleet fleet,
      Lookout lookout,
      BooleanSupplier listening,
      Supplier<RefusedReload> refused,
      LongSupplier blockedMillis) {
    Readiness.register(context, fleet, lookout, listening, refused);
    HealthCheckRegistry.get(context).register(new Liveness(blockedMillis));
  }

  /** Adds the meters of the fleet that serves at this moment. */
  public static void addMeters(Meters meters, Supplier<Fleet> fleet, Lookout lookout) {
    FleetMeters.show(meters, fleet, lookout);
  }

  /**
   * Puts the pages on the port.
   *
   * @param context the context that serves at this moment
   * @param fleet the fleet of that context
   * @param status tells all, with the past from the sample of a number on
   */
  public static void put(
      Management port,
      Supplier<CamelContext> context,
      Supplier<Fleet> fleet,
      Ledger ledger,
      LongFunction<Status> status,
      Events events) {
    new HealthPages(context).putOn(port);
    new DrainPages(fleet, ledger, events).putOn(port);
    new StatusPages(status).putOn(port);
  }
}
