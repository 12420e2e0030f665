// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.NoBody;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.request.Request;

class ContinuationTest {
  private final List<String> failed = new ArrayList<>();

  @Test
  @SuppressWarnings("try") // a context may be interrupted while it closes
  void anErrorEndsTheRequestThatWasContinuedWhateverTheExchangeCarriesThen() throws Exception {
    try (CamelContext context = new DefaultCamelContext()) {
      Exchange exchange = new DefaultExchange(context);
      exchange.setIn(new HttpMessage(context, request("first")));

      Continuation.goOn(
          exchange,
          doneSync -> {
            exchange.setIn(new HttpMessage(context, request("second")));
            throw new AssertionError("boom");
          });

      assertThat(failed).containsExactly("first boom");
    }
  }

  private Request request(String name) {
    try {
      RequestHead head = RequestHead.of("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      Client client = new Client("unix:", null, "http");
      Request request = new Request(head, client, null, NoBody.INSTANCE, interim -> {});
      request.onError(thrown -> failed.add(name + " " + thrown.getMessage()));
      return request;
    } catch (HttpException e) {
      throw new IllegalStateException(e);
    }
  }
}
