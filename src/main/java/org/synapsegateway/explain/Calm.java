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
import org.apache.camel.model.errorhandler.DeadLetterChannelDefinition;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;
import org.apache.camel.model.errorhandler.RefErrorHandlerDefinition;
import org.apache.camel.support.CamelContextHelper;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.config.RouteModel;

/** Takes from routes what runs an admin's code or takes time, and is no step. */
final class Calm extends ModelLifecycleStrategySupport {
  /** Whether all files are loaded: one of them may set the error handler of all routes. */
  private boolean loaded;

  @Override
  public void onAddRouteDefinition(RouteDefinition route) {
    RouteModel.all(route, OnExceptionDefinition.class).forEach(Calm::giveUpAtOnce);
    for (MulticastDefinition step : RouteModel.all(route, MulticastDefinition.class)) {
      inTurn(step.getParallelProcessing(), step::setParallelProcessing, step::setTimeout);
      drop(route, step.getAggregationStrategy(), step::setAggregationStrategy);
      drop(route, step.getOnPrepare(), step::setOnPrepare);
    }
    for (RecipientListDefinition<?> step : RouteModel.all(route, RecipientListDefinition.class)) {
      inTurn(step.getParallelProcessing(), step::setParallelProcessing, step::setTimeout);
      drop(route, step.getAggregationStrategy(), step::setAggregationStrategy);
      drop(route, step.getOnPrepare(), step::setOnPrepare);
    }
    for (SplitDefinition step : RouteModel.all(route, SplitDefinition.class)) {
      inTurn(step.getParallelProcessing(), step::setParallelProcessing, step::setTimeout);
      drop(route, step.getAggregationStrategy(), step::setAggregationStrategy);
      drop(route, step.getOnPrepare(), step::setOnPrepare);
    }
    if (loaded) {
      calmErrorHandler(route); // that of a Kamelet
    }
  }

  /** To be called once, when all files are loaded. */
  void allAreLoaded(CamelContext context) {
    loaded = true;
    context
        .getCamelContextExtension()
        .getContextPlugin(Model.class)
        .getRouteDefinitions()
        .forEach(Calm::calmErrorHandler);
  }

  private static void calmErrorHandler(RouteDefinition route) {
    ErrorHandlerFactory factory = factory(route);
    if (factory instanceof DeadLetterChannelDefinition dead) {
      dead.setRedeliveryPolicy(never());
      dead.setRedeliveryPolicyRef(null);
      dead.setOnRedeliveryRef(null);
      dead.setOnExceptionOccurredRef(null);
      dead.setOnPrepareFailureRef(null);
    } else if (route.getOutputs().stream().noneMatch(OnExceptionDefinition.class::isInstance)
        && !isUnknown(route, name(route, factory))) {
      // it would only log that no worker can be reached, which is intended
      route.setErrorHandlerFactory(new NoErrorHandlerDefinition());
    }
  }

  private static @Nullable ErrorHandlerFactory factory(RouteDefinition route) {
    return route.isErrorHandlerFactorySet()
        ? route.getErrorHandlerFactory()
        : route.getCamelContext().getCamelContextExtension().getErrorHandlerFactory();
  }

  private static @Nullable String name(
      RouteDefinition route, @Nullable ErrorHandlerFactory factory) {
    return factory instanceof RefErrorHandlerDefinition named
            && !RefErrorHandlerDefinition.DEFAULT_ERROR_HANDLER_BUILDER.equals(named.getRef())
        ? named.getRef()
        : route.getErrorHandlerRef();
  }

  /** Whether a name is nobody's, which Camel is to say with the step's place. */
  private static boolean isUnknown(RouteDefinition route, @Nullable String name) {
    return name != null
        && !name.startsWith("#class:")
        && !name.startsWith("#type:")
        && CamelContextHelper.lookup(
                route.getCamelContext(),
                route
                    .getCamelContext()
                    .resolvePropertyPlaceholders(name)
                    .replaceFirst("^#(bean:)?", ""))
            == null;
  }

  private static RedeliveryPolicyDefinition never() {
    RedeliveryPolicyDefinition never = new RedeliveryPolicyDefinition();
    never.setMaximumRedeliveries("0");
    never.setLogExhausted("false");
    never.setLogNewException("false");
    return never;
  }

  private static void giveUpAtOnce(OnExceptionDefinition exception) {
    exception.setRedeliveryPolicyType(never());
    exception.setRedeliveryPolicyRef(null);
    exception.setOnRedeliveryRef(null);
    exception.setOnExceptionOccurredRef(null);
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

  /** Takes an option that names code, unless the name is nobody's. */
  private static void drop(
      RouteDefinition route, @Nullable String name, Consumer<@Nullable String> set) {
    if (!isUnknown(route, name)) {
      set.accept(null);
    }
  }
}
