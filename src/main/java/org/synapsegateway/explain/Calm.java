// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

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
import org.synapsegateway.config.RouteModel;

/** Takes from routes what runs an admin's code or takes time, and is no step. */
final class Calm extends ModelLifecycleStrategySupport {
  @Override
  public void onAddRouteDefinition(RouteDefinition route) {
    if (route.isErrorHandlerFactorySet()
        && route.getErrorHandlerFactory() instanceof DeadLetterChannelDefinition dead) {
      dead.setRedeliveryPolicy(never());
      dead.setRedeliveryPolicyRef(null);
      dead.setOnRedeliveryRef(null);
      dead.setOnExceptionOccurredRef(null);
      dead.setOnPrepareFailureRef(null);
    } else if (route.getOutputs().stream().noneMatch(OnExceptionDefinition.class::isInstance)
        && !isUnknown(route, handler(route))) {
      // it would only log that no worker can be reached, which is intended
      route.setErrorHandlerFactory(new NoErrorHandlerDefinition());
    }
    RouteModel.all(route, OnExceptionDefinition.class).forEach(Calm::giveUpAtOnce);
    RouteModel.all(route, MulticastDefinition.class).forEach(step -> inOrder(route, step));
    RouteModel.all(route, RecipientListDefinition.class).forEach(step -> inOrder(route, step));
    RouteModel.all(route, SplitDefinition.class).forEach(step -> inOrder(route, step));
  }

  private static String handler(RouteDefinition route) {
    return route.isErrorHandlerFactorySet()
            && route.getErrorHandlerFactory() instanceof RefErrorHandlerDefinition named
            && !RefErrorHandlerDefinition.DEFAULT_ERROR_HANDLER_BUILDER.equals(named.getRef())
        ? named.getRef()
        : route.getErrorHandlerRef();
  }

  /** Whether a name is nobody's, which Camel is to say with the step's place. */
  private static boolean isUnknown(RouteDefinition route, String name) {
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

  private static boolean isParallel(String text) {
    return text != null && !text.equals("false");
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

  private static void inOrder(RouteDefinition route, MulticastDefinition step) {
    if (isParallel(step.getParallelProcessing())) {
      step.setParallelProcessing("false");
      step.setTimeout(null); // Camel allows it in parallel only
    }
    if (!isUnknown(route, step.getAggregationStrategy())) {
      step.setAggregationStrategy((String) null);
    }
    if (!isUnknown(route, step.getOnPrepare())) {
      step.setOnPrepare(null);
    }
  }

  private static void inOrder(RouteDefinition route, RecipientListDefinition<?> step) {
    if (isParallel(step.getParallelProcessing())) {
      step.setParallelProcessing("false");
      step.setTimeout(null); // Camel allows it in parallel only
    }
    if (!isUnknown(route, step.getAggregationStrategy())) {
      step.setAggregationStrategy((String) null);
    }
    if (!isUnknown(route, step.getOnPrepare())) {
      step.setOnPrepare(null);
    }
  }

  private static void inOrder(RouteDefinition route, SplitDefinition step) {
    if (isParallel(step.getParallelProcessing())) {
      step.setParallelProcessing("false");
      step.setTimeout(null); // Camel allows it in parallel only
    }
    if (!isUnknown(route, step.getAggregationStrategy())) {
      step.setAggregationStrategy((String) null);
    }
    if (!isUnknown(route, step.getOnPrepare())) {
      step.setOnPrepare(null);
    }
  }
}
