// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.DefaultUnitOfWork;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.spi.UnitOfWorkFactory;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

/** Our stack of routes beside Camel's own. */
@SuppressWarnings("try") // a context may be interrupted while it closes
class UnitsOfWorkTest {
  private final UnitsOfWork units = new UnitsOfWork();

  private CamelContext context(boolean mdc) throws Exception {
    CamelContext context = new DefaultCamelContext();
    context.setUseMDCLogging(mdc);
    context.getCamelContextExtension().addContextPlugin(UnitOfWorkFactory.class, units);
    context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            routeTemplate("template").from("direct:t").to("direct:b");
            from("direct:a").routeId("a").setBody(exchange -> levels(exchange)).to("direct:b");
            from("direct:b").routeId("b").setBody(exchange -> levels(exchange));
          }

          private String levels(Exchange exchange) {
            UnitOfWork unit = exchange.getUnitOfWork();
            return exchange.getIn().getBody() + unit.getRoute().getId() + unit.routeStackLevel();
          }
        });
    context.addRouteFromTemplate("c", "template", Map.of());
    context.start();
    return context;
  }

  @Test
  void aRouteIsThereWhileTheExchangeIsInIt() throws Exception {
    try (CamelContext context = context(false)) {
      assertThat(context.createProducerTemplate().requestBody("direct:a", ">", String.class))
          .isEqualTo(">a1b2");
    }
  }

  @Test
  void itIsTheStackThatCamelHas() throws Exception {
    try (CamelContext context = context(false)) {
      Exchange exchange = new DefaultExchange(context);
      List<Route> routes =
          List.of(context.getRoute("a"), context.getRoute("c"), context.getRoute("b"));
      UnitOfWork ours = units.createUnitOfWork(exchange);
      UnitOfWork camels = new DefaultUnitOfWork(exchange);
      for (Route route : routes) {
        ours.pushRoute(route);
        camels.pushRoute(route);
        same(ours, camels);
      }
      for (int i = 0; i < 4; i++) {
        assertThat(ours.popRoute()).isSameAs(camels.popRoute());
        same(ours, camels);
      }
      ours.pushRoute(routes.get(0));
      ours.reset();
      assertThat(ours.getRoute()).isNull();
    }
  }

  private static void same(UnitOfWork ours, UnitOfWork camels) {
    assertThat(ours.getRoute()).isSameAs(camels.getRoute());
    assertThat(ours.routeStackLevel()).isEqualTo(camels.routeStackLevel());
    for (boolean template : new boolean[] {true, false}) {
      for (boolean kamelet : new boolean[] {true, false}) {
        assertThat(ours.routeStackLevel(template, kamelet))
            .isEqualTo(camels.routeStackLevel(template, kamelet));
      }
    }
  }

  @Test
  void withMdcItIsCamels() throws Exception {
    try (CamelContext context = context(true)) {
      assertThat(units.createUnitOfWork(new DefaultExchange(context)).getClass().getSimpleName())
          .isEqualTo("MDCUnitOfWork");
    }
  }
}
