// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.impl.engine.DefaultInflightRepository;
import org.apache.camel.impl.engine.DefaultUnitOfWork;
import org.apache.camel.impl.engine.DefaultUnitOfWorkFactory;
import org.apache.camel.spi.InflightRepository;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.spi.UnitOfWorkFactory;
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

  /** Has the exchanges of a context, which has not started, be such units. */
  public static void use(CamelContext context) {
    context.setInflightRepository(new InFlight());
    context.getCamelContextExtension().addContextPlugin(UnitOfWorkFactory.class, new UnitsOfWork());
  }

  @Override
  public UnitOfWork createUnitOfWork(Exchange exchange) {
    return mdc
        ? super.createUnitOfWork(exchange)
        : new Unit(exchange, inflight, original, breadcrumb);
  }

  /**
   * Takes an exchange out of its routes, which a stop waits for: Camel does not when an Error ends
   * it.
   */
  public static void leaveRoutes(Exchange exchange) {
    if (exchange.getUnitOfWork() instanceof Unit unit) {
      unit.leaveTo(null, exchange);
    } else if (exchange.getUnitOfWork() != null) { // of MDC logging
      UnitOfWork work = exchange.getUnitOfWork();
      InflightRepository inFlight = exchange.getContext().getInflightRepository();
      for (Route left = work.popRoute(); left != null; left = work.popRoute()) {
        inFlight.remove(exchange, left.getRouteId());
      }
    }
  }

  /**
   * Runs what begins an exchange, or continues it in another route. An Error in it ends the
   * exchange at once, or by {@link #end}.
   */
  static boolean process(AsyncProcessor step, Exchange exchange, AsyncCallback callback) {
    if (!(exchange.getUnitOfWork() instanceof Unit unit)) {
      return Guarded.process(step, exchange, callback);
    }
    if (unit.end != null) {
      return step.process(exchange, callback);
    }
    Visit begun = unit.last;
    Guarded guarded =
        new Guarded(
            doneSync -> {
              unit.end = null;
              unit.leaveTo(begun, exchange);
              callback.done(doneSync);
            });
    unit.end = guarded;
    return guarded.process(step, exchange);
  }

  /** Ends a failed exchange where it has begun; returns whether that is known. */
  static boolean end(Exchange exchange) {
    AsyncCallback end = exchange.getUnitOfWork() instanceof Unit unit ? unit.end : null;
    if (end == null) {
      return false;
    }
    end.done(false);
    return true;
  }

  /** Nobody nests this many routes, so they call each other in a circle. */
  private static final int MAX_DEPTH = 1_000;

  /** A route that the exchange is in, or whose step has started the exchange. */
  private static final class Visit {
    private final Route route;
    private final @Nullable Visit before;
    private final short depth; // so that all of it takes 24 bytes

    /** Whether a stop waits for it, as it does not for the route of a step. */
    private boolean inFlight;

    private Visit(Route route, @Nullable Visit before) {
      this.route = route;
      this.before = before;
      this.depth = (short) (before == null ? 1 : before.depth + 1);
    }
  }

  /** Counts what a stop waits for, as Camel does, and notes it in the exchange. */
  private static final class InFlight extends DefaultInflightRepository {
    @Override
    public void add(Exchange exchange, String routeId) {
      super.add(exchange, routeId);
      if (exchange.getUnitOfWork() instanceof Unit work && work.last != null) {
        work.last.inFlight = true;
      }
    }
  }

  private static final class Unit extends DefaultUnitOfWork {
    private @Nullable Visit last;

    /** Ends the exchange of no client where it has begun; null if it ends elsewhere. */
    private @Nullable AsyncCallback end;

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
      Visit visit = new Visit(route, last);
      if (visit.depth > MAX_DEPTH) {
        throw new IllegalStateException(
            "the routes go round in circles: route %s is the %dth inside another"
                .formatted(route.getRouteId(), visit.depth));
      }
      last = visit;
    }

    @Override
    public @Nullable Route popRoute() {
      Visit left = last;
      if (left == null) {
        return null;
      }
      last = left.before;
      return left.route;
    }

    /** Leaves the routes that the exchange has come to since a visit, which is null for all. */
    @SuppressWarnings("ReferenceEquality")
    private void leaveTo(@Nullable Visit visit, Exchange exchange) {
      InflightRepository inFlight = exchange.getContext().getInflightRepository();
      while (last != null && last != visit) {
        Visit left = last;
        last = left.before;
        if (left.inFlight) {
          inFlight.remove(exchange, left.route.getRouteId());
        }
      }
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
      end = null;
    }
  }
}
