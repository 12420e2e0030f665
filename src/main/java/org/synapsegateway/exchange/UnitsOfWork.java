// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.impl.engine.DefaultUnitOfWork;
import org.apache.camel.impl.engine.DefaultUnitOfWorkFactory;
import org.apache.camel.spi.InflightRepository;
import org.apache.camel.spi.UnitOfWork;
import org.jspecify.annotations.Nullable;

/**
 * Makes Camel's units of work with a cheaper stack of routes: an exchange is in one thread at a
 * time, so entering a route takes no compare-and-set, and leaving it neither.
 */
public final class UnitsOfWork extends DefaultUnitOfWorkFactory {
  private @Nullable InflightRepository inflight;
  private boolean original;
  private boolean breadcrumb;
  private boolean mdc;

  @Override
  public void afterPropertiesConfigured(CamelContext context) {
    super.afterPropertiesConfigured(context);
    inflight = context.getInflightRepository();
    original = Boolean.TRUE.equals(context.isAllowUseOriginalMessage());
    breadcrumb = Boolean.TRUE.equals(context.isUseBreadcrumb());
    mdc = Boolean.TRUE.equals(context.isUseMDCLogging());
  }

  @Override
  public UnitOfWork createUnitOfWork(Exchange exchange) {
    return mdc
        ? super.createUnitOfWork(exchange)
        : new Unit(exchange, inflight, original, breadcrumb);
  }

  /** As many routes inside one another nobody writes, so that they go round in circles. */
  private static final int MAX_DEPTH = 1_000;

  /** A route that the exchange is in. */
  private record Visit(Route route, @Nullable Visit before, int depth) {}

  private static final class Unit extends DefaultUnitOfWork {
    private @Nullable Visit last;

    private Unit(
        Exchange exchange,
        @Nullable InflightRepository inflight,
        boolean original,
        boolean breadcrumb) {
      super(exchange, inflight, original, breadcrumb);
    }

    @Override
    public @Nullable Route getRoute() {
      Visit visit = last;
      return visit == null ? null : visit.route;
    }

    @Override
    public void pushRoute(Route route) {
      Visit before = last;
      int depth = before == null ? 1 : before.depth + 1;
      if (depth > MAX_DEPTH) {
        throw new IllegalStateException(
            "the routes go round in circles: route %s is the %dth inside another"
                .formatted(route.getRouteId(), depth));
      }
      last = new Visit(route, before, depth);
    }

    @Override
    public @Nullable Route popRoute() {
      Visit visit = last;
      if (visit == null) {
        return null;
      }
      last = visit.before;
      return visit.route;
    }

    @Override
    public int routeStackLevel() {
      return routeStackLevel(true, true);
    }

    @Override
    public int routeStackLevel(boolean includeRouteTemplate, boolean includeKamelet) {
      int level = 0;
      for (Visit visit = last; visit != null; visit = visit.before) {
        Route route = visit.route;
        if (route.isCreatedByKamelet()
            ? includeKamelet
            : includeRouteTemplate || !route.isCreatedByRouteTemplate()) {
          level++;
        }
      }
      return level;
    }

    @Override
    public void reset() {
      super.reset();
      last = null;
    }
  }
}
