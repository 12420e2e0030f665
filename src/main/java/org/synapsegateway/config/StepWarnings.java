// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.ErrorHandlerFactory;
import org.apache.camel.ExchangePattern;
import org.apache.camel.model.AggregateDefinition;
import org.apache.camel.model.IdempotentConsumerDefinition;
import org.apache.camel.model.LoadBalanceDefinition;
import org.apache.camel.model.MulticastDefinition;
import org.apache.camel.model.OnCompletionDefinition;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.PollEnrichDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ResequenceDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SetExchangePatternDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.errorhandler.DeadLetterChannelDefinition;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;
import org.apache.camel.model.loadbalancer.TopicLoadBalancerDefinition;
import org.apache.camel.support.CamelContextHelper;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.routing.RoutePlaceholders;
import org.synapsegateway.server.BlockingSteps;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * Warns of steps that Camel accepts, but that do not do what their author wants with a request
 * whose client waits for a reply.
 */
public final class StepWarnings {
  private final CamelContext context;
  private final Settings settings;
  private final List<Fault> warnings = new ArrayList<>();

  private StepWarnings(CamelContext context, Settings settings) {
    this.context = context;
    this.settings = settings;
  }

  public static List<Fault> of(CamelContext context, Settings settings) {
    StepWarnings found = new StepWarnings(context, settings);
    List<RouteDefinition> routes = RouteModel.routes(context);
    Set<String> asked = found.targets(routes);
    RouteReach reach = new RouteReach(context, routes);
    Set<RouteDefinition> inline = reach.ofClients();
    for (RouteDefinition route : routes) {
      found.findUnheard(route);
      found.findDeadLetters(route);
      found.findAsleep(route, asked);
      found.findTakenPort(route);
      for (ProcessorDefinition<?> step : steps(route)) {
        if (inline.contains(route)) {
          found.findUnanswered(step, route);
        }
        found.findLost(step, route);
        found.findHasty(step, route);
        found.findEndless(step, route);
        found.findSharedBody(step, route, reach);
      }
    }
    return found.warnings;
  }

  private static Collection<ProcessorDefinition<?>> steps(RouteDefinition route) {
    Collection<ProcessorDefinition<?>> steps = new ArrayList<>();
    RouteModel.all(route, ProcessorDefinition.class).forEach(steps::add);
    return steps;
  }

  private void warn(
      Code code, ProcessorDefinition<?> step, RouteDefinition route, String name, String text) {
    warnings.add(new Fault(code, RoutePlace.of(step, route), name, text));
  }

  private void warn(Code code, RouteDefinition route, String value, String text) {
    warnings.add(new Fault(code, RoutePlace.of(route.getInput(), route), value, text));
  }

  // ---- errors

  /** An error handler calls an onException, and there is none. */
  private void findUnheard(RouteDefinition route) {
    ErrorHandlerFactory handler =
        route.isErrorHandlerFactorySet()
            ? route.getErrorHandlerFactory()
            : context.getCamelContextExtension().getErrorHandlerFactory();
    if (handler instanceof NoErrorHandlerDefinition) {
      RouteModel.all(route, OnExceptionDefinition.class)
          .forEach(
              unheard ->
                  warn(
                      Code.UNUSED_HANDLER,
                      unheard,
                      route,
                      "onException",
                      "onException never runs in route %s, which has a noErrorHandler; remove that"
                          .formatted(route.getRouteId())));
    }
  }

  /** It is no step, so that it stays on the event loop. */
  private void findDeadLetters(RouteDefinition route) {
    if (route.isErrorHandlerFactorySet()
        && route.getErrorHandlerFactory() instanceof DeadLetterChannelDefinition dead
        && !BlockingSteps.isPrompt(resolve(route, dead.getDeadLetterUri()))) {
      String uri = RouteModel.withoutOptions(resolve(route, dead.getDeadLetterUri()));
      warn(
          Code.BLOCKING_STEP,
          route,
          uri,
          "the deadLetterUri %s blocks the event loop and all its clients; send there in a step of an onException instead"
              .formatted(uri));
    }
  }

  // ---- requests that get no reply

  /** Steps inside it do not reply, and no other step does. */
  private void findUnanswered(ProcessorDefinition<?> step, RouteDefinition route) {
    if (!isAside(step) || sendsBeside(step, route)) {
      return;
    }
    warn(
        Code.NO_REPLY,
        step,
        route,
        step.getShortName(),
        step instanceof LoadBalanceDefinition
            ? "loadBalance with topicLoadBalancer gives no reply, so the request ends with 500; reply"
                + " by a step behind it"
            : step.getShortName()
                + " gives no reply: the steps inside it run after the request has ended with 500;"
                + " send it what it collects by a wireTap");
  }

  private static boolean isAside(ProcessorDefinition<?> step) {
    return step instanceof AggregateDefinition
        || step instanceof ResequenceDefinition
        || step instanceof LoadBalanceDefinition block
            && block.getLoadBalancerType() instanceof TopicLoadBalancerDefinition;
  }

  private static boolean sendsBeside(ProcessorDefinition<?> step, RouteDefinition route) {
    return steps(route).stream()
        .filter(to -> to instanceof ToDefinition || to instanceof ToDynamicDefinition)
        .anyMatch(to -> !isInside(to, step));
  }

  private static boolean isInside(ProcessorDefinition<?> step, ProcessorDefinition<?> outer) {
    ProcessorDefinition<?> around = step;
    while (around != null && around != outer) {
      around = around.getParent();
    }
    return around == outer;
  }

  private void findLost(ProcessorDefinition<?> step, RouteDefinition route) {
    if (step instanceof SetExchangePatternDefinition says
        && ExchangePattern.InOnly.name().equals(says.getPattern())) {
      warn(
          Code.NO_REPLY,
          step,
          route,
          "setExchangePattern",
          "setExchangePattern InOnly says that no reply is wanted, but each client waits for one;"
              + " remove it, and send what needs no reply by a wireTap");
    }
    if (step instanceof IdempotentConsumerDefinition once && !isFalse(once.getSkipDuplicate())) {
      warn(
          Code.NO_REPLY,
          step,
          route,
          "idempotentConsumer",
          "idempotentConsumer gives a duplicate no reply, so it ends with 500; set skipDuplicate:"
              + " false, and reply where ${exchangeProperty.CamelDuplicateMessage}");
    }
  }

  /** The reply waits for it on the event loop. */
  private void findHasty(ProcessorDefinition<?> step, RouteDefinition route) {
    if (step instanceof ToDefinition to
        && step.getParent() instanceof OnCompletionDefinition end
        && BlockingSteps.isBeforeReply(end)) {
      String uri = resolve(route, to.getEndpointUri());
      if (RouteModel.isWorker(uri) || !BlockingSteps.isPrompt(uri)) {
        String name = RouteModel.withoutOptions(uri);
        warn(
            Code.BLOCKING_STEP,
            step,
            route,
            name,
            "onCompletion in mode BeforeConsumer cannot wait for %s, so the request ends with 500; use mode AfterConsumer"
                .formatted(name));
      }
    }
  }

  private void findEndless(ProcessorDefinition<?> step, RouteDefinition route) {
    if (step instanceof PollEnrichDefinition poll
        && (poll.getTimeout() == null || poll.getTimeout().startsWith("-"))) {
      warn(
          Code.ENDLESS_WAIT,
          step,
          route,
          "pollEnrich",
          "pollEnrich without a timeout waits without a limit, and holds a thread of"
              + " gateway.step-threads-max; give it one, for example timeout: 1000");
    }
  }

  /** A route that others send to, and that does not start. */
  private void findAsleep(RouteDefinition route, Set<String> asked) {
    String from = RouteModel.withoutOptions(resolve(route, route.getInput().getEndpointUri()));
    if (route.getAutoStartup() != null
        && !CamelContextHelper.parseBoolean(context, route.getAutoStartup())
        && asked.contains(from)) {
      warn(
          Code.STOPPED_ROUTE,
          route,
          route.getRouteId(),
          "route %s has autoStartup: false, so requests to %s end with 500; remove it"
              .formatted(route.getRouteId(), from));
    }
  }

  private Set<String> targets(List<RouteDefinition> routes) {
    Set<String> targets = new HashSet<>();
    for (RouteDefinition route : routes) {
      for (ToDefinition to : RouteModel.all(route, ToDefinition.class)) {
        targets.add(RouteModel.withoutOptions(resolve(route, to.getEndpointUri())));
      }
    }
    return targets;
  }

  // ---- bodies and ports

  /** A body is a stream from one client to one worker, unless a step has read it. */
  private void findSharedBody(
      ProcessorDefinition<?> step, RouteDefinition route, RouteReach reach) {
    if (step instanceof MulticastDefinition all
        && all.getAggregationStrategy() == null
        && !isRead(route)
        && all.getOutputs().stream().filter(to -> reach.isForWorker(to, route)).count() > 1) {
      warn(
          Code.SHARED_BODY,
          step,
          route,
          "multicast",
          "multicast sends a request to several workers: one whose body is larger than"
              + " gateway.replay-max ends with 413, and the client gets the last reply; put to:"
              + " body:read before it, or mirror requests by a wireTap");
    }
  }

  private boolean isRead(RouteDefinition route) {
    return RouteModel.all(route, ToDefinition.class).stream()
        .anyMatch(to -> resolve(route, to.getEndpointUri()).startsWith("body:"));
  }

  private void findTakenPort(RouteDefinition route) {
    String from = resolve(route, route.getInput().getEndpointUri());
    String port = ":" + settings.text(Setting.MANAGEMENT_PORT);
    if (from.startsWith("netty-http:")
        && !from.contains(RouteRules.FRONT_DOOR)
        && from.replaceFirst("^netty-http:\\w+:/*", "").replaceFirst("[/?].*", "").endsWith(port)) {
      warn(
          Code.PORT_CONFLICT,
          route,
          route.getRouteId(),
          "route %s listens on the management port, so that cannot open; choose another port"
              .formatted(route.getRouteId()));
    }
  }

  // ---- what is written

  private String resolve(RouteDefinition route, String uri) {
    return RoutePlaceholders.resolve(context, route, uri);
  }

  private boolean isFalse(String text) {
    return text != null && !CamelContextHelper.parseBoolean(context, text);
  }
}
