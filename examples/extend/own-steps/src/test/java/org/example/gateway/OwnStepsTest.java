package org.example.gateway;

import static org.synapsegateway.test.RequestBuilder.post;

import org.junit.jupiter.api.Test;
import org.synapsegateway.test.GatewayTestSupport;

class OwnStepsTest extends GatewayTestSupport {
  private static final String SEARCH = "/_matrix/client/v3/user_directory/search";

  @Override
  protected String routeFiles() {
    return "file:../../../routes/*.camel.yaml,file:routes/*.camel.yaml";
  }

  @Test
  void someClientsAreServedByTheCanary() {
    send(post(SEARCH).from("192.0.2.8")).goesTo("user-dir").reaches("inbound_main.sock");
    send(post(SEARCH).from("192.0.2.18")).reaches("inbound_canary.sock");
    send(post(SEARCH).from("192.0.2.7")).isAnswered(403).reachesNobody();
  }
}
