// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import static org.synapsegateway.test.RequestBuilder.get;

import org.junit.jupiter.api.Test;
import org.synapsegateway.loadbalance.RouteTableTest.Row;
import org.synapsegateway.test.GatewayTestSupport;
import org.synapsegateway.test.RequestBuilder;
import org.synapsegateway.test.Routed;

/** The shipped routes, tested as a Camel user tests routes. */
class ShippedRoutesInCamelTest extends GatewayTestSupport {
  @Test
  void eachRequestOfTheTableGoesToItsGroup() {
    for (Row row : RouteTableTest.rows()) {
      Routed routed = send(request(row)).goesTo(row.group());
      if (row.group().endsWith("-sync")) {
        routed.byKey(row.key());
      }
    }
  }

  private static RequestBuilder request(Row row) {
    RequestBuilder request = RequestBuilder.of(row.method(), row.target());
    return switch (row.kind()) {
      case "none", "client-address" -> request;
      default ->
          row.target().startsWith("/_matrix/federation/")
              ? request.server("remote.example")
              : request.token("@alice:example.org");
    };
  }

  @Test
  void aUsersSyncsMeetOnOneWorker() {
    Routed first =
        send(get("/_matrix/client/v3/sync?since=s1").token("@alice:example.org"))
            .goesTo("normal-sync")
            .byKey("@alice:example.org")
            .byKey("YWxpY2U");
    String worker = first.worker();
    for (int i = 0; i < 10; i++) {
      send(get("/_matrix/client/v3/sync?since=s" + i).token("@alice:example.org")).reaches(worker);
    }
  }
}
