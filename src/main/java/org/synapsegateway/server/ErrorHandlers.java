// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.ErrorHandlerFactory;
import org.apache.camel.model.Model;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.RedeliveryPolicyDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;
import org.apache.camel.model.errorhandler.RefErrorHandlerDefinition;
import org.apache.camel.processor.errorhandler.RedeliveryPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Decides for each route which error handler its steps have.
 *
 * <p>A route that has an error handler keeps it: its own, a route configuration's, or that of all
 * routes. One that has none but is in the scope of an {@code onException} gets Camel's default,
 * which asks those. Any other route has none at all and pays nothing for it, because the front door
 * answers unhandled errors. Redelivery never waits on an event loop.
 */
public final class ErrorHandlers {
  private final CamelContext context;

  private ErrorHandlers(CamelContext context) {
    this.context = context;
  }

  /** Prepares the routes of a context, which has not started. */
  public static void choose(CamelContext context) {
    ErrorHandlers handlers = new ErrorHandlers(context);
    handlers.delayAside(context.getCamelContextExtension().getErrorHandlerFactory());
    Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
    model.getRouteDefinitions().forEach(handlers::prepare);
    model.getRouteTemplateDefinitions().forEach(template -> handlers.delay(template.getRoute()));
  }

  private void prepare(RouteDefinition route) {
    if (!hasOwn(route)) {
      route.setErrorHandlerFactory(
          exceptions(route).isEmpty() ? new NoErrorHandlerDefinition() : quiet());
    }
    delay(route);
  }

  private boolean hasOwn(RouteDefinition route) {
    return context.getCamelContextExtension().getErrorHandlerFactory() != null
        || route.getErrorHandlerRef() != null
        || route.isErrorHandlerFactorySet() && !isDefault(route.getErrorHandlerFactory());
  }

  private static boolean isDefault(ErrorHandlerFactory factory) {
    return factory instanceof RefErrorHandlerDefinition ref
        && RefErrorHandlerDefinition.DEFAULT_ERROR_HANDLER_BUILDER.equals(ref.getRef());
  }

  /** Unhandled errors are logged where they are answered. */
  private static DefaultErrorHandlerDefinition quiet() {
    RedeliveryPolicyDefinition policy = new RedeliveryPolicyDefinition();
    policy.setLogExhausted("false");
    DefaultErrorHandlerDefinition handler = new DefaultErrorHandlerDefinition();
    handler.setRedeliveryPolicy(policy);
    return handler;
  }

  /** The handlers of exceptions that are in scope: a route's own, its file's, a configuration's. */
  private static List<OnExceptionDefinition> exceptions(RouteDefinition route) {
    return route.getOutputs().stream()
        .filter(OnExceptionDefinition.class::isInstance)
        .map(OnExceptionDefinition.class::cast)
        .toList();
  }

  // ---- redelivery

  private void delay(RouteDefinition route) {
    if (route.isErrorHandlerFactorySet()) {
      delayAside(route.getErrorHandlerFactory());
    }
    for (OnExceptionDefinition exception : exceptions(route)) {
      delayAside(exception.getRedeliveryPolicyType(), exception.getRedeliveryPolicyRef());
    }
  }

  private void delayAside(ErrorHandlerFactory factory) {
    if (factory instanceof DefaultErrorHandlerDefinition handler) {
      delayAside(
          handler.hasRedeliveryPolicy() ? handler.getRedeliveryPolicy() : null,
          handler.getRedeliveryPolicyRef());
    } else if (factory instanceof RefErrorHandlerDefinition ref && !isDefault(ref)) {
      delayAside(
          context.getRegistry().lookupByNameAndType(ref.getRef(), ErrorHandlerFactory.class));
    }
  }

  private void delayAside(@Nullable RedeliveryPolicyDefinition policy, @Nullable String ref) {
    if (policy != null) {
      policy.setAsyncDelayedRedelivery("true");
    }
    RedeliveryPolicy shared =
        ref == null ? null : context.getRegistry().lookupByNameAndType(ref, RedeliveryPolicy.class);
    if (shared != null) {
      shared.setAsyncDelayedRedelivery(true);
    }
  }
}
