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
    } else if (route.getOutputs().stream().noneMatch(OnExceptionDefinition.class::isInstance)) {
      // it would only log that no worker can be reached, which is intended
      route.setErrorHandlerFactory(new NoErrorHandlerDefinition());
    }
    RouteModel.all(route, OnExceptionDefinition.class).forEach(Calm::giveUpAtOnce);
    RouteModel.all(route, MulticastDefinition.class).forEach(Calm::inOrder);
    RouteModel.all(route, RecipientListDefinition.class).forEach(Calm::inOrder);
    RouteModel.all(route, SplitDefinition.class).forEach(Calm::inOrder);
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

  private static void inOrder(MulticastDefinition step) {
    step.setParallelProcessing("false");
    step.setAggregationStrategy((String) null);
    step.setOnPrepare(null);
  }

  private static void inOrder(RecipientListDefinition<?> step) {
    step.setParallelProcessing("false");
    step.setAggregationStrategy((String) null);
    step.setOnPrepare(null);
  }

  private static void inOrder(SplitDefinition step) {
    step.setParallelProcessing("false");
    step.setAggregationStrategy((String) null);
    step.setOnPrepare(null);
  }
}
