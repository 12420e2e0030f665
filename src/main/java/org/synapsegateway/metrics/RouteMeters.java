// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.metrics;

import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicy;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyFactory;
import org.apache.camel.spi.RoutePolicy;

/**
 * Camel's meters of routes, which stay when a route is removed: after a reload the new route of the
 * same name counts on them.
 */
public final class RouteMeters extends MicrometerRoutePolicyFactory {
  @Override
  public RoutePolicy createRoutePolicy(CamelContext context, String route, NamedNode node) {
    MicrometerRoutePolicy policy = new Policy(this);
    policy.setMeterRegistry(getMeterRegistry());
    policy.setPrettyPrint(isPrettyPrint());
    policy.setSkipCamelInfo(isSkipCamelInfo());
    policy.setDurationUnit(getDurationUnit());
    policy.setNamingStrategy(getNamingStrategy());
    policy.setConfiguration(getPolicyConfiguration());
    return policy;
  }

  private static final class Policy extends MicrometerRoutePolicy {
    Policy(MicrometerRoutePolicyFactory factory) {
      super(factory);
    }

    @Override
    public void onRemove(Route route) {
      // the meters are those of the next generation too
    }
  }
}
