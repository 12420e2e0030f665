// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.test;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.EndpointAware;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.synapsegateway.exchange.SharedServices;
import org.synapsegateway.loadbalance.HashKeyListener;
import org.synapsegateway.net.Loops;
import org.synapsegateway.request.Destinations;
import org.synapsegateway.request.Request;
import org.synapsegateway.server.FrontRoute;
import org.synapsegateway.settings.Settings;

/**
 * Gives a Camel context under test what the gateway's routes need: the front door, which stays
 * shut, and the settings.
 *
 * <p>For tests that extend nothing: {@code @CamelMainTest(configurationClasses =
 * GatewayContext.class, propertyPlaceholderLocations = "file:config/application.properties",
 * mockEndpointsAndSkip = "worker:*")}, and {@link #send}.
 */
public final class GatewayContext implements CamelConfiguration {
  private static final String KEY = "synapsegateway.test.key";
  private static final String WORKER = "synapsegateway.test.worker";
  private static final String CHOSEN = "synapsegateway.test.chosen";
  private static final String REQUEST = "synapsegateway.test.request";
  private static final String ROUTE = "synapsegateway.test.route";
  private static final long PATIENCE_SECONDS = 20;

  @Override
  public void configure(CamelContext context) {
    Settings settings = new Settings(context.getPropertiesComponent()::resolveProperty);
    HashKeyListener watch = (block, exchange, key) -> exchange.setProperty(KEY, key.text());
    SharedServices.of(context).put(Settings.class, settings).put(HashKeyListener.class, watch);
    context.getRegistry().bind("frontDoor", new FrontRoute(settings));
    context.getCamelContextExtension().addInterceptStrategy(new Notes());
  }

  /** Sends a request through the front route of a context that has started. */
  public static Routed send(CamelContext context, RequestBuilder request) {
    FrontRoute frontRoute =
        context.getRegistry().lookupByNameAndType("frontDoor", FrontRoute.class);
    CompletableFuture<Routed> routed = new CompletableFuture<>();
    try (Loops loops = new Loops(1)) {
      loops
          .group()
          .execute(
              () -> {
                try {
                  frontRoute.dryRun(
                      request.head(),
                      new InetSocketAddress(request.address(), 0),
                      loops.all().get(0),
                      (exchange, sent) -> exchange.setProperty(REQUEST, sent),
                      exchange -> routed.complete(routed(request, exchange)));
                } catch (RuntimeException e) {
                  routed.completeExceptionally(e);
                }
              });
      return routed.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }
  }

  private static Routed routed(RequestBuilder request, Exchange exchange) {
    return new Routed(
        request.toString(),
        exchange,
        group(exchange),
        exchange.getProperty(KEY, String.class),
        exchange.getProperty(WORKER, String.class));
  }

  /** Where the choices lead; else the route that has the worker. */
  private static String group(Exchange exchange) {
    String chosen = exchange.getProperty(CHOSEN, String.class);
    String counted = request(exchange).group();
    return exchange.getContext().getRoutes().stream()
        .filter(route -> route.getEndpoint().getEndpointUri().equals(chosen))
        .map(Route::getRouteId)
        .findFirst()
        .orElse(
            counted.equals(Destinations.NOWHERE)
                ? exchange.getProperty(ROUTE, String.class)
                : counted);
  }

  private static Request request(Exchange exchange) {
    return exchange.getProperty(REQUEST, Request.class);
  }

  /** Notes where choices lead, and the first worker that a request comes to. */
  private static final class Notes implements InterceptStrategy {
    @Override
    public Processor wrapProcessorInInterceptors(
        CamelContext context, NamedNode node, Processor target, Processor nextTarget) {
      Endpoint endpoint = target instanceof EndpointAware aware ? aware.getEndpoint() : null;
      if (endpoint == null) {
        return target;
      }
      String uri = endpoint.getEndpointUri();
      boolean isWorker = uri.startsWith("worker:");
      boolean isChosen = node.getParent() instanceof ChoiceDefinition;
      return new DelegateAsyncProcessor(target) {
        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
          if (isWorker && exchange.getProperty(WORKER) == null) {
            exchange.setProperty(WORKER, uri.replaceFirst("\\?.*", ""));
            exchange.setProperty(ROUTE, ExchangeHelper.getRouteId(exchange));
          } else if (isChosen && !request(exchange).hasGroup()) {
            exchange.setProperty(CHOSEN, uri);
          }
          return super.process(exchange, callback);
        }
      };
    }
  }
}
