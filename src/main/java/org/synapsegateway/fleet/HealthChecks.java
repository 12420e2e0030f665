package org.synapsegateway.fleet;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;

/** The checks of Camel's that tell whether the gateway lives, and whether it is ready. */
public final class HealthChecks {
  private HealthChecks() {}

  /**
   * Adds them to a context whose routes have started.
   *
   * @param listening tells whether clients can connect
   * @param refused tells of changed files that are not loaded; null if there are none
   * @param blockedMillis tells for how long an event loop has stood still
   */
  public static void add(
      CamelContext context,
      Fleet fleet,
      Lookout lookout,
      BooleanSupplier listening,
      Supplier<RefusedReload> refused,
      LongSupplier blockedMillis) {
    Readiness.register(context, fleet, lookout, listening, refused);
    HealthCheckRegistry.get(context).register(new Liveness(blockedMillis));
  }
}
