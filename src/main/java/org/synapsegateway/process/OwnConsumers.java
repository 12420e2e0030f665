// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.Route;
import org.apache.camel.component.netty.http.NettyHttpEndpoint;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.NodeIdFactory;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.service.ServiceHelper;
import org.synapsegateway.config.RouteModel;
import org.synapsegateway.config.RouteRules;
import org.synapsegateway.routing.RoutePlaceholders;

/**
 * The consumers of one generation other than the front route: timers, listeners on other ports,
 * topics.
 *
 * <p>They run in one generation at a time, so that nothing happens twice and no port is taken
 * twice. They start when their generation takes over, and stop when another one does. Confined to
 * one thread at a time.
 */
final class OwnConsumers {
  /** What is sent to from routes of the same generation, and from nowhere else. */
  private static final Set<String> INSIDE = Set.of("direct", "disruptor", "seda", "stub");

  private final CamelContext context;
  private final NodeIdFactory nodeIds;
  private final List<String> waiting = new ArrayList<>();
  private final List<Consumer> stopped = new ArrayList<>();

  private OwnConsumers(CamelContext context) {
    this.context = context;
    this.nodeIds = context.getCamelContextExtension().getContextPlugin(NodeIdFactory.class);
  }

  /** Keeps the consumers of a context, which has not started, from starting with it. */
  static OwnConsumers holdBack(CamelContext context) {
    OwnConsumers own = new OwnConsumers(context);
    RouteModel.routes(context).forEach(own::holdBack);
    return own;
  }

  private void holdBack(RouteDefinition route) {
    String from = RoutePlaceholders.resolve(context, route, route.getInput().getEndpointUri());
    if (isOutside(from) && !from.contains(RouteRules.FRONT_DOOR) && startsByItself(route)) {
      route.setAutoStartup("false");
      waiting.add(route.idOrCreate(nodeIds));
    }
  }

  private boolean startsByItself(RouteDefinition route) {
    String startup = route.getAutoStartup();
    return startup == null || CamelContextHelper.parseBoolean(context, startup);
  }

  private static boolean isOutside(String uri) {
    return !INSIDE.contains(uri.replaceFirst("(?s):.*", ""));
  }

  /**
   * Stops those of another generation and starts these.
   *
   * @throws RuntimeException if one cannot start, for instance because its port is taken; those of
   *     the other generation run again then. So they do after an Error, such as that of a class
   *     that is missing
   */
  void takeOverFrom(OwnConsumers others) {
    try {
      others.stop();
      start();
    } catch (RuntimeException | Error e) {
      others.startAgain(e);
      throw e;
    }
  }

  /**
   * Starts them, or starts them again.
   *
   * @throws RuntimeException if one cannot start; none runs then
   */
  void start() {
    try {
      for (String route : waiting) {
        start(route);
      }
      ServiceHelper.startService(stopped);
    } catch (RuntimeException | Error e) {
      stop();
      throw e;
    }
    waiting.clear();
    stopped.clear();
  }

  private void startAgain(Throwable why) {
    try {
      start();
    } catch (RuntimeException | Error e) {
      why.addSuppressed(e);
    }
  }

  private void start(String route) {
    try {
      context.getRouteController().startRoute(route);
    } catch (Exception e) {
      throw new FailedToStartRouteException(route, e.getMessage(), e);
    }
  }

  /** Stops them; what they have begun continues, but a listener closes its connections. */
  void stop() {
    for (Route route : context.getRoutes()) {
      if (isOutside(route.getEndpoint().getEndpointUri()) && !isBehindFrontDoor(route)) {
        stop(route.getConsumer());
      }
    }
  }

  /** One that has not run, or was stopped by hand, is not to start later. */
  private void stop(Consumer consumer) {
    if (ServiceHelper.isStarted(consumer)) {
      stopped.add(consumer);
      ServiceHelper.stopService(consumer);
    }
  }

  private static boolean isBehindFrontDoor(Route route) {
    return route.getEndpoint() instanceof NettyHttpEndpoint http
        && http.getNettySharedHttpServer() != null;
  }
}
