// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.processor.ChoiceProcessor;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.request.Request;

class RequestChoiceTest {
  private static final String WHENS =
      """
                  when:
                    - language: { language: request, expression: GET ^/one$ }
                      steps: [ { setBody: { constant: one } } ]
                    - language: { language: request, expression: GET ^/(one|two|three)$ }
                      steps: [ { setBody: { constant: two } } ]
                    - language: { language: field, expression: X-Bridge }
                      steps: [ { setBody: { constant: bridge } } ]
                    - language: { language: request, expression: GET ^/four$ }
                      steps: [ { setBody: { constant: four } } ]
      """;

  private static final String ROUTE =
      """
      - route:
          id: chosen
          from:
            uri: direct:chosen
            steps:
              - choice:
                  id: the-choice
      %s
              - setHeader: { name: after, constant: "yes" }
      """;

  private static final String OTHERWISE =
      """
                  otherwise:
                    steps: [ { setBody: { constant: main } } ]
      """;

  private final CamelContext context = new DefaultCamelContext();

  @BeforeEach
  void install() {
    RequestChoice.install();
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  private void start(String branches) throws Exception {
    PluginHelper.getRoutesLoader(context)
        .loadRoutes(
            ResourceHelper.fromString("file:routes/r.camel.yaml", ROUTE.formatted(branches)));
    context.start();
  }

  private Exchange send(Object body) throws Exception {
    Exchange exchange = new DefaultExchange(context);
    exchange.getMessage().setBody(body);
    context.getEndpoint("direct:chosen").createProducer().process(exchange);
    return exchange;
  }

  private static Request request(String method, String path, String fields) throws Exception {
    return Samples.request(Samples.head(method, path, fields), "10.0.0.1");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /one, X-Bridge: irc, one",
    "GET, /two, X-Bridge: irc, two",
    "GET, /four, X-Bridge: irc, bridge",
    "GET, /four, X-Other: irc, four",
    "GET, /five, X-Bridge: irc, bridge",
    "GET, /five, X-Other: irc, main",
    "PUT, /one, X-Other: irc, main"
  })
  void firstWhenThatMatchesIsChosenWhateverItsLanguage(
      String method, String path, String field, String chosen) throws Exception {
    start(WHENS + OTHERWISE);

    assertThat(send(request(method, path, field + "\r\n")).getMessage().getBody())
        .isEqualTo(chosen);
  }

  @Test
  void withoutOtherwiseTheRouteGoesOn() throws Exception {
    start(WHENS);

    Exchange exchange = send(request("PUT", "/five", ""));

    assertThat(exchange.getMessage().getBody()).isInstanceOf(Request.class);
    assertThat(exchange.getMessage().getHeader("after")).isEqualTo("yes");
  }

  @Test
  void disabledChoiceIsPassedBy() throws Exception {
    start("            disabled: true\n" + WHENS + OTHERWISE);

    Exchange exchange = send(request("GET", "/one", ""));

    assertThat(exchange.getMessage().getBody()).isInstanceOf(Request.class);
    assertThat(exchange.getMessage().getHeader("after")).isEqualTo("yes");
  }

  @Test
  void bodyThatIsNoRequestFailsTheExchange() throws Exception {
    start(WHENS + OTHERWISE);

    Exchange exchange = send("text");

    assertThat(exchange.getException())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("there is no request");
    assertThat(exchange.getMessage().getHeader("after")).isNull();
  }

  @Test
  void choiceIsOneOfThese() throws Exception {
    start(WHENS);

    assertThat(context.getProcessor("the-choice", ChoiceProcessor.class))
        .isInstanceOf(RequestChoice.class);
  }
}
