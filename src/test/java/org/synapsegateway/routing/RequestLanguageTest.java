// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.util.ObjectHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.request.Request;
import org.synapsegateway.routing.pattern.RequestLine;

class RequestLanguageTest {
  static {
    RequestChoice.install();
  }

  private static final String FRONT =
      """
      - beans:
          - name: privatePaths
            type: org.synapsegateway.routing.PrivatePaths
            properties:
              clients: "10.0.0.0/8 unix:"
      - route:
          id: front
          from:
            uri: direct:front
            steps:
              - choice:
                  when:
                    - expression:
                        ref: privatePaths
                      steps:
                        - setBody: { constant: refused }
                    - expression:
                        language:
                          language: request
                          expression: |
                            # nginx's four
                            GET ^/_matrix/client/(r0|v3)/sync$
                            GET ^/_matrix/client/(api/v1|r0|v3)/events$

                            GET ^/_matrix/client/(api/v1|r0|v3)/initialSync$
                      steps:
                        - choice:
                            when:
                              - language: { language: query, expression: since }
                                steps:
                                  - setBody: { constant: normal-sync }
                            otherwise:
                              steps:
                                - setBody: { constant: initial-sync }
                    - language:
                        language: request
                        expression: PUT ^/_matrix/client/v3/rooms/[^/]+/typing/[^/]+$
                      steps:
                        - setBody: { constant: typing }
                        - to: log:{{typing.log}}
                    - language: { language: field, expression: "X-Bridge: irc" }
                      steps:
                        - setBody: { language: { language: field, expression: User-Agent } }
                  otherwise:
                    steps:
                      - setBody: { constant: main }
      """;

  private final CamelContext context = new DefaultCamelContext();

  @AfterEach
  void stop() {
    context.stop();
  }

  private void start(String yaml) throws Exception {
    context.getPropertiesComponent().addInitialProperty("typing.log", "typing");
    load("routes/front.camel.yaml", yaml);
    context.start();
  }

  private void start(Path file) throws Exception {
    context.getPropertiesComponent().addInitialProperty("typing.log", "typing");
    PluginHelper.getRoutesLoader(context)
        .loadRoutes(ResourceHelper.resolveMandatoryResource(context, "file:" + file));
    context.start();
  }

  private void load(String file, String yaml) throws Exception {
    PluginHelper.getRoutesLoader(context)
        .updateRoutes(ResourceHelper.fromString("file:" + file, yaml));
  }

  private static int lineOf(Path file, String text) throws IOException {
    List<String> lines = Files.readAllLines(file);
    return 1 + lines.indexOf(lines.stream().filter(l -> l.contains(text)).findFirst().get());
  }

  /** What the route says about a request: the body that it sets. */
  private Object send(Request request) throws Exception {
    Exchange exchange = new DefaultExchange(context);
    exchange.getMessage().setBody(request);
    send(exchange);
    return exchange.getMessage().getBody();
  }

  private void send(Exchange exchange) throws Exception {
    context.getEndpoint("direct:front").createProducer().process(exchange);
    assertThat(exchange.getException()).isNull();
  }

  @Test
  void routesInYamlAskMethodPathQueryAndFields() throws Exception {
    start(FRONT);
    assertThat(send(Samples.request("GET", "/_matrix/client/v3/sync?since=s1")))
        .isEqualTo("normal-sync");
    assertThat(send(Samples.request("GET", "/_matrix/client/v3/sync"))).isEqualTo("initial-sync");
    assertThat(send(Samples.request("GET", "/_matrix/client/api/v1/initialSync")))
        .isEqualTo("initial-sync");
    assertThat(send(Samples.request("POST", "/_matrix/client/v3/sync?since=s1"))).isEqualTo("main");
    assertThat(send(Samples.request("PUT", "/_matrix/client/v3/rooms/!r/typing/@u")))
        .isEqualTo("typing");
    assertThat(send(Samples.request("GET", "/%5Fsynapse/admin"))).isEqualTo("refused");
    Request bridge =
        Samples.request(
            Samples.head("GET", "/_synapse/admin", "x-bridge: irc\r\nUSER-AGENT: heisenbridge\r\n"),
            "10.0.0.1");
    assertThat(send(bridge)).isEqualTo("heisenbridge");
  }

  @Test
  void theFieldsOfARequestDoNotBecomeHeadersOfTheMessage() throws Exception {
    start(FRONT);
    Exchange exchange = new DefaultExchange(context);
    exchange
        .getMessage()
        .setBody(
            Samples.request(
                Samples.head("GET", "/x?CamelHttpUri=y", "CamelHttpPath: z\r\n"), "10.0.0.1"));
    send(exchange);

    assertThat(exchange.getMessage().getBody()).isEqualTo("main");
    assertThat(exchange.getMessage().getHeaders()).isEmpty();
  }

  @Test
  void aReloadedRouteAsksItsNewPatternsAndKeepsTheOldOnesOfOthers() throws Exception {
    start(FRONT);
    Request request = Samples.request("PUT", "/_matrix/client/v3/rooms/!r/typing/@u");
    assertThat(send(request)).isEqualTo("typing");

    load("routes/front.camel.yaml", FRONT.replace("/typing/", "/tippen/"));

    // the same request, which still carries what the old automaton said about it
    assertThat(send(request)).isEqualTo("main");
    assertThat(send(Samples.request("PUT", "/_matrix/client/v3/rooms/!r/tippen/@u")))
        .isEqualTo("typing");
    assertThat(send(Samples.request("GET", "/_matrix/client/v3/sync"))).isEqualTo("initial-sync");
  }

  @Test
  void aBadLineFailsTheStartAndTheMessageSaysWhere(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("front.camel.yaml");
    Files.writeString(file, FRONT.replace("(r0|v3)/sync$", "(?:r0|v3)/sync$"));

    assertThatThrownBy(() -> start(file))
        .satisfies(
            e ->
                assertThat(ObjectHelper.getException(BadExpressionException.class, e))
                    .hasMessage(
                        file
                            + ":"
                            + lineOf(file, "(?:r0")
                            + ": column 23: look-around, names and flags in groups"
                            + " are not supported; a group is (a|b), and a class such as [^/]*"
                            + " often does for what must not follow: GET ^/_matrix/client/(?:r0|v3)/sync$ [bad-expression]"));
  }

  @Test
  void aBadLineBesideItsKeyIsFoundToo(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("front.camel.yaml");
    Files.writeString(file, FRONT.replace("PUT ^/_matrix", "put ^/_matrix"));

    assertThatThrownBy(() -> start(file))
        .satisfies(
            e ->
                assertThat(ObjectHelper.getException(BadExpressionException.class, e))
                    .hasMessageStartingWith(
                        file
                            + ":"
                            + lineOf(file, "put ^")
                            + ": column 1: a method is written in capitals"));
  }

  @Test
  void aBadQuestionAboutTheQueryFailsTheStartToo(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("front.camel.yaml");
    Files.writeString(file, FRONT.replace("expression: since", "expression: since="));

    assertThatThrownBy(() -> start(file))
        .satisfies(
            e ->
                assertThat(ObjectHelper.getException(BadExpressionException.class, e))
                    .hasMessageStartingWith(
                        file + ":" + lineOf(file, "since=") + ": \"since=\" is no question"));
  }

  @Test
  void routesTellWhichLineDecides() throws Exception {
    start(FRONT);
    List<RouteExpression> expressions = RouteExpression.all(context, "request");
    RouteExpression sync = expressions.get(0);
    RouteExpression typing = expressions.get(1);
    RequestHead head = Samples.head("GET", "/_matrix/client/v3/initialSync");
    int line =
        RequestLine.of(sync.text()).stream()
            .filter(one -> one.matches(head))
            .findFirst()
            .orElseThrow()
            .number();

    assertThat(expressions).hasSize(2);
    assertThat(line).isEqualTo(5);
    int first = FRONT.substring(0, FRONT.indexOf("# nginx's four")).split("\n").length;
    assertThat(sync.place(line)).isEqualTo("routes/front.camel.yaml:" + (first + 4));
    assertThat(RequestLine.of(typing.text()))
        .noneMatch(one -> one.matches(Samples.head("GET", "/")));
  }

  @Test
  void anExpressionIsTrueOrFalse() throws Exception {
    Expression expression = context.resolveLanguage("request").createExpression("GET ^/a");
    Exchange exchange = new DefaultExchange(context);

    exchange.getMessage().setBody(Samples.request("GET", "/a"));
    assertThat(expression.evaluate(exchange, Object.class)).isEqualTo(true);
    exchange.getMessage().setBody(Samples.request("PUT", "/a"));
    assertThat(expression.evaluate(exchange, Object.class)).isEqualTo(false);
  }

  @Test
  void aBadExpressionOutsideOfARouteHasAPlaceToo() throws Exception {
    assertThatThrownBy(() -> context.resolveLanguage("request").createPredicate("^/a\nx"))
        .isInstanceOf(BadExpressionException.class)
        .hasMessageStartingWith("request, line 2: column 1: a pattern begins with ^");
  }

  @Test
  void aBodyThatIsNoRequestIsAnError() throws Exception {
    Exchange exchange = new DefaultExchange(context);
    exchange.getMessage().setBody("text");

    assertThatThrownBy(
            () -> context.resolveLanguage("request").createPredicate("^/a").matches(exchange))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("there is no request");
  }
}
