// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeExtension;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.InternalProcessorFactory;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our channels beside Camel's own: what steps, interceptors and listeners see is the same. */
@SuppressWarnings("try") // a context may be interrupted while it closes
class StepChannelsTest {
  /** What changes a context so that something is to happen around a step. */
  private static final Map<String, Consumer<CamelContext>> AROUND =
      Map.of(
          "nothing",
          context -> {},
          "interceptors",
          context ->
              context
                  .getCamelContextExtension()
                  .addInterceptStrategy(
                      (c, definition, target, next) ->
                          new DelegateAsyncProcessor(target) {
                            @Override
                            public boolean process(Exchange exchange, AsyncCallback callback) {
                              seen(exchange).add("<" + definition.getShortName() + ">");
                              return super.process(exchange, callback);
                            }
                          }),
          "message history",
          context -> context.setMessageHistory(true),
          "tracing",
          context -> context.setTracing(true),
          "a delayer",
          context -> context.setDelayer(1L),
          "stream caching",
          context -> context.setStreamCaching(true),
          "units of work with MDC",
          context -> context.setUseMDCLogging(true));

  private static final List<String> REQUESTS = List.of("one", "two", "fails", "stops", "other");

  @SuppressWarnings("unchecked")
  private static List<String> seen(Exchange exchange) {
    return exchange.getProperty("seen", List.class);
  }

  /** A step that notes where the exchange is. */
  private static final Processor NOTE =
      exchange -> {
        ExchangeExtension history = exchange.getExchangeExtension();
        seen(exchange)
            .add(
                "%s %s in %s"
                    .formatted(
                        history.getHistoryNodeId(),
                        history.getHistoryNodeLabel(),
                        exchange.getUnitOfWork().getRoute().getId()));
      };

  private static final RouteBuilder ROUTES =
      new RouteBuilder() {
        @Override
        public void configure() {
          from("direct:front")
              .routeId("front")
              .choice()
              .id("choice")
              .when(body().isEqualTo("one"))
              .to("direct:balanced")
              .when(body().isEqualTo("two"))
              .doTry()
              .to("direct:handled")
              .doCatch(IllegalStateException.class)
              .process(NOTE)
              .id("caught")
              .end()
              .endChoice()
              .when(body().isEqualTo("stops"))
              .to("direct:stopping")
              .when(body().isEqualTo("fails"))
              .to("direct:failing")
              .end()
              .process(NOTE)
              .id("last");
          from("direct:balanced")
              .routeId("balanced")
              .loadBalance()
              .roundRobin()
              .to("direct:leaf", "direct:leaf")
              .end()
              .process(NOTE)
              .id("behind");
          from("direct:leaf").routeId("leaf").process(NOTE).id("note");
          from("direct:stopping").routeId("stopping").process(NOTE).id("stop").stop();
          from("direct:failing").routeId("failing").throwException(new IllegalStateException("no"));
          from("direct:handled")
              .routeId("handled")
              .errorHandler(
                  defaultErrorHandler()
                      .maximumRedeliveries(1)
                      .redeliveryDelay(0)
                      .logStackTrace(false)
                      .logExhausted(false))
              .to("direct:failing");
        }

        {
          setErrorHandlerFactory(noErrorHandler());
        }
      };

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nothing",
        "interceptors",
        "message history",
        "tracing",
        "a delayer",
        "stream caching",
        "units of work with MDC"
      })
  void stepsSeeWhatTheySeeInCamels(String around) throws Exception {
    assertThat(outcomes(around, true)).isEqualTo(outcomes(around, false));
  }

  private static List<String> outcomes(String around, boolean ours) throws Exception {
    List<String> outcomes = new ArrayList<>();
    try (CamelContext context = new DefaultCamelContext()) {
      if (ours) {
        context
            .getCamelContextExtension()
            .addContextPlugin(InternalProcessorFactory.class, new StepChannels());
      }
      context.setStreamCaching(false);
      AROUND.get(around).accept(context);
      context.addRoutes(ROUTES);
      context.start();
      for (String request : REQUESTS) {
        Exchange exchange = new DefaultExchange(context);
        exchange.getIn().setBody(request);
        exchange.setProperty("seen", new ArrayList<String>());
        context.createProducerTemplate().send("direct:front", exchange);
        StepChannels.left(exchange);
        outcomes.add(
            "%s: %s, %s, exhausted %b, at %s"
                .formatted(
                    request,
                    seen(exchange),
                    exchange.getException(),
                    exchange.getExchangeExtension().isRedeliveryExhausted(),
                    exchange.getExchangeExtension().getHistoryNodeLabel()));
      }
    }
    return outcomes;
  }
}
