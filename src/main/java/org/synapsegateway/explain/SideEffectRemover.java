// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.ErrorHandlerFactory;
import org.apache.camel.model.Model;
import org.apache.camel.model.ModelLifecycleStrategySupport;
import org.apache.camel.model.MulticastDefinition;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.RecipientListDefinition;
import org.apache.camel.model.RedeliveryPolicyDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SplitDefinition;
import org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;
import org.apache.camel.model.errorhandler.RefErrorHandlerDefinition;
import org.apache.camel.support.CamelContextHelper;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.config.RouteModel;

/** Takes from routes what runs an admin's code or takes time, and is no step. */
final class SideEffectRemover extends ModelLifecycleStrategySupport {
  private final CamelContext context;

  /** Whether all files are loaded: one of them may set the error handler of all routes. */
  private boolean loaded;

  SideEffectRemover(CamelContext context) {
    this.context = context;
  }

  @Override
  public void onAddRouteDefinition(RouteDefinition route) {
    RouteModel.all(route, OnExceptionDefinition.class).forEach(this::giveUpAtOnce);
    for (MulticastDefinition step : RouteModel.all(route, MulticastDefinition.class)) {
      inTurn(step.getParallelProcessing(), step::setParallelProcessing, step::setTimeout);
      drop(step.getAggregationStrategy(), step::setAggregationStrategy);
      drop(step.getOnPrepare(), step::setOnPrepare);
    }
    for (RecipientListDefinition<?> step : RouteModel.all(route, RecipientListDefinition.class)) {
      inTurn(step.getParallelProcessing(), step::setParallelProcessing, step::setTimeout);
      drop(step.getAggregationStrategy(), step::setAggregationStrategy);
      drop(step.getOnPrepare(), step::setOnPrepare);
    }
    for (SplitDefinition step : RouteModel.all(route, SplitDefinition.class)) {
      inTurn(step.getParallelProcessing(), step::setParallelProcessing, step::setTimeout);
      drop(step.getAggregationStrategy(), step::setAggregationStrategy);
      drop(step.getOnPrepare(), step::setOnPrepare);
    }
    if (loaded) {
      calmErrorHandler(route); // that of a Kamelet
    }
  }

  /** To be called once, when all files are loaded. */
  void allAreLoaded() {
    loaded = true;
    context
        .getCamelContextExtension()
        .getContextPlugin(Model.class)
        .getRouteDefinitions()
        .forEach(this::calmErrorHandler);
  }

  private void calmErrorHandler(RouteDefinition route) {
    ErrorHandlerFactory factory =
        route.isErrorHandlerFactorySet()
            ? route.getErrorHandlerFactory()
            : context.getCamelContextExtension().getErrorHandlerFactory();
    if (factory instanceof DefaultErrorHandlerDefinition handler) {
      drop(handler.getRedeliveryPolicyRef(), handler::setRedeliveryPolicyRef);
      if (handler.getRedeliveryPolicyRef() == null) { // Camel allows no other beside it
        handler.setRedeliveryPolicy(
            never(handler.hasRedeliveryPolicy() ? handler.getRedeliveryPolicy() : null));
      }
      drop(handler.getOnRedeliveryRef(), handler::setOnRedeliveryRef);
      drop(handler.getOnExceptionOccurredRef(), handler::setOnExceptionOccurredRef);
      drop(handler.getOnPrepareFailureRef(), handler::setOnPrepareFailureRef);
      drop(handler.getRetryWhileRef(), handler::setRetryWhileRef);
    } else if (route.getOutputs().stream().noneMatch(OnExceptionDefinition.class::isInstance)
        && !isUnknown(name(route, factory))) {
      // it would only log that no worker can be reached, which is intended
      route.setErrorHandlerFactory(new NoErrorHandlerDefinition());
    }
  }

  private static @Nullable String name(
      RouteDefinition route, @Nullable ErrorHandlerFactory factory) {
    return factory instanceof RefErrorHandlerDefinition named
            && !RefErrorHandlerDefinition.DEFAULT_ERROR_HANDLER_BUILDER.equals(named.getRef())
        ? named.getRef()
        : route.getErrorHandlerRef();
  }

  /** Whether a name is unknown, which Camel then reports with the step's place. */
  private boolean isUnknown(@Nullable String name) {
    return name != null
        && !name.startsWith("#class:")
        && !name.startsWith("#type:")
        && CamelContextHelper.lookup(
                context, context.resolvePropertyPlaceholders(name).replaceFirst("^#(bean:)?", ""))
            == null;
  }

  /** Without redelivery; what is no value stays, so that Camel says so. */
  private static RedeliveryPolicyDefinition never(@Nullable RedeliveryPolicyDefinition given) {
    RedeliveryPolicyDefinition never = given == null ? new RedeliveryPolicyDefinition() : given;
    never.setMaximumRedeliveries(unlessWrong(never.getMaximumRedeliveries(), "0"));
    never.setLogExhausted(unlessWrong(never.getLogExhausted(), "false"));
    never.setLogNewException(unlessWrong(never.getLogNewException(), "false"));
    return never;
  }

  private static String unlessWrong(@Nullable String given, String calm) {
    return given == null || given.matches("-?\\d+|true|false|.*\\{\\{.*") ? calm : given;
  }

  private void giveUpAtOnce(OnExceptionDefinition exception) {
    if (exception.getOutputs().isEmpty() && exception.getRedeliveryPolicyType() == null) {
      return; // with a policy it would be one that does something
    }
    exception.setRedeliveryPolicyType(never(exception.getRedeliveryPolicyType()));
    drop(exception.getRedeliveryPolicyRef(), exception::setRedeliveryPolicyRef);
    drop(exception.getOnRedeliveryRef(), exception::setOnRedeliveryRef);
    drop(exception.getOnExceptionOccurredRef(), exception::setOnExceptionOccurredRef);
    exception.setRetryWhile(null);
  }

  /** One after the other. A time-out is allowed in parallel only. */
  private static void inTurn(
      @Nullable String parallel,
      Consumer<String> setParallel,
      Consumer<@Nullable String> setTimeout) {
    if (parallel != null && !parallel.equals("false")) {
      setParallel.accept("false");
      setTimeout.accept(null);
    }
  }

  /** Removes an option that names code, unless the name is unknown. */
  private void drop(@Nullable String name, Consumer<@Nullable String> set) {
    if (!isUnknown(name)) {
      set.accept(null);
    }
  }
}
