// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import java.util.Arrays;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.impl.engine.DefaultInflightRepository;
import org.apache.camel.impl.engine.DefaultUnitOfWork;
import org.apache.camel.impl.engine.DefaultUnitOfWorkFactory;
import org.apache.camel.spi.InflightRepository;
import org.apache.camel.spi.Synchronization;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.spi.UnitOfWorkFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes Camel's units of work with a cheaper stack of routes: an exchange is in one thread at a
 * time, so entering a route takes no compare-and-set, and leaving it neither.
 */
public final class UnitsOfWork extends DefaultUnitOfWorkFactory {
  /** How many routes may call each other on one stack. */
  private static final int MAX_STACKED = 16;

  /** Nobody nests this many routes, so they call each other in a circle. */
  private static final int MAX_DEPTH = 1_000;

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
      unit.leaveTo(0, exchange);
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
    int begun = unit.depth;
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

  /**
   * Says that an exchange comes into other hands than the gateway's own, which may keep it for
   * longer than its request.
   */
  public static void lend(Exchange exchange) {
    if (exchange.getUnitOfWork() instanceof Unit unit) {
      unit.shared = true;
    }
  }

  /** Whether the exchange of a unit of work has been in no other hands than the gateway's own. */
  static boolean isUnshared(UnitOfWork work) {
    return work instanceof Unit unit && !unit.shared;
  }

  /** Whether an exchange is in so few routes that one may call the next on the same stack. */
  static boolean isShallow(Exchange exchange) {
    return exchange.getUnitOfWork() instanceof Unit unit && unit.depth <= MAX_STACKED;
  }

  /** Counts what a stop waits for, as Camel does, and notes it in the exchange. */
  private static final class InFlight extends DefaultInflightRepository {
    @Override
    public void add(Exchange exchange, String routeId) {
      super.add(exchange, routeId);
      if (exchange.getUnitOfWork() instanceof Unit work && work.depth > 0) {
        work.awaited[work.depth - 1] = true;
      }
    }
  }

  private static final class Unit extends DefaultUnitOfWork {
    /** The routes that the exchange is in, or whose steps have started it, the outermost first. */
    private Route[] routes = new Route[4];

    /** For which of them a stop waits, as it does not for the route of a step. */
    private boolean[] awaited = new boolean[4];

    private int depth;

    /** Ends the exchange of no client where it has begun; null if it ends elsewhere. */
    private @Nullable AsyncCallback end;

    /** Whether code that is not the gateway's own may have kept the exchange. */
    private boolean shared;

    private Unit(
        Exchange exchange,
        @Nullable InflightRepository inflight,
        boolean original,
        boolean breadcrumb) {
      super(exchange, inflight, original, breadcrumb);
    }

    @Override
    public @Nullable Route getRoute() {
      return depth == 0 ? null : routes[depth - 1];
    }

    @Override
    public void pushRoute(Route route) {
      if (depth == MAX_DEPTH) {
        throw new IllegalStateException(
            "the routes go round in circles: route %s is the %dth inside another"
                .formatted(route.getRouteId(), depth + 1));
      }
      if (depth == routes.length) {
        routes = Arrays.copyOf(routes, 2 * depth);
        awaited = Arrays.copyOf(awaited, 2 * depth);
      }
      routes[depth] = route;
      awaited[depth] = false;
      depth++;
      shared |= !route.getRoutePolicyList().isEmpty();
    }

    @Override
    public void addSynchronization(Synchronization synchronization) {
      shared = true;
      super.addSynchronization(synchronization);
    }

    @Override
    public @Nullable Route popRoute() {
      return depth == 0 ? null : routes[--depth];
    }

    /** Leaves the routes that the exchange has come to since it was in so many. */
    private void leaveTo(int before, Exchange exchange) {
      InflightRepository inFlight = exchange.getContext().getInflightRepository();
      while (depth > before) {
        depth--;
        if (awaited[depth]) {
          inFlight.remove(exchange, routes[depth].getRouteId());
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
      for (Route route : Arrays.asList(routes).subList(0, depth)) {
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
      depth = 0;
      end = null;
      shared = false;
    }
  }
}
