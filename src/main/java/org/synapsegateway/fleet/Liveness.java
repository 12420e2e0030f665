// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * A Camel health check: whether the process can still serve: not, when an event loop is blocked for
 * so long that only a restart helps.
 */
final class Liveness extends AbstractHealthCheck {
  private static final long LOST_MILLIS = 30_000;

  private final LongSupplier blockedMillis;

  Liveness(LongSupplier blockedMillis) {
    super("gateway", "event loops");
    this.blockedMillis = blockedMillis;
  }

  @Override
  public boolean isReadiness() {
    return false;
  }

  @Override
  protected void doCall(HealthCheckResultBuilder result, Map<String, Object> options) {
    long blocked = blockedMillis.getAsLong();
    if (blocked < LOST_MILLIS) {
      result.up();
    } else {
      result.message("an event loop has been blocked for " + blocked + " ms").down();
    }
  }
}
