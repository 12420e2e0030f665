// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;

/** The checks of Camel's that tell whether the gateway lives, and whether it is ready. */
public final class HealthChecks {
  /** The id of the check that tells whether clients can connect. */
  public static final String LISTENER = "listener";

  private HealthChecks() {}

  /**
   * Adds them to a context whose routes have started.
   *
   * @param closed tells why clients are not to be led here; null if they are
   * @param refused tells of changed files that are not loaded; null if there are none
   * @param blockedMillis tells for how long an event loop has stood still
   */
  public static void add(
      CamelContext context,
      Fleet fleet,
      WorkerProbe lookout,
      Supplier<String> closed,
      Supplier<RefusedReload> refused,
      LongSupplier blockedMillis) {
    Readiness.register(context, fleet, lookout, closed, refused);
    HealthCheckRegistry.get(context).register(new Liveness(blockedMillis));
  }
}
