// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import java.util.List;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Channel;
import org.apache.camel.DisabledAware;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeExtension;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.impl.engine.CamelInternalProcessor.NodeHistoryAdvice;
import org.apache.camel.impl.engine.DefaultChannel;
import org.apache.camel.processor.ChoiceProcessor;
import org.apache.camel.processor.DefaultInternalProcessorFactory;
import org.apache.camel.processor.Pipeline;
import org.apache.camel.processor.SendProcessor;
import org.apache.camel.processor.errorhandler.NoErrorHandler;
import org.apache.camel.processor.loadbalancer.LoadBalancer;
import org.apache.camel.spi.CamelInternalProcessorAdvice;
import org.apache.camel.spi.InternalProcessor;
import org.apache.camel.spi.ShutdownStrategy;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.support.EventHelper;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.request.RequestCopy;

/**
 * Makes Camel's channels with a shorter way through the steps that every request takes: a choice, a
 * load balancer, and {@code to} a route or a worker; and has an Error end what no client waits for.
 *
 * <p>Camel's channel makes a task for each exchange that runs what is to happen behind the step,
 * and its error handler makes another. Where the step has neither, but for its place in the node
 * history, this channel calls the step with the callback that it was given. Steps of other kinds,
 * and all steps of routes with an error handler, tracing, debugging, a delayer or stream caching,
 * have Camel's channel as it is. Safe for any thread.
 */
public final class StepChannels extends DefaultInternalProcessorFactory {
  @Override
  public Channel createChannel(CamelContext context) {
    return new StepChannel(context);
  }

  /** Of a route, or of what a step such as wireTap or aggregate starts. */
  @Override
  public InternalProcessor addUnitOfWorkProcessorAdvice(
      CamelContext context, Processor processor, @Nullable Route route) {
    return super.addUnitOfWorkProcessorAdvice(context, new ErrorsEndIt(processor), route);
  }

  /** Clears the place of the last step, because the exchange has left its routes. */
  public static void left(Exchange exchange) {
    ExchangeExtension history = exchange.getExchangeExtension();
    history.setHistoryNodeId(null);
    history.setHistoryNodeLabel(null);
    history.setHistoryNodeSource(null);
  }

  /**
   * What begins or continues an exchange. An Error in it would leave the exchange in flight, with
   * all that it holds. The exchange of a client needs no guard: the front door has one. If a route
   * has one step only, it is called without Camel's pipeline around it.
   */
  private static final class ErrorsEndIt extends DelegateAsyncProcessor {
    /** The only step of a route, if it is one of those that every request takes. */
    private @Nullable StepChannel only;

    private ErrorsEndIt(Processor processor) {
      super(processor);
    }

    @Override
    protected void doStart() throws Exception {
      super.doStart();
      only = getProcessor() instanceof Pipeline steps ? only(steps.next()) : null;
    }

    private static @Nullable StepChannel only(@Nullable List<Processor> steps) {
      if (steps == null || steps.size() != 1) {
        return null;
      }
      return steps.get(0) instanceof StepChannel step && step.step != null ? step : null;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      if (!isClients(exchange)) {
        return UnitsOfWork.process(getProcessor(), exchange, callback);
      }
      if (only == null || !UnitsOfWork.isShallow(exchange)) {
        return super.process(exchange, callback);
      }
      ExchangeHelper.prepareOutToIn(exchange);
      return only.process(exchange, callback);
    }

    private static boolean isClients(Exchange exchange) {
      HttpMessage message = HttpMessage.of(exchange);
      return message != null && !(message.request() instanceof RequestCopy);
    }
  }

  private static final class StepChannel extends DefaultChannel {
    private final CamelContext context;
    private final ShutdownStrategy shutdown;
    private @Nullable NodeHistoryAdvice place;
    private boolean hasOtherAdvice;

    /** The step that is called directly; null for Camel's way. */
    private @Nullable AsyncProcessor step;

    /** Whether the exchange may come into other hands than the gateway's own. */
    private boolean lends = true;

    private StepChannel(CamelContext context) {
      super(context);
      this.context = context;
      this.shutdown = context.getShutdownStrategy();
    }

    @Override
    public void addAdvice(CamelInternalProcessorAdvice<?> advice) {
      super.addAdvice(advice);
      if (place == null && advice instanceof NodeHistoryAdvice history) {
        place = history;
      } else {
        hasOtherAdvice = true;
      }
    }

    @Override
    protected void doStart() throws Exception {
      super.doStart();
      Processor next = getNextProcessor();
      boolean direct = place != null && !hasOtherAdvice && isBare(next) && isEveryRequests(next);
      step = direct ? (AsyncProcessor) next : null;
      lends = !direct || !(next instanceof SendProcessor || next instanceof KeepsNoExchange);
    }

    /** Whether neither an error handler nor an interceptor is around the step. */
    @SuppressWarnings("ReferenceEquality")
    private boolean isBare(Processor next) {
      Processor inner =
          getErrorHandler() instanceof NoErrorHandler none ? none.getOutput() : getOutput();
      return inner == next;
    }

    /**
     * Whether a step is of a kind that every request takes. None of these evaluates an expression
     * when the steps within it are done, so none can find the place of another step in the history.
     */
    private static boolean isEveryRequests(Processor next) {
      return next instanceof ChoiceProcessor
          || next instanceof LoadBalancer && next instanceof AsyncProcessor
          || next instanceof SendProcessor send && isInside(send.getDestination());
    }

    /** Whether it is a route or a worker, without an interceptor's steps before or behind it. */
    private static boolean isInside(Endpoint to) {
      return to instanceof DirectEndpoint || to instanceof KeepsNoExchange;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      if (lends) {
        UnitsOfWork.lend(exchange);
      }
      AsyncProcessor direct = step;
      if (direct == null || place == null || isSpecial(exchange)) {
        return super.process(exchange, callback);
      }
      try {
        place.before(exchange);
      } catch (Exception e) {
        throw new IllegalStateException(e); // it only sets three fields
      }
      boolean done = direct.process(exchange, callback);
      if (!done && context.getCamelContextExtension().isEventNotificationApplicable()) {
        EventHelper.notifyExchangeAsyncProcessingStartedEvent(context, exchange);
      }
      return done;
    }

    /** Whether this exchange does not simply go through the step. */
    private boolean isSpecial(Exchange exchange) {
      UnitOfWork work = exchange.getUnitOfWork();
      return exchange.isRouteStop()
          || exchange.isTransacted()
          || shutdown.isForceShutdown()
          || step instanceof DisabledAware off && off.isDisabled()
          || work != null && work.isBeforeAfterProcess();
    }
  }
}
