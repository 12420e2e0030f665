// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import java.util.Set;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExtendedCamelContext;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.component.bean.BeanEndpoint;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.component.netty.http.NettyHttpEndpoint;
import org.apache.camel.model.AggregateDefinition;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.ClaimCheckDefinition;
import org.apache.camel.model.ConvertBodyDefinition;
import org.apache.camel.model.ConvertHeaderDefinition;
import org.apache.camel.model.ConvertVariableDefinition;
import org.apache.camel.model.DelayDefinition;
import org.apache.camel.model.EnrichDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.IdempotentConsumerDefinition;
import org.apache.camel.model.LoadBalanceDefinition;
import org.apache.camel.model.LogDefinition;
import org.apache.camel.model.MarshalDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.PolicyDefinition;
import org.apache.camel.model.PollDefinition;
import org.apache.camel.model.PollEnrichDefinition;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ResequenceDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SamplingDefinition;
import org.apache.camel.model.ScriptDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.SortDefinition;
import org.apache.camel.model.ThreadsDefinition;
import org.apache.camel.model.ThrottleDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.TransactedDefinition;
import org.apache.camel.model.UnmarshalDefinition;
import org.apache.camel.model.WireTapDefinition;
import org.apache.camel.model.loadbalancer.CustomLoadBalancerDefinition;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultInterceptSendToEndpoint;
import org.synapsegateway.loadbalance.ConsistentHash;
import org.synapsegateway.loadbalance.WriterFirst;
import org.synapsegateway.server.BlockingSteps;
import org.synapsegateway.server.Refusal;
import org.synapsegateway.worker.WorkerEndpoint;
import org.synapsegateway.worker.WorkerListEndpoint;

/**
 * Removes all side effects from a context: steps that send, wait or run an admin's own code do
 * nothing, and consumers do not start.
 *
 * <p>The other steps depend on the request alone. Code whose result is not known counts as false,
 * or as no value. Safe for any thread.
 */
final class NoEffects {
  /** Steps that are passed over, with the steps inside them. */
  private static final Set<Class<?>> PASSED_OVER =
      Set.of(
          AggregateDefinition.class,
          BeanDefinition.class,
          ClaimCheckDefinition.class,
          ConvertBodyDefinition.class,
          ConvertHeaderDefinition.class,
          ConvertVariableDefinition.class,
          DelayDefinition.class,
          EnrichDefinition.class,
          IdempotentConsumerDefinition.class,
          LogDefinition.class,
          MarshalDefinition.class,
          PolicyDefinition.class,
          PollDefinition.class,
          PollEnrichDefinition.class,
          ResequenceDefinition.class,
          SagaDefinition.class,
          SamplingDefinition.class,
          ScriptDefinition.class,
          SortDefinition.class,
          ThreadsDefinition.class,
          ThrottleDefinition.class,
          TransactedDefinition.class,
          UnmarshalDefinition.class,
          WireTapDefinition.class);

  private NoEffects() {}

  /** Prepares a context whose routes are not loaded yet. */
  static void in(CamelContext context, SideEffectRemover calm) {
    ExtendedCamelContext extension = context.getCamelContextExtension();
    extension.registerEndpointCallback((uri, endpoint) -> harmless(endpoint));
    CodeLanguages.in(context);
    ((ModelCamelContext) context).addModelLifecycleStrategy(calm);
  }

  /** Whether a step is passed over. */
  static boolean isPassedOver(CamelContext context, ProcessorDefinition<?> step) {
    if (step instanceof ProcessDefinition process) {
      return !isRefusal(context, process);
    }
    if (step instanceof LoadBalanceDefinition block
        && block.getLoadBalancerType() instanceof CustomLoadBalancerDefinition custom) {
      Object balancer = context.getRegistry().lookupByName(custom.getRef());
      return !(balancer instanceof ConsistentHash || balancer instanceof WriterFirst);
    }
    return PASSED_OVER.contains(step.getClass());
  }

  /** Whether a step does more in earnest than it does here. */
  static boolean isEffect(CamelContext context, ProcessorDefinition<?> step) {
    return isPassedOver(context, step)
        || step instanceof SendDefinition
        || step instanceof ToDynamicDefinition
        || step instanceof ExpressionNode node
            && node.getExpression() != null
            && BlockingSteps.CODE.contains(node.getExpression().getLanguage());
  }

  /** Whether a step is the gateway's own answer. */
  static boolean isRefusal(CamelContext context, ProcessorDefinition<?> step) {
    return step instanceof ProcessDefinition process
        && process.getRef() != null
        && context.getRegistry().lookupByName(context.resolvePropertyPlaceholders(process.getRef()))
            instanceof Refusal;
  }

  /** The order of Camel's calls is not fixed, so the endpoint may have an interceptor already. */
  private static Endpoint harmless(Endpoint endpoint) {
    if (!(endpoint instanceof DefaultInterceptSendToEndpoint intercepted)) {
      return isInside(endpoint) ? endpoint : unused(endpoint);
    }
    Endpoint original = intercepted.getOriginalEndpoint();
    if (isInside(original)) {
      return endpoint;
    }
    DefaultInterceptSendToEndpoint same =
        new DefaultInterceptSendToEndpoint(unused(original), intercepted.isSkip());
    same.setOnWhen(intercepted.getOnWhen());
    same.setBefore(intercepted.getBefore());
    same.setAfter(intercepted.getAfter());
    return same;
  }

  private static Endpoint unused(Endpoint endpoint) {
    if (endpoint instanceof BeanEndpoint bean && bean.getEndpointUri().startsWith("bean:")) {
      CodeLanguages.demandBean(bean.getCamelContext(), bean.getBeanName());
    }
    return new Unused(endpoint);
  }

  private static boolean isInside(Endpoint endpoint) {
    return endpoint instanceof DirectEndpoint
        || endpoint.getEndpointUri().startsWith("kamelet:")
        || endpoint instanceof WorkerEndpoint
        || endpoint instanceof WorkerListEndpoint
        || endpoint instanceof NettyHttpEndpoint http && http.getNettySharedHttpServer() != null;
  }

  /** An endpoint that takes what it is sent and does nothing with it. */
  private static final class Unused extends DefaultEndpoint {
    private final Endpoint real;

    Unused(Endpoint real) {
      this.real = real;
      setCamelContext(real.getCamelContext());
      setEndpointUriIfNotSpecified(real.getEndpointUri());
    }

    @Override
    protected String createEndpointUri() {
      return real.getEndpointUri();
    }

    @Override
    public boolean isSingleton() {
      return real.isSingleton();
    }

    @Override
    public boolean isLenientProperties() {
      return true;
    }

    @Override
    public Producer createProducer() {
      return new DefaultAsyncProducer(this) {
        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
          callback.done(true);
          return true;
        }
      };
    }

    @Override
    public Consumer createConsumer(Processor processor) {
      return new DefaultConsumer(this, processor);
    }
  }
}
