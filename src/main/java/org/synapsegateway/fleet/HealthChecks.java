// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;
import org.jspecify.annotations.Nullable;

/** Camel's health checks of liveness and readiness. */
public final class HealthChecks {
  /** The id of the check that tells whether clients can connect. */
  public static final String LISTENER = "listener";

  private HealthChecks() {}

  /**
   * Adds them to a context whose routes have started.
   *
   * @param fleet returns the fleet of these routes
   * @param closed returns why clients should go elsewhere; null if they need not
   * @param refused returns the reload that was refused; null if none was
   * @param blockedMillis returns for how long an event loop has been blocked
   */
  public static void add(
      CamelContext context,
      Supplier<Fleet> fleet,
      WorkerProbe probe,
      Supplier<@Nullable String> closed,
      Supplier<@Nullable RefusedReload> refused,
      LongSupplier blockedMillis) {
    Readiness.register(context, fleet, probe, closed, refused);
    HealthCheckRegistry.get(context).register(new Liveness(blockedMillis));
  }
}
