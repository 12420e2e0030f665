// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.EndpointAware;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.DelayDefinition;
import org.apache.camel.model.DynamicRouterDefinition;
import org.apache.camel.model.EnrichDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.IdempotentConsumerDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.MulticastDefinition;
import org.apache.camel.model.OnCompletionDefinition;
import org.apache.camel.model.PolicyDefinition;
import org.apache.camel.model.PollDefinition;
import org.apache.camel.model.PollEnrichDefinition;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RecipientListDefinition;
import org.apache.camel.model.ResequenceDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RoutingSlipDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.ScriptDefinition;
import org.apache.camel.model.SplitDefinition;
import org.apache.camel.model.ThreadsDefinition;
import org.apache.camel.model.ThrottleDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.TransactedDefinition;
import org.apache.camel.model.WireTapDefinition;
import org.apache.camel.processor.WireTapProcessor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.exchange.Tap;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * Keeps steps that block off the event loops: those of Camel's that are known to wait, and those
 * that send to a component that may.
 *
 * <p>Such a step runs on a thread of a pool of this context, see {@link OffLoop}. Routes without
 * such a step are left alone and pay nothing. Safe for any thread.
 */
public final class BlockingSteps implements InterceptStrategy {
  /** Components whose producers never block: they forward, count, or take a callback. */
  private static final Set<String> PROMPT =
      Set.of(
          "bean",
          "body",
          "class",
          "dataformat",
          "direct",
          "kamelet",
          "language",
          "log",
          "micrometer",
          "mock",
          "netty",
          "netty-http",
          "ref",
          "stub",
          "vertx-http",
          "vertx-websocket",
          "worker");

  private static final Set<Class<?>> WAITING =
      Set.of(
          CircuitBreakerDefinition.class,
          DynamicRouterDefinition.class,
          EnrichDefinition.class,
          IdempotentConsumerDefinition.class,
          PolicyDefinition.class,
          PollDefinition.class,
          PollEnrichDefinition.class,
          RecipientListDefinition.class,
          ResequenceDefinition.class,
          RoutingSlipDefinition.class,
          SagaDefinition.class,
          TransactedDefinition.class);

  /** Languages that run code of an admin's own. */
  public static final Set<String> CODE =
      Set.of("bean", "groovy", "java", "joor", "js", "mvel", "python");

  private final CamelContext context;
  private final Settings settings;
  private @Nullable ExecutorService pool;

  private BlockingSteps(CamelContext context, Settings settings) {
    this.context = context;
    this.settings = settings;
  }

  /** Prepares the routes of a context, which has not started. */
  public static void keepOffLoops(CamelContext context, Settings settings) {
    BlockingSteps steps = new BlockingSteps(context, settings);
    Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
    model.getRouteDefinitions().forEach(steps::prepare);
    model.getRouteTemplateDefinitions().forEach(template -> steps.prepare(template.getRoute()));
  }

  private void prepare(RouteDefinition route) {
    moveAside(route);
    for (ProcessorDefinition<?> step :
        ProcessorDefinitionHelper.filterTypeInOutputs(
            route.getOutputs(), ProcessorDefinition.class)) {
      if (mayBlock(step)
          || isCode(step)
          || continuesLater(step)
          || step instanceof WireTapDefinition
          || step instanceof OnCompletionDefinition) {
        route.addInterceptStrategy(this);
        return;
      }
    }
  }

  /** What would wait or run on an event loop when it is busy, though it is no step that waits. */
  private void moveAside(RouteDefinition route) {
    for (OnCompletionDefinition end : all(route, OnCompletionDefinition.class)) {
      if (!isBeforeReply(end) && end.getExecutorService() == null) {
        end.setParallelProcessing("true");
        end.executorService(pool());
      }
    }
    for (ThreadsDefinition threads : all(route, ThreadsDefinition.class)) {
      if (threads.getRejectedPolicy() == null && threads.getCallerRunsWhenRejected() == null) {
        threads.setRejectedPolicy(ThreadPoolRejectedPolicy.Abort.name());
      }
    }
  }

  /** Whether it may change the reply, so that the reply has to wait for it. */
  public static boolean isBeforeReply(OnCompletionDefinition end) {
    return "BeforeConsumer".equals(end.getMode());
  }

  private static <T> Collection<T> all(RouteDefinition route, Class<T> type) {
    return ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), type);
  }

  @Override
  public Processor wrapProcessorInInterceptors(
      CamelContext same, NamedNode node, Processor target, Processor nextTarget) {
    ProcessorDefinition<?> step = (ProcessorDefinition<?>) node;
    if (target instanceof WireTapProcessor tap) {
      Tap.mark(tap);
    }
    Processor safe = offLoop(step, target);
    return step.getParent() instanceof OnCompletionDefinition end && !isBeforeReply(end)
        ? new CompletionStep(safe)
        : safe;
  }

  private Processor offLoop(ProcessorDefinition<?> step, Processor target) {
    if (step instanceof ToDefinition ? !isPrompt(target) : mayBlock(step)) {
      return new OffLoop(target, place(step), pool());
    }
    if (isCode(step)) {
      return new OwnCode(target, place(step));
    }
    return continuesLater(step) ? new AsyncStep(target) : target;
  }

  /** Whether the steps after it run on a thread of Camel's, where an Error would be lost. */
  private static boolean continuesLater(ProcessorDefinition<?> step) {
    return step instanceof DelayDefinition
        || step instanceof ThreadsDefinition
        || step instanceof ThrottleDefinition;
  }

  /** Whether a step may block; for a plain {@code to:} the component decides. */
  private boolean mayBlock(ProcessorDefinition<?> step) {
    if (step instanceof ThrottleDefinition throttle) {
      return !isTrue(throttle.getAsyncDelayed(), false);
    }
    if (step instanceof DelayDefinition delay) {
      return !isTrue(delay.getAsyncDelayed(), true);
    }
    if (step instanceof WireTapDefinition) {
      return false; // it has threads of its own
    }
    if (step instanceof MulticastDefinition multicast) {
      return isTrue(multicast.getSynchronous(), false);
    }
    if (step instanceof SplitDefinition split) {
      return isTrue(split.getSynchronous(), false);
    }
    if (step instanceof ToDynamicDefinition to) {
      return !isPrompt(to.getUri());
    }
    if (step instanceof ToDefinition to) {
      return !isPrompt(to.getEndpointUri());
    }
    return WAITING.contains(step.getClass());
  }

  private boolean isTrue(String text, boolean otherwise) {
    return text == null ? otherwise : CamelContextHelper.parseBoolean(context, text);
  }

  private static boolean isPrompt(Processor target) {
    Endpoint endpoint = target instanceof EndpointAware aware ? aware.getEndpoint() : null;
    return endpoint != null && isPrompt(endpoint.getEndpointUri());
  }

  /** Whether sending to a URI never blocks, judged by its component. */
  public static boolean isPrompt(String uri) {
    return uri != null
        && PROMPT.contains(uri.replaceFirst("(?s):.*", ""))
        && !uri.matches("(?s).*[?&]synchronous=true(&.*)?");
  }

  /** Whether a step runs code of an admin's own, which may take any time. */
  private static boolean isCode(ProcessorDefinition<?> step) {
    return step instanceof BeanDefinition
        || step instanceof ProcessDefinition
        || step instanceof ScriptDefinition
        || step instanceof ExpressionNode expression
            && expression.getExpression() != null
            && CODE.contains(expression.getExpression().getLanguage());
  }

  /** For example {@code bean audit of route main (routes/main.camel.yaml:12)}. */
  private static String place(ProcessorDefinition<?> step) {
    RouteDefinition route = ProcessorDefinitionHelper.getRoute(step);
    String file =
        route == null || route.getResource() == null
            ? ""
            : " ("
                + route.getResource().getLocation().replaceFirst("^(file|classpath):", "")
                + ":"
                + step.getLineNumber()
                + ")";
    return step.getShortName() + (route == null ? "" : " of route " + route.getRouteId()) + file;
  }

  private synchronized ExecutorService pool() {
    if (pool == null) {
      ThreadPoolProfile profile = new ThreadPoolProfile("blocking-steps");
      int threads = settings.count(Setting.STEP_THREADS_MAX);
      profile.setPoolSize(threads);
      profile.setMaxPoolSize(threads);
      profile.setMaxQueueSize(settings.count(Setting.STEP_QUEUE_MAX));
      profile.setKeepAliveTime(60L);
      profile.setAllowCoreThreadTimeOut(true);
      profile.setRejectedPolicy(ThreadPoolRejectedPolicy.Abort);
      pool = context.getExecutorServiceManager().newThreadPool(this, "step", profile);
    }
    return pool;
  }
}
