// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeExtension;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.spi.UnitOfWorkFactory;
import org.apache.camel.support.DefaultMessage;
import org.apache.camel.support.EventNotifierSupport;
import org.apache.camel.support.RoutePolicySupport;
import org.apache.camel.support.SynchronizationAdapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which exchanges serve again, and what they remember. */
class SpareExchangesTest {
  private final SpareExchanges spare = new SpareExchanges();
  private CamelContext context;
  private Consumer route;

  @BeforeEach
  void start() throws Exception {
    context = new DefaultCamelContext();
    UnitsOfWork.use(context);
    context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("direct:plain").routeId("plain").stop();
            from("direct:policed")
                .routeId("policed")
                .routePolicy(new RoutePolicySupport() {})
                .stop();
          }
        });
    context.start();
    route = context.getRoute("plain").getConsumer();
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  /** An exchange in its unit of work, with a message. */
  private Exchange begin() {
    Exchange exchange = spare.take(route);
    exchange.setIn(new DefaultMessage(context));
    UnitOfWork work = exchange.getUnitOfWork();
    if (work == null) {
      work =
          context
              .getCamelContextExtension()
              .getContextPlugin(UnitOfWorkFactory.class)
              .createUnitOfWork(exchange);
      exchange.getExchangeExtension().setUnitOfWork(work);
    }
    work.onPrepare(exchange);
    return exchange;
  }

  private void end(Exchange exchange) {
    UnitOfWork work = exchange.getUnitOfWork();
    work.done(exchange);
    spare.giveBack(route, exchange, work);
  }

  @Test
  @SuppressWarnings("deprecation") // Camel's pipelines set the out message
  void anExchangeServesAgainAndKnowsNothingOfBefore() {
    Exchange first = begin();
    String id = first.getExchangeId();
    first.setProperty("name", "value");
    first.setProperty(ExchangePropertyKey.TO_ENDPOINT, "direct:a");
    first.setVariable("variable", "value");
    first.setException(new IllegalStateException());
    first.setRouteStop(true);
    first.setRollbackOnly(true);
    first.getMessage().setHeader("header", "value");
    first.setOut(new DefaultMessage(context));
    ExchangeExtension extension = first.getExchangeExtension();
    extension.setSafeCopyProperty(HttpMessage.LINK, new HttpMessage(context, null));
    extension.setFailureHandled(true);
    extension.setErrorHandlerHandled(true);
    first.getUnitOfWork().pushRoute(context.getRoute("plain"));
    end(first);

    Exchange second = begin();

    assertThat(second).isSameAs(first);
    assertThat(second.getExchangeId()).isNotEqualTo(id);
    assertThat(second.getAllProperties()).isEmpty();
    assertThat(second.getVariables()).isEmpty();
    assertThat(HttpMessage.of(second)).isNull();
    assertThat(second.getException()).isNull();
    assertThat(second.isRouteStop()).isFalse();
    assertThat(second.isRollbackOnly()).isFalse();
    assertThat(second.hasOut()).isFalse();
    assertThat(second.getMessage().getHeaders()).isEmpty();
    assertThat(extension.isFailureHandled()).isFalse();
    assertThat(extension.isErrorHandlerHandledSet()).isFalse();
    assertThat(second.getUnitOfWork().getRoute()).isNull();
    assertThat(second.getFromEndpoint()).isSameAs(route.getEndpoint());
    assertThat(second.getFromRouteId()).isEqualTo("plain");
    assertThat(context.getInflightRepository().size()).isOne();
  }

  @Test
  void twoAtATimeAreNotTheSame() {
    Exchange first = begin();
    Exchange second = begin();
    end(first);
    end(second);
    assertThat(List.of(begin(), begin())).containsExactly(second, first);
  }

  @Test
  void oneThatOthersMayHaveServesOnce() {
    Exchange lent = begin();
    UnitsOfWork.lend(lent);
    end(lent);
    Exchange awaited = begin();
    assertThat(awaited).isNotSameAs(lent);
    awaited.getExchangeExtension().addOnCompletion(new SynchronizationAdapter());
    end(awaited);
    Exchange policed = begin();
    assertThat(policed).isNotSameAs(awaited);
    policed.getUnitOfWork().pushRoute(context.getRoute("policed"));
    end(policed);
    assertThat(begin()).isNotSameAs(policed);
  }

  @Test
  void noneServesAgainWhereListenersAreToldOfExchanges() {
    context
        .getManagementStrategy()
        .addEventNotifier(
            new EventNotifierSupport() {
              @Override
              public void notify(CamelEvent event) {
                // it might keep the exchange
              }
            });
    Exchange told = begin();
    end(told);
    assertThat(begin()).isNotSameAs(told);
  }

  @Test
  void anExchangeStaysWithTheFrontRouteThatItBeganIn() {
    Exchange before = begin();
    end(before);
    route = context.getRoute("policed").getConsumer();
    Exchange after = begin();
    assertThat(after).isNotSameAs(before);
    assertThat(after.getFromRouteId()).isEqualTo("policed");
  }
}
