package org.synapsegateway.explain;

import java.util.List;
import java.util.Set;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.ExtendedCamelContext;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.component.bean.BeanEndpoint;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.component.netty.http.NettyHttpEndpoint;
import org.apache.camel.language.bean.BeanLanguage;
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
import org.apache.camel.model.KameletDefinition;
import org.apache.camel.model.LoadBalanceDefinition;
import org.apache.camel.model.LogDefinition;
import org.apache.camel.model.MarshalDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ModelLifecycleStrategySupport;
import org.apache.camel.model.MulticastDefinition;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.PolicyDefinition;
import org.apache.camel.model.PollDefinition;
import org.apache.camel.model.PollEnrichDefinition;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RecipientListDefinition;
import org.apache.camel.model.RedeliveryPolicyDefinition;
import org.apache.camel.model.ResequenceDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SamplingDefinition;
import org.apache.camel.model.ScriptDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.SortDefinition;
import org.apache.camel.model.SplitDefinition;
import org.apache.camel.model.ThreadsDefinition;
import org.apache.camel.model.ThrottleDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.TransactedDefinition;
import org.apache.camel.model.UnmarshalDefinition;
import org.apache.camel.model.WireTapDefinition;
import org.apache.camel.model.errorhandler.DeadLetterChannelDefinition;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;
import org.apache.camel.model.loadbalancer.CustomLoadBalancerDefinition;
import org.apache.camel.spi.FactoryFinder;
import org.apache.camel.spi.Language;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultInterceptSendToEndpoint;
import org.apache.camel.support.ExpressionAdapter;
import org.apache.camel.support.service.ServiceHelper;
import org.synapsegateway.config.RouteRules;
import org.synapsegateway.loadbalance.ConsistentHash;
import org.synapsegateway.loadbalance.WriterFirst;
import org.synapsegateway.routing.PrivatePaths;
import org.synapsegateway.server.BlockingSteps;
import org.synapsegateway.server.Refusal;
import org.synapsegateway.worker.WorkerEndpoint;

/**
 * Takes from a context all by which a request could do something: what sends, waits or runs an
 * admin's own code is there and does nothing, and what consumes never begins.
 *
 * <p>What is left decides by the request alone. Code whose answer is not known counts as false, and
 * as nothing where a value is wanted. Safe for any thread.
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
          KameletDefinition.class,
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

  /** Where the types are whose methods only tell something. */
  private static final List<String> PLAIN =
      List.of("java.", "org.apache.camel.", "org.synapsegateway.http.", "org.synapsegateway.request.");

  private static final String LANGUAGES = "META-INF/services/org/apache/camel/language/";

  private NoEffects() {}

  /** Prepares a context whose routes are not loaded yet. */
  static void in(CamelContext context) {
    ExtendedCamelContext extension = context.getCamelContextExtension();
    extension.registerEndpointCallback((uri, endpoint) -> harmless(endpoint));
    FactoryFinder known = extension.getFactoryFinder(LANGUAGES);
    for (String language : BlockingSteps.CODE) {
      if (known.findClass(language).isPresent()) {
        bind(context, language, new Unknown());
      }
    }
    bind(context, "bean", new OwnBean(context));
    bind(context, "ref", new OwnRef(context));
    ((ModelCamelContext) context).addModelLifecycleStrategy(new Calm());
  }

  private static void bind(CamelContext context, String language, Language answers) {
    context.getRegistry().bind(language + "-language", Language.class, answers);
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

  /** Camel asks in no order, so an interceptor may stand around the endpoint already. */
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
      demandBean(bean.getCamelContext(), bean.getBeanName());
    }
    return new Unused(endpoint);
  }

  /** What is not called is there nevertheless, as in earnest. */
  private static void demandBean(CamelContext context, String name) {
    if (context.getRegistry().lookupByName(name) == null
        && context.getClassResolver().resolveClass(name) == null) {
      throw new NoSuchBeanException(name);
    }
  }

  private static boolean isInside(Endpoint endpoint) {
    return endpoint instanceof DirectEndpoint
        || endpoint instanceof WorkerEndpoint
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

  /** A language whose answers are not known. */
  private static class Unknown implements Language {
    @Override
    public Predicate createPredicate(String expression) {
      return new Nothing();
    }

    @Override
    public Expression createExpression(String expression) {
      return new Nothing();
    }
  }

  private static final class Nothing extends ExpressionAdapter {
    @Override
    public Object evaluate(Exchange exchange) {
      return null;
    }

    @Override
    public boolean matches(Exchange exchange) {
      return false;
    }
  }

  /**
   * The language that calls methods, which simple uses too, for instance for {@code
   * ${body.method}}: those of the request and of values may be called.
   */
  private static final class OwnBean extends Unknown {
    private static final int INSTANCE = 1;
    private static final int REF = 4;

    private final CamelContext context;
    private final BeanLanguage real = new BeanLanguage();

    OwnBean(CamelContext context) {
      this.context = context;
      real.setCamelContext(context);
    }

    @Override
    public Predicate createPredicate(String expression, Object[] properties) {
      return isPlain(expression, properties)
          ? real().createPredicate(expression, properties)
          : new Nothing();
    }

    @Override
    public Expression createExpression(String expression, Object[] properties) {
      return isPlain(expression, properties)
          ? real().createExpression(expression, properties)
          : new Nothing();
    }

    private BeanLanguage real() {
      ServiceHelper.startService(real);
      return real;
    }

    private boolean isPlain(String expression, Object[] properties) {
      Object instance = properties == null ? null : properties[INSTANCE];
      if (instance == null) {
        Object ref = properties == null || properties.length <= REF ? null : properties[REF];
        String name = ref == null ? expression : ref.toString();
        if (name != null && !name.isBlank()) {
          demandBean(context, name.replaceFirst("[?:].*", ""));
        }
        return false;
      }
      String type = instance.getClass().getName();
      return !(instance instanceof Exchange || instance instanceof CamelContext)
          && PLAIN.stream().anyMatch(type::startsWith);
    }
  }

  /** The language that names beans, of which the gateway's own may be asked. */
  private static final class OwnRef extends Unknown {
    private final CamelContext context;

    OwnRef(CamelContext context) {
      this.context = context;
    }

    @Override
    public Predicate createPredicate(String expression) {
      return context.getRegistry().lookupByName(expression.trim()) instanceof PrivatePaths own
          ? own
          : super.createPredicate(expression);
    }
  }

  /** Takes from routes what runs an admin's code or takes time, and is no step. */
  private static final class Calm extends ModelLifecycleStrategySupport {
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
        // it would only log that nobody is reached, which is how it is meant
        route.setErrorHandlerFactory(new NoErrorHandlerDefinition());
      }
      RouteRules.all(route, OnExceptionDefinition.class).forEach(Calm::giveUpAtOnce);
      RouteRules.all(route, MulticastDefinition.class).forEach(Calm::inOrder);
      RouteRules.all(route, RecipientListDefinition.class).forEach(Calm::inOrder);
      RouteRules.all(route, SplitDefinition.class).forEach(Calm::inOrder);
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
}
