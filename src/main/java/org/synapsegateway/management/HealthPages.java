// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.HealthCheckRegistry;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.fleet.HealthChecks;

/**
 * The pages {@code /observe/health}, {@code /observe/health/live} and {@code
 * /observe/health/ready}: all of Camel's checks, with status 503 if one is down. Users' own checks
 * count too. {@code /observe/health/open} is the listener's check alone, and {@code /haproxy_test}
 * the liveness under the name that ess-helm's HAProxy has for it.
 */
final class HealthPages {
  /** What all checks together say, and each of them. */
  record Report(String status, List<Check> checks) {}

  /**
   * @param message what is wrong; null if nothing is
   * @param data what the check has found; null if nothing
   */
  record Check(
      String name, String status, @Nullable String message, @Nullable Map<String, Object> data) {}

  private final Supplier<CamelContext> context;

  /**
   * @param context the context that serves at this moment
   */
  HealthPages(Supplier<CamelContext> context) {
    this.context = context;
  }

  void putOn(Management port) {
    port.get("/observe/health", Lane.HEALTH, question -> all());
    port.get("/observe/health/live", Lane.LIVENESS, question -> live());
    port.get("/observe/health/ready", Lane.HEALTH, question -> ready());
    port.get("/observe/health/open", Lane.LIVENESS, question -> open());
    port.get("/haproxy_test", Lane.LIVENESS, question -> live());
  }

  private Answer all() {
    return answer(HealthCheckHelper.invoke(context.get()), true);
  }

  private Answer live() {
    return answer(HealthCheckHelper.invokeLiveness(context.get()), false);
  }

  private Answer ready() {
    return answer(HealthCheckHelper.invokeReadiness(context.get()), true);
  }

  /** Only a check that waits for nothing, for clients that ask each second. */
  private Answer open() {
    HealthCheck listener =
        HealthCheckRegistry.get(context.get()).getCheck(HealthChecks.LISTENER).orElseThrow();
    return answer(List.of(listener.callReadiness()), true);
  }

  private static Answer answer(Collection<HealthCheck.Result> results, boolean readiness) {
    boolean up = HealthCheckHelper.isResultsUp(results, readiness);
    List<Check> checks =
        results.stream().map(HealthPages::check).sorted(Comparator.comparing(Check::name)).toList();
    return Answer.json(up ? 200 : 503, new Report(up ? "UP" : "DOWN", checks));
  }

  private static Check check(HealthCheck.Result result) {
    Map<String, Object> data = new TreeMap<>(result.getDetails());
    data.keySet().removeIf(HealthCheckHelper::isReservedKey);
    return new Check(
        result.getCheck().getId(),
        result.getState().name(),
        result.getMessage().orElse(null),
        data.isEmpty() ? null : data);
  }
}
