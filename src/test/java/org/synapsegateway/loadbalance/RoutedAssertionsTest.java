// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.synapsegateway.test.RequestBuilder.get;

import org.apache.camel.BeanInject;
import org.apache.camel.CamelContext;
import org.apache.camel.EndpointInject;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.test.main.junit5.CamelMainTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.test.GatewayContext;
import org.synapsegateway.test.Routed;

/** The assertions for tests of routes hold and fail as they say; with Camel's annotations. */
@CamelMainTest(
    configurationClasses = GatewayContext.class,
    properties = "camel.main.routesIncludePattern=file:routes/*.camel.yaml",
    propertyPlaceholderLocations = "file:config/application.properties",
    mockEndpointsAndSkip = "worker:*")
class RoutedAssertionsTest {
  private static final String SYNC = "/_matrix/client/v3/sync";

  @BeanInject CamelContext context;

  @EndpointInject("mock:worker:unix:/run/matrix-synapse/inbound_main.sock")
  MockEndpoint main;

  private Routed sync() {
    return GatewayContext.send(context, get(SYNC + "?since=s1").token("@alice:example.org"));
  }

  @Test
  void whatHoldsHolds() throws Exception {
    sync().goesTo("normal-sync").byKey("@alice:example.org").byKey("YWxpY2U");
    GatewayContext.send(context, get(SYNC)).goesTo("initial-sync").byNoKey();
    main.expectedMessageCount(1);
    GatewayContext.send(context, get("/_matrix/client/v3/sync/x"))
        .goesTo("main")
        .reaches("inbound_main.sock");
    main.assertIsSatisfied();
    GatewayContext.send(context, get("/_synapse/admin/v1/rooms").from("192.0.2.7"))
        .goesTo("forbidden")
        .reachesNobody()
        .isAnswered(403);
  }

  @Test
  void whatDoesNotHoldFails() {
    assertThatThrownBy(() -> sync().goesTo("initial-sync"))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(
            "GET /_matrix/client/v3/sync?since=s1 goes to normal-sync, not initial-sync; it went to"
                + " normal-sync by YWxpY2U and reached worker://unix:/run/");
    assertThatThrownBy(() -> sync().byKey("@bob:example.org")).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> sync().byNoKey()).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> sync().reaches("main.sock")).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> sync().reachesNobody()).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> sync().isAnswered(403)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> sync().withBody("x")).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> sync().withHeader("X-A", "x")).isInstanceOf(AssertionError.class);
  }

  @Test
  void aWorkersMockMayAnswer() {
    main.whenAnyExchangeReceived(
        exchange -> {
          exchange.getMessage().setBody("{}");
          exchange.getMessage().setHeader("X-Worker", "main");
        });
    GatewayContext.send(context, get("/_matrix/unknown"))
        .isAnswered(200)
        .withBody("{}")
        .withHeader("X-Worker", "main");
  }

  @ParameterizedTest
  @CsvSource({"@alice:example.org, YWxpY2U", "@b:x, Yg", "@é:x, w6k"})
  void aUsersTokenIsLikeSynapses(String user, String localpart) {
    Routed routed = GatewayContext.send(context, get(SYNC).token(user)).byKey(user);
    assertThat(routed.toString()).contains(" by " + localpart + " ");
  }

  @Test
  void aRequestThatIsNoneIsToldAtOnce() {
    assertThatThrownBy(() -> GatewayContext.send(context, get("/a b")))
        .hasStackTraceContaining("the gateway would not let this request in");
  }
}
